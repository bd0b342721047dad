/** A function URL for tests, and plain HTTP requests to it. */
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CreateFunctionUrlConfigRequest } from '../../../src/wire/types/lambda.ts';
import type { Suite } from '../../sdk/suite.ts';

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
}

export interface Told {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestUrl {
  readonly id: string;
  /** Sends a request to a path below the URL, with or without a query. */
  ask(path?: string, asked?: Asked): Promise<Told>;
  /** The answer as soon as its head has come. */
  begin(path?: string, asked?: Asked): Promise<IncomingMessage>;
  /** As `ask`, by the URL's own host. */
  askByHost(path?: string, asked?: Asked): Promise<Told>;
}

/** The two permissions that let everybody call an open URL, as the console grants them. */
export async function letEverybodyIn(aws: Suite, FunctionName: string): Promise<void> {
  const Principal = '*';
  await aws.call('lambda', 'AddPermission', {
    FunctionName,
    StatementId: 'FunctionURLAllowPublicAccess',
    Action: 'lambda:InvokeFunctionUrl',
    Principal,
    FunctionUrlAuthType: 'NONE',
  });
  await aws.call('lambda', 'AddPermission', {
    FunctionName,
    StatementId: 'FunctionURLInvokeAllowPublicAccess',
    Action: 'lambda:InvokeFunction',
    Principal,
    InvokedViaFunctionUrl: true,
  });
}

/** A URL that everybody may call, unless `config` says otherwise. */
export async function aUrl(
  aws: Suite,
  name: string,
  config: Partial<CreateFunctionUrlConfigRequest> = {},
): Promise<TestUrl> {
  const { FunctionUrl = '' } = await aws.call('lambda', 'CreateFunctionUrlConfig', {
    FunctionName: name,
    AuthType: 'NONE',
    ...config,
  });
  if ((config.AuthType ?? 'NONE') === 'NONE') await letEverybodyIn(aws, name);
  const id = /\/_lambda-url\/([^/]+)\//.exec(FunctionUrl)?.[1] ?? '';
  const base = `/_lambda-url/${id}`;
  const host = `${id}.lambda-url.${aws.region}.localhost`;
  const begin = (path: string, asked: Asked) => send(aws.endpoint, path, asked);
  return {
    id,
    begin: (path = '/', asked = {}) => begin(base + path, asked),
    ask: async (path = '/', asked = {}) => told(await begin(base + path, asked)),
    askByHost: async (path = '/', { headers, ...asked } = {}) =>
      told(await begin(path, { ...asked, headers: { ...headers, host } })),
  };
}

/** Where a function waits until the test opens it. */
export interface Latch extends AsyncDisposable {
  readonly url: string;
  readonly open: () => void;
}

export async function aLatch(): Promise<Latch> {
  const { promise, resolve: open } = Promise.withResolvers<void>();
  const server = createServer((_, answer) => promise.then(() => answer.end()));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((closed) => server.close(() => closed()));
  const end = async () => {
    open();
    server.closeIdleConnections();
    await close();
  };
  return { url: `http://127.0.0.1:${port}/`, open, [Symbol.asyncDispose]: end };
}

export function send(endpoint: string, path: string, asked: Asked): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body } = asked;
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const sent = request({ host: hostname, port, path, method, headers, agent: false }, resolve);
    sent.on('error', reject).end(body);
  });
}

export async function told(answer: IncomingMessage): Promise<Told> {
  const pieces = await Array.fromAsync(answer as AsyncIterable<Buffer>);
  const body = Buffer.concat(pieces).toString();
  return { status: answer.statusCode ?? 0, headers: answer.headers, body };
}

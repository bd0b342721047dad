/** An HTTP endpoint of the outside world, for API destinations. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CreateConnectionAuthRequestParameters } from '../../../src/wire/types/events.ts';
import type { Suite } from '../../sdk/suite.ts';

export interface HeardRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Listener {
  readonly url: string;
  readonly heard: readonly HeardRequest[];
  onRequest(listener: (request: HeardRequest) => void): void;
  /** Makes a connection and an API destination for this endpoint; answers with its ARN. */
  destination(aws: Suite, options?: DestinationOptions): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DestinationOptions {
  readonly name?: string;
  readonly path?: string;
  readonly method?: 'POST' | 'GET' | 'PUT';
  readonly ratePerSecond?: number;
  readonly type?: 'BASIC' | 'API_KEY' | 'OAUTH_CLIENT_CREDENTIALS';
  readonly auth?: CreateConnectionAuthRequestParameters;
}

const KEY = { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'secret' } };

export async function listen(
  answer: (request: HeardRequest) => Reply = () => ({ status: 200 }),
): Promise<Listener> {
  const heard: HeardRequest[] = [];
  const listeners: ((request: HeardRequest) => void)[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
      heard.push(request);
      for (const listener of listeners) listener(request);
      const reply = answer(request);
      outgoing.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    heard,
    onRequest: (listener) => listeners.push(listener),
    destination: (aws, options = {}) => destinationAt(aws, url, options),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function destinationAt(aws: Suite, url: string, options: DestinationOptions) {
  const { name = 'd', path = '/', method = 'POST', type = 'API_KEY', auth = KEY } = options;
  const connection = await aws.call('events', 'CreateConnection', {
    Name: name,
    AuthorizationType: type,
    AuthParameters: auth,
  });
  await aws.settled();
  const destination = await aws.call('events', 'CreateApiDestination', {
    Name: name,
    ConnectionArn: connection.ConnectionArn ?? '',
    InvocationEndpoint: url + path,
    HttpMethod: method,
    ...(options.ratePerSecond && { InvocationRateLimitPerSecond: options.ratePerSecond }),
  });
  return destination.ApiDestinationArn ?? '';
}

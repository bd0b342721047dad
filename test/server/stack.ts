/** A stack of made-up services on the wire, and plain HTTP calls to it. */
import { request } from 'node:http';
import { createStack, type RunningStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { seededIds } from '../../src/core/ids.ts';
import { type Served, type ServeOptions, serve } from '../../src/server/serve.ts';
import type { Call } from '../../src/services/call.ts';
import type { Service } from '../../src/services/service.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

export const NOW = Date.parse('2026-01-15T10:00:00Z');

type Operate = (call: Call, input: Readonly<Record<string, unknown>>) => unknown;

/** A service with AWS's name and operations of the test's own. */
export function service(name: string, operations: Readonly<Record<string, Operate>>): Service {
  return { name, operations } as unknown as Service;
}

export interface Wired extends AsyncDisposable {
  readonly stack: RunningStack;
  readonly served: Served;
  /** What the stack logged, in order. */
  readonly logged: readonly string[];
}

export async function wired(
  services: readonly Service[],
  options: Partial<ServeOptions> = {},
): Promise<Wired> {
  const logged: string[] = [];
  const note = (message: string, fields?: object) => {
    logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const stack = await createStack({
    storage: await openSqlite({ path: ':memory:' }),
    services,
    clock: new VirtualClock(NOW),
    ids: seededIds(1),
    log: { info: () => {}, warn: note, error: note },
  });
  const served = await serve(stack, { host: '127.0.0.1', port: 0, ...options });
  const close = async () => {
    await served.close(0);
    await stack.close();
  };
  return { stack, served, logged, [Symbol.asyncDispose]: close };
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One plain HTTP request. */
export function ask({ served }: Wired, path: string, options: Ask = {}): Promise<Told> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const url = { host: '127.0.0.1', port: served.port, path, method, headers, agent: false };
    const asked = request(url, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      answer.on('end', () => {
        const json = /json/.test(answer.headers['content-type'] ?? '')
          ? JSON.parse(text || '{}')
          : {};
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text, json });
      });
    });
    asked.on('error', reject).end(body);
  });
}

const SCOPE = '20260115/eu-west-1/sqs/aws4_request';

export function signed(accessKey = 'test'): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKey}/${SCOPE}, SignedHeaders=host, Signature=0`;
}

/** A request of SQS in its JSON protocol, as an SDK would send it. */
export function askSqs(at: Wired, operation: string, input: object, more: Ask = {}): Promise<Told> {
  return ask(at, '/', {
    method: 'POST',
    body: JSON.stringify(input),
    ...more,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
      authorization: signed(),
      ...more.headers,
    },
  });
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { realClock } from '../../src/core/clock.ts';
import { exchange, http } from '../../src/delivery/http.ts';
import type { Stack } from '../../src/delivery/stack.ts';
import {
  BrokenOff,
  type Delivery,
  type Payload,
  type Refused,
} from '../../src/delivery/targets.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server on loopback that answers each request as it is told. */
async function startEndpoint(answer: Answer) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    answer(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function stackWith(
  settings: object,
  ownPort = 4566,
  closing = new AbortController().signal,
): Stack {
  const known = {
    ...{ settings, closing, clock: realClock() },
    endpoint: () => `http://127.0.0.1:${ownPort}`,
  };
  return known as unknown as Stack;
}

const stack = stackWith({});

function request(url: string, changes: object = {}) {
  return { url, method: 'POST', headers: {}, body: 'hello', timeoutMs: 5000, ...changes };
}

function handOver(url: string, payload: Partial<Payload> = {}, params?: Delivery['to']['params']) {
  const to = { kind: 'http', arn: url, ...(params && { params }) };
  const delivery = { to } as Delivery;
  const parcel = { delivery, payload: { body: 'hello', ...payload }, principal: 'sns' };
  return Promise.resolve(http.handOver(stack, parcel));
}

async function refusalOf(answer: Promise<unknown>): Promise<Refused> {
  return (await answer.then(
    () => expect.fail('it was not refused'),
    (cause: unknown) => cause,
  )) as Refused;
}

describe('an exchange', () => {
  test('sends method, path, headers and body, and reads the answer', async () => {
    await using endpoint = await startEndpoint((request, response, body) => {
      const { method, url, headers } = request;
      const seen = { method, url, body, length: headers['content-length'], mine: headers['x-my'] };
      response.writeHead(201, { 'x-answer': 'yes' }).end(JSON.stringify(seen));
    });
    const reply = await exchange(
      stack,
      request(`${endpoint.url}a/b?c=d`, { method: 'PUT', headers: { 'X-My': '1' }, body: 'hé' }),
    );
    expect(reply.status).toBe(201);
    expect(reply.headers['x-answer']).toBe('yes');
    const seen = { method: 'PUT', url: '/a/b?c=d', body: 'hé', length: '3', mine: '1' };
    expect(JSON.parse(reply.body)).toEqual(seen);
  });

  test('carries the credentials of the URL', async () => {
    await using endpoint = await startEndpoint((request, response) =>
      response.end(request.headers.authorization),
    );
    const url = endpoint.url.replace('//', '//me:p%40ss@');
    const { body } = await exchange(stack, request(url));
    expect(body).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  test('reads no more than 64 KB of the answer', async () => {
    await using endpoint = await startEndpoint((_, response) =>
      response.end('x'.repeat(1_000_000)),
    );
    const { status, body } = await exchange(stack, request(endpoint.url));
    expect(status).toBe(200);
    expect(body).toHaveLength(65_536);
  });

  test('does not follow a redirect', async () => {
    let asked = 0;
    await using endpoint = await startEndpoint((_, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await exchange(stack, request(endpoint.url))).status).toBe(302);
    expect(asked).toBe(1);
  });

  test('is broken off when the stack closes, before it begins or within the answer', async () => {
    const closing = new AbortController();
    const ending = stackWith({}, 4566, closing.signal);
    await using endpoint = await startEndpoint((_, response) => {
      response.writeHead(200).write('and then');
      closing.abort();
    });
    await expect(exchange(ending, request(endpoint.url))).rejects.toThrow(BrokenOff);
    await expect(exchange(ending, request(endpoint.url))).rejects.toThrow(BrokenOff);
  });

  test('is not begun with credentials that nobody can read', async () => {
    const refused = await refusalOf(exchange(stack, request('http://%zz@127.0.0.1:9/')));
    expect(refused).toMatchObject({ code: 'SDK_CLIENT_ERROR', retryable: false });
  });

  test.each(['GET', 'DELETE', 'PATCH'])('frames the body of a %s', async (method) => {
    await using endpoint = await startEndpoint((_, response, body) => response.end(body));
    for (const headers of [{}, { 'content-length': '1' }, { 'Transfer-Encoding': 'chunked' }]) {
      const reply = await exchange(stack, request(endpoint.url, { method, headers }));
      expect(reply.body).toBe('hello');
    }
  });

  test('ends when the endpoint is silent for too long, before or within its answer', async () => {
    await using endpoint = await startEndpoint((request, response) => {
      if (request.url === '/begins') response.writeHead(200).write('and then');
    });
    for (const path of ['', 'begins']) {
      const late = exchange(stack, request(endpoint.url + path, { timeoutMs: 60 }));
      expect(await refusalOf(late)).toMatchObject({ code: 'TIMEOUT', retryable: true });
    }
  });

  test('may be tried again when nobody listens or the answer breaks off', async () => {
    await using endpoint = await startEndpoint((request, response) => {
      if (request.url === '/begins') response.writeHead(200, { 'content-length': 99 }).write('a');
      response.destroy();
    });
    const closed = await startEndpoint(() => {});
    await closed[Symbol.asyncDispose]();
    for (const url of [endpoint.url, `${endpoint.url}begins`, closed.url]) {
      const refused = await refusalOf(exchange(stack, request(url)));
      expect(refused).toMatchObject({ code: 'CONNECTION_FAILURE', retryable: true });
    }
  });
});

describe('the guard', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://169.254.43518/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'http://127.0.0.1:1/\r\nHost: evil',
    'http://127.0.0.1:1/a b',
    'not a URL',
  ])('refuses %j for good', async (url) => {
    const refused = await refusalOf(exchange(stack, request(url)));
    expect(refused).toMatchObject({ code: 'SDK_CLIENT_ERROR', retryable: false });
  });

  test('refuses headers with line breaks', async () => {
    const headers = { 'x-a': 'b\r\nx-injected: c' };
    const refused = await refusalOf(exchange(stack, request('http://127.0.0.1:1/', { headers })));
    expect(refused).toMatchObject({ code: 'SDK_CLIENT_ERROR', retryable: false });
  });

  test('refuses a name that leads to a forbidden address', async () => {
    await using endpoint = await startEndpoint((_, response) => response.end());
    const url = `http://localhost:${endpoint.port}/`;
    expect((await exchange(stack, request(url))).status).toBe(200);
    for (const other of [stackWith({ privateTargets: false }), stackWith({}, endpoint.port)]) {
      const refused = await refusalOf(exchange(other, request(url)));
      expect(refused).toMatchObject({ code: 'SDK_CLIENT_ERROR', retryable: false });
    }
  });
});

describe('a hand-over', () => {
  test('posts the payload with its headers', async () => {
    const seen: unknown[] = [];
    await using endpoint = await startEndpoint((request, response, body) => {
      seen.push([request.method, request.headers['x-one'], request.headers['x-two'], body]);
      response.end();
    });
    const params = { headers: { 'x-one': 'a', 'x-two': 'b' } };
    const done = await handOver(endpoint.url, { headers: { 'x-two': 'c' } }, params);
    expect(done).toEqual({ writes: [] });
    expect(seen).toEqual([['POST', 'a', 'c', 'hello']]);
  });

  test.each([
    [200, undefined],
    [204, undefined],
    [302, false],
    [400, false],
    [404, false],
    [429, true],
    [500, true],
    [503, true],
  ])(
    'takes status %i for done, final (false) or worth a retry (true): %s',
    async (status, retry) => {
      await using endpoint = await startEndpoint((_, response) => response.writeHead(status).end());
      const answer = handOver(endpoint.url);
      if (retry === undefined) await expect(answer).resolves.toEqual({ writes: [] });
      else {
        const refused = await refusalOf(answer);
        expect(refused).toMatchObject({ code: `HTTP_${status}`, retryable: retry });
      }
    },
  );

  test('lets the address name other statuses worth a retry', async () => {
    await using endpoint = await startEndpoint((_, response) => response.writeHead(409).end());
    const refused = await refusalOf(handOver(endpoint.url, {}, { retryStatuses: [401, 409] }));
    expect(refused.retryable).toBe(true);
  });

  test('passes on what the endpoint says about when to come back', async () => {
    let header = '7';
    await using endpoint = await startEndpoint((_, response) =>
      response.writeHead(503, { 'retry-after': header }).end(),
    );
    expect((await refusalOf(handOver(endpoint.url))).retryAfterMs).toBe(7000);
    header = 'Thu, 01 Jan 1970 00:00:00 GMT';
    expect((await refusalOf(handOver(endpoint.url))).retryAfterMs).toBe(0);
    header = 'soon';
    expect((await refusalOf(handOver(endpoint.url))).retryAfterMs).toBeUndefined();
  });
});

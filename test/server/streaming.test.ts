/** Bodies that come in pieces, over each of the three transports. */
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/server/request.ts';
import { exchange, open, openPort, receives } from './fixture.ts';

const CLOSE = 'Connection: close\r\n\r\n';
/** `node:http` takes what is not plain; see src/server/plain-head.ts. */
const HEADS = [
  ['plain', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['less plain', 'DELETE / HTTP/1.1\r\nHost: a\r\n'],
] as const;

const streamed = (body: AsyncIterable<Uint8Array>): Answer => ({
  status: 200,
  headers: ['Content-Type', 'text/plain'],
  body,
});

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of texts) yield Buffer.from(piece);
}

/** A body that the test feeds, and that tells when it was returned. */
function fed() {
  const returned = Promise.withResolvers<void>();
  let deliver: (result: IteratorResult<Uint8Array>) => void = () => {};
  let fail: (cause: Error) => void = () => {};
  let count = 0;
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((resolve, reject) => {
          count += 1;
          deliver = resolve;
          fail = reject;
        }),
      return: async () => {
        returned.resolve();
        deliver({ done: true, value: undefined });
        return { done: true, value: undefined };
      },
    }),
  };
  return {
    body,
    returned: returned.promise,
    count: () => count,
    give: (bytes: Uint8Array) => deliver({ value: bytes }),
    end: () => deliver({ done: true, value: undefined }),
    fail: (cause: Error) => fail(cause),
  };
}

describe('answers', () => {
  test.each(HEADS)('a %s request gets a body in chunks, empty ones left out', async (_, head) => {
    await using server = await openPort({
      answer: () => streamed(pieces('one', '', 'and two', 'x'.repeat(17))),
    });
    const answer = await exchange(server.port, head + CLOSE);
    const [top, ...body] = answer.split('\r\n\r\n');
    expect(top).toMatch(/Transfer-Encoding: chunked/i);
    expect(top).not.toMatch(/Content-Length/i);
    const chunks = `3\r\none\r\n7\r\nand two\r\n11\r\n${'x'.repeat(17)}\r\n0\r\n\r\n`;
    expect(body.join('\r\n\r\n')).toBe(chunks);
  });

  test.each(HEADS)('head and pieces of a %s request leave as they come', async (_, head) => {
    const source = fed();
    await using server = await openPort({ answer: () => streamed(source.body) });
    const socket = connect(server.port, '127.0.0.1');
    const first = receives(socket, /\r\n\r\n$/);
    socket.write(`${head}\r\n`);
    expect(await first).toMatch(/^HTTP\/1\.1 200 OK/);
    const second = receives(socket, /5\r\nhello\r\n$/);
    source.give(Buffer.from('hello'));
    await second;
    const last = receives(socket, /0\r\n\r\n$/);
    source.end();
    await last;
    const again = receives(socket, /HTTP\/1\.1 200/);
    socket.write(`${head}\r\n`);
    await again;
    socket.destroy();
    await source.returned;
  });

  test('an HTTP/1.0 client gets the bare pieces until the connection ends', async () => {
    await using server = await openPort({ answer: () => streamed(pieces('a', 'b')) });
    const answer = await exchange(server.port, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
    expect(answer).toMatch(/\r\n\r\nab$/);
  });

  test.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
    ['DELETE', 204],
  ])('%s answered with %i ends the body unread', async (method, status) => {
    const source = fed();
    await using server = await openPort({ answer: () => ({ ...streamed(source.body), status }) });
    const answer = await exchange(server.port, `${method} / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answer).toMatch(/\r\n\r\n$/);
    await source.returned;
    expect(source.count()).toBe(0);
  });

  test('HTTP/2 gets the pieces as they come', async () => {
    const source = fed();
    await using server = await openPort({ answer: () => streamed(source.body) });
    const client = connectHttp2(`http://127.0.0.1:${server.port}`);
    const stream = client.request({ ':path': '/' }).setEncoding('utf8');
    const said = new Promise((resolve) => stream.once('response', resolve));
    expect(await said).toMatchObject({ ':status': 200, 'content-type': 'text/plain' });
    const heard = new Promise((resolve) => stream.once('data', resolve));
    source.give(Buffer.from('hello'));
    expect(await heard).toBe('hello');
    const ended = new Promise((resolve) => stream.once('end', resolve));
    source.end();
    await ended;
    await new Promise<void>((resolve) => client.close(resolve));
  });
});

describe('limits', () => {
  test.each(HEADS)(
    'a client of a %s request that reads nothing holds the body up',
    async (_, head) => {
      const piece = new Uint8Array(1024 * 1024);
      let given = 0;
      const most = 64;
      async function* many(): AsyncGenerator<Uint8Array> {
        for (; given < most; given += 1) yield piece;
      }
      await using server = await openPort({ answer: () => streamed(many()) });
      const socket = await open(server.port);
      socket.pause();
      socket.write(head + CLOSE);
      for (let before = -1; before < given || given === 0; ) {
        before = given;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(given).toBeLessThan(most);
      let bytes = 0;
      socket.on('data', (data) => {
        bytes += data.length;
      });
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
      expect(given).toBe(most);
      expect(bytes).toBeGreaterThan(most * piece.length);
    },
  );

  test.each(HEADS)('a client of a %s request that goes away ends the body', async (_, head) => {
    const source = fed();
    await using server = await openPort({ answer: () => streamed(source.body) });
    const socket = connect(server.port, '127.0.0.1');
    const first = receives(socket, /\r\n\r\n$/);
    socket.write(`${head}\r\n`);
    await first;
    socket.destroy();
    await source.returned;
  });

  test('an HTTP/2 client that cancels its stream ends the body', async () => {
    const source = fed();
    await using server = await openPort({ answer: () => streamed(source.body) });
    const client = connectHttp2(`http://127.0.0.1:${server.port}`);
    const stream = client.request({ ':path': '/' });
    await new Promise((resolve) => stream.once('response', resolve));
    stream.close(0x8);
    await source.returned;
    await new Promise<void>((resolve) => client.close(resolve));
  });

  test.each(HEADS)('the server ends when the body of a %s request has ended', async (_, head) => {
    const source = fed();
    let draining = false;
    const server = await openPort({
      answer: () => streamed(source.body),
      draining: () => draining,
    });
    const socket = connect(server.port, '127.0.0.1');
    const first = receives(socket, /\r\n\r\n$/);
    socket.write(`${head}\r\n`);
    await first;
    draining = true;
    const closed = server.listening.close(60_000);
    const last = receives(socket, /0\r\n\r\n$/);
    source.end();
    await last;
    await closed;
  });

  test.each(HEADS)('the body of a %s request that does not end is cut off', async (_, head) => {
    const source = fed();
    const server = await openPort({ answer: () => streamed(source.body) });
    const socket = connect(server.port, '127.0.0.1');
    const first = receives(socket, /\r\n\r\n$/);
    socket.write(`${head}\r\n`);
    await first;
    await server.listening.close(20);
    await source.returned;
    socket.destroy();
  });
});

describe('refusals', () => {
  test.each(HEADS)('a body of a %s request that breaks breaks the connection', async (_, head) => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('so far');
      throw new Error('broken');
    }
    await using server = await openPort({ answer: () => streamed(broken()) });
    const answer = await exchange(server.port, `${head}\r\n`).catch(() => 'reset');
    expect(answer).not.toContain('0\r\n\r\n');
  });

  test('a body that breaks over HTTP/2 ends its stream with an error', async () => {
    const source = fed();
    await using server = await openPort({ answer: () => streamed(source.body) });
    const client = connectHttp2(`http://127.0.0.1:${server.port}`);
    const stream = client.request({ ':path': '/' }).resume();
    await new Promise((resolve) => stream.once('response', resolve));
    const failed = new Promise<Error>((resolve) => stream.once('error', resolve));
    source.fail(new Error('broken'));
    expect(String(await failed)).toContain('INTERNAL_ERROR');
    await new Promise<void>((resolve) => client.close(resolve));
  });

  test('a header that cannot be sent is answered with an error of ours', async () => {
    await using server = await openPort({
      answer: () => ({ ...streamed(pieces('a')), headers: ['X-A', 'a\nb'] }),
    });
    const answer = await exchange(server.port, `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answer).toMatch(/^HTTP\/1\.1 500/);
  });
});

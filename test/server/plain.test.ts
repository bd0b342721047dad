import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/server/limits.ts';
import { exchange, OK, open, openPort, receives, stillClock } from './fixture.ts';

const CLOSE = 'Connection: close\r\n\r\n';
const post = (body: string, length = body.length) =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${body}`;

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

describe('answers', () => {
  test('a body that comes in pieces is put together', async () => {
    await using server = await openPort();
    const socket = await open(server.port);
    const answered = receives(socket, /yes$/);
    socket.setNoDelay(true);
    for (const piece of [post('', 6), 'ab', 'cd', 'ef']) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await answered;
    expect(Buffer.from(server.requests[0]?.body ?? []).toString()).toBe('abcdef');
    socket.destroy();
  });

  test('requests that come before their turn are answered one after another', async () => {
    let working = 0;
    await using server = await openPort({
      answer: async ({ body }) => {
        working += 1;
        await new Promise((resolve) => setImmediate(resolve));
        const alone = working === 1;
        working -= 1;
        return { ...OK, body: `${alone}:${Buffer.from(body)};` };
      },
    });
    const last = `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`;
    const answers = await exchange(server.port, post('one') + post('two') + post('three') + last);
    expect(answers.match(/true:\w*;/g)).toEqual([
      'true:one;',
      'true:two;',
      'true:three;',
      'true:;',
    ]);
  });

  test('a connection goes on when a request is not plain, and after it', async () => {
    await using server = await openPort({
      answer: ({ body }) => ({ ...OK, body: `[${Buffer.from(body)}]` }),
    });
    const socket = await open(server.port);
    const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (const [bytes, body] of [
      [post('plain'), '[plain]'],
      [`${chunked}3\r\nodd\r\n0\r\n\r\n`, '[odd]'],
      [post('plain again'), '[plain again]'],
    ] as const) {
      const answered = receives(socket, /\]$/);
      socket.write(bytes);
      expect(await answered).toContain(body);
    }
    socket.destroy();
  });

  test('a request behind a plain one need not be plain', async () => {
    await using server = await openPort();
    const chunked = 'POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n';
    const answers = await exchange(server.port, `${post('1')}${chunked}${CLOSE}0\r\n\r\n`);
    expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(server.requests.map(({ path }) => path)).toEqual(['/', '/2']);
  });

  test('a head that is cut in two is read whole', async () => {
    await using server = await openPort();
    const socket = await open(server.port);
    const answered = receives(socket, /yes$/);
    socket.write('GET /cut HTTP/1.1\r\nHo');
    await new Promise((resolve) => setImmediate(resolve));
    socket.write('st: a\r\n\r\n');
    await answered;
    expect(server.requests[0]?.path).toBe('/cut');
    socket.destroy();
  });
});

describe('limits', () => {
  test('a connection that asks nothing is closed in the end', async () => {
    const { clock, advance } = stillClock();
    await using server = await openPort({}, '127.0.0.1', clock);
    const silent = await open(server.port);
    const asking = await open(server.port);
    const answered = receives(asking, /yes$/);
    asking.write(post('x'));
    await answered;
    const [silentClosed, askingClosed] = [closed(silent), closed(asking)];
    advance(LIMITS.headersMs + 2 * LIMITS.checkEveryMs);
    await silentClosed;
    expect(asking.closed).toBe(false);
    advance(LIMITS.keepAliveMs + LIMITS.checkEveryMs);
    await askingClosed;
  });

  test('a request that does not come whole in time is refused', async () => {
    const { clock, advance } = stillClock();
    const admitted = Promise.withResolvers<void>();
    const admit = () => {
      admitted.resolve();
      return 1_000;
    };
    await using server = await openPort({ admit }, '127.0.0.1', clock);
    const socket = await open(server.port);
    const refused = receives(socket, /\r\n\r\n$/);
    socket.write(post('half', 8));
    await admitted.promise;
    advance(LIMITS.requestMs + 2 * LIMITS.checkEveryMs);
    expect(await refused).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.requests).toEqual([]);
    socket.destroy();
  });

  test('a client that takes no answers is not given more of them', async () => {
    const body = 'x'.repeat(4_000_000);
    await using server = await openPort({ answer: () => ({ ...OK, body }) });
    const socket = connect(server.port, '127.0.0.1').pause();
    const most = 100;
    socket.write(post('x').repeat(most));
    let before = -1;
    while (server.requests.length !== before) {
      before = server.requests.length;
      for (let turn = 0; turn < 200; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(server.requests.length).toBeLessThan(most / 2);
    socket.destroy();
  });
});

import { describe, expect, test } from 'vitest';
import { exchange, OK, open, openPort, receives } from './fixture.ts';

const CLOSE = 'Connection: close\r\n\r\n';

describe('answers', () => {
  test('an answer has its length, our Date and nothing that node adds to name itself', async () => {
    await using server = await openPort();
    const answer = await exchange(server.port, `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    const [head, body] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain\r\nDate: [^\r]+ GMT/);
    expect(head).toContain('Content-Length: 3');
    expect(body).toBe('yes');
  });

  test('the length of an answer counts bytes, not characters', async () => {
    await using server = await openPort({ answer: () => ({ ...OK, body: 'zwölf €' }) });
    const answer = await exchange(server.port, `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answer).toContain('Content-Length: 10\r\n');
  });

  test('an answer of bytes arrives as it is', async () => {
    const body = new Uint8Array([0, 255, 128, 10]);
    await using server = await openPort({ answer: () => ({ ...OK, body }) });
    const answer = await exchange(server.port, `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(Buffer.from(answer.split('\r\n\r\n')[1] ?? '', 'latin1')).toEqual(Buffer.from(body));
  });

  test('HEAD is answered with the length and without the body', async () => {
    await using server = await openPort();
    const answer = await exchange(server.port, `HEAD / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answer).toContain('Content-Length: 3');
    expect(answer).toMatch(/\r\n\r\n$/);
  });

  test('path, query, headers and body reach the gateway as they were sent', async () => {
    await using server = await openPort();
    const head = 'POST /a%20b/?x=%2F&y HTTP/1.1\r\nHoSt: a\r\nX-Two: 1\r\nX-Two: 2\r\n';
    await exchange(server.port, `${head}Content-Length: 4\r\n${CLOSE}body`);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/a%20b/', query: 'x=%2F&y' });
    expect(request?.header('host')).toBe('a');
    expect(request?.header('x-two')).toBe('1');
    expect(request?.headerCount('x-two')).toBe(2);
    expect(request?.header('constructor')).toBeUndefined();
    expect(Buffer.from(request?.body ?? []).toString()).toBe('body');
  });

  test.each([
    ['http://elsewhere:80/q?a=1', '/q', 'a=1'],
    ['http://elsewhere?a=1', '/', 'a=1'],
    ['http://elsewhere', '/', ''],
  ])('the target %s of a proxy is read as path and query', async (target, path, query) => {
    await using server = await openPort();
    await exchange(server.port, `GET ${target} HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(server.requests[0]).toMatchObject({ path, query });
  });

  test('a body in many pieces arrives whole', async () => {
    await using server = await openPort();
    const chunks = '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n';
    await exchange(server.port, head + CLOSE + chunks);
    expect(Buffer.from(server.requests[0]?.body ?? []).toString()).toBe('abcde');
  });

  test('requests that arrive together are answered in order', async () => {
    await using server = await openPort({
      answer: ({ path }) => ({ ...OK, body: path }),
    });
    const first = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n';
    const answers = await exchange(server.port, `${first}GET /2 HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answers.match(/\/\d(?=HTTP|$)/g)).toEqual(['/1', '/2']);
  });

  test.each([
    ['a plain request', ''],
    ['another', 'Transfer-Encoding: chunked\r\n'],
  ])('%s of a client that has closed its half is answered', async (_, header) => {
    const { promise: later, resolve: answer } = Promise.withResolvers<void>();
    const gone: boolean[] = [];
    await using server = await openPort({
      answer: async ({ connection }) => {
        await new Promise<void>((resolve) => connection.onGone(resolve));
        gone.push(connection.gone());
        await later;
        return OK;
      },
    });
    const socket = await open(server.port);
    const answered = receives(socket, /yes$/);
    socket.end(`POST / HTTP/1.1\r\nHost: a\r\n${header || 'Content-Length: 5\r\n'}\r\n0\r\n\r\n`);
    await expect.poll(() => gone).toEqual([true]);
    answer();
    expect(await answered).toContain('200 OK');
  });

  test('who expects 100-continue is told to go on, then answered', async () => {
    await using server = await openPort();
    const socket = await open(server.port);
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n';
    const told = receives(socket, /100 Continue\r\n\r\n/);
    socket.write(head);
    await told;
    const answered = receives(socket, /yes$/);
    socket.write('body');
    expect(await answered).toMatch(/^HTTP\/1\.1 200/);
    socket.destroy();
  });
});

describe('refusals', () => {
  test('a refused head is answered before its body is asked for', async () => {
    await using server = await openPort({
      admit: () => ({ status: 403, headers: [], body: 'no' }),
    });
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n';
    const answer = await exchange(server.port, head + CLOSE);
    expect(answer).toMatch(/^HTTP\/1\.1 403/);
    expect(answer).not.toContain('100 Continue');
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['GET / HTTP/1.1\r\n\r\n', '400 Bad Request'],
    ['nonsense\r\n\r\n', '400 Bad Request'],
    ['GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', '400 Bad Request'],
    [
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n' +
        'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400 Bad Request',
    ],
    [
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
    ],
  ])('malformed request %# is refused', async (text, status) => {
    await using server = await openPort();
    expect(await exchange(server.port, text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`));
    expect(server.requests).toEqual([]);
  });
});

describe('what breaks', () => {
  test.each([
    ['an answer that fails', () => Promise.reject(new Error('x'))],
    ['a header that cannot be sent', () => ({ ...OK, headers: ['X', 'a\r\nb'] })],
  ])('%s is a 500, and the server goes on', async (_what, answer) => {
    await using server = await openPort({ answer });
    const get = `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`;
    expect(await exchange(server.port, get)).toMatch(/^HTTP\/1\.1 500 [\s\S]*broken$/);
    expect(await exchange(server.port, get)).toMatch(/^HTTP\/1\.1 500 /);
  });
});

describe('limits', () => {
  const post = (length: number, body: string) =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n${CLOSE}${body}`;

  test('a body of the most bytes allowed is taken', async () => {
    await using server = await openPort();
    expect(await exchange(server.port, post(1_000, 'x'.repeat(1_000)))).toMatch(/ 200 OK/);
  });

  test('a body that grows past the most bytes allowed is refused without being kept', async () => {
    await using server = await openPort();
    const head = `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n${CLOSE}`;
    const chunk = `${(600).toString(16)}\r\n${'x'.repeat(600)}\r\n`;
    const answer = await exchange(server.port, `${head}${chunk}${chunk}0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
    expect(server.requests).toEqual([]);
  });
});

describe('clients that leave', () => {
  test('an operation hears that its client is gone', async () => {
    const heard = Promise.withResolvers<boolean>();
    const asked = Promise.withResolvers<void>();
    await using server = await openPort({
      answer: ({ connection }) => {
        connection.onGone(() => heard.resolve(connection.gone()));
        asked.resolve();
        return heard.promise.then(() => OK);
      },
    });
    const socket = await open(server.port);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked.promise;
    socket.destroy();
    expect(await heard.promise).toBe(true);
  });

  test('an operation that was answered, or stopped listening, hears nothing', async () => {
    let heard = 0;
    await using server = await openPort({
      answer: ({ connection }) => {
        connection.onGone(() => {
          heard += 1;
        });
        connection.onGone(() => {
          heard += 1;
        })();
        return OK;
      },
    });
    await exchange(server.port, `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    await server.listening.close(0);
    expect(heard).toBe(0);
  });
});

describe('the end', () => {
  test('a request in flight is answered and its connection closed', async () => {
    let draining = false;
    const release = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await using server = await openPort({
      draining: () => draining,
      answer: async () => {
        asked.resolve();
        await release.promise;
        return OK;
      },
    });
    const answer = exchange(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked.promise;
    draining = true;
    const closed = server.listening.close(5_000);
    await expect(open(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release.resolve();
    expect(await answer).toMatch(/Connection: close[\s\S]*yes$/);
    await closed;
  });

  test('a request that does not end in time is cut off', async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await openPort({
      answer: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const answer = exchange(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked.promise;
    await server.listening.close(10);
    expect(await answer).toBe('');
  });

  test('an idle connection does not hold up the end', async () => {
    await using server = await openPort();
    const socket = await open(server.port);
    const answered = receives(socket, /yes$/);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await answered;
    await server.listening.close(60_000);
    expect(server.requests).toHaveLength(1);
  });
});

test('localhost is both loopbacks, on one port', async () => {
  await using server = await openPort({}, 'localhost');
  const get = `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`;
  expect(await exchange(server.port, get, '127.0.0.1')).toMatch(/yes$/);
  const overSix = await exchange(server.port, get, '::1').catch((cause) => cause.code);
  expect(overSix).toMatch(/yes$|EADDRNOTAVAIL|EAFNOSUPPORT/);
});

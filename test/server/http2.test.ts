import { type ClientHttp2Session, connect } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { exchange, OK, open, openPort } from './fixture.ts';

interface Told {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

function session(port: number): ClientHttp2Session {
  return connect(`http://127.0.0.1:${port}`);
}

function ask(client: ClientHttp2Session, headers: object, body?: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ':path': '/', ...headers });
    let told: Record<string, unknown> = {};
    let text = '';
    stream.on('response', (response) => {
      told = response;
    });
    stream.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    stream.on('end', () => resolve({ status: Number(told[':status']), headers: told, body: text }));
    stream.on('error', reject);
    stream.end(body);
  });
}

function end(client: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => client.close(resolve));
}

describe('answers', () => {
  test('a client that knows beforehand speaks HTTP/2 on the port of HTTP/1', async () => {
    await using server = await openPort();
    const client = session(server.port);
    const answer = await ask(client, { ':path': '/a?b=c', ':method': 'POST' }, 'body');
    expect(answer).toMatchObject({ status: 200, body: 'yes' });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '3' });
    expect(answer.headers.date).toMatch(/GMT$/);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/a', query: 'b=c' });
    expect(request?.header('host')).toBe(`127.0.0.1:${server.port}`);
    expect(Buffer.from(request?.body ?? []).toString()).toBe('body');
    await end(client);
    const overOne = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect(await exchange(server.port, overOne)).toMatch(/yes$/);
  });

  test('cookies in fields of their own are one header', async () => {
    await using server = await openPort();
    const client = session(server.port);
    await ask(client, { cookie: ['a=1', 'b=2'] });
    expect(server.requests[0]?.header('cookie')).toBe('a=1; b=2');
    await ask(client, {});
    expect(server.requests[1]?.header('cookie')).toBeUndefined();
    await end(client);
  });

  test('streams of one connection are answered as they end', async () => {
    const release = Promise.withResolvers<void>();
    await using server = await openPort({
      answer: async ({ path }) => {
        if (path === '/slow') await release.promise;
        else release.resolve();
        return { ...OK, body: path };
      },
    });
    const client = session(server.port);
    const slow = ask(client, { ':path': '/slow' });
    expect(await ask(client, { ':path': '/fast' })).toMatchObject({ body: '/fast' });
    expect(await slow).toMatchObject({ body: '/slow' });
    await end(client);
  });

  test('a preface that arrives byte by byte is understood', async () => {
    await using server = await openPort();
    const socket = await open(server.port);
    socket.setNoDelay(true);
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    for (const byte of preface) {
      await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    }
    socket.write(settings);
    // The server's first frame is its SETTINGS: length, then type 4.
    expect((await answered)[3]).toBe(4);
    socket.destroy();
  });

  test('HEAD has no body', async () => {
    await using server = await openPort();
    const client = session(server.port);
    expect(await ask(client, { ':method': 'HEAD' })).toMatchObject({ status: 200, body: '' });
    await end(client);
  });
});

describe('refusals', () => {
  test('the same gate stands before it', async () => {
    await using server = await openPort({
      admit: () => ({ status: 403, headers: [], body: 'no' }),
    });
    const client = session(server.port);
    expect(await ask(client, {})).toMatchObject({ status: 403, body: 'no' });
    expect(server.requests).toEqual([]);
    await end(client);
  });

  test('a body over the limit is refused', async () => {
    await using server = await openPort();
    const client = session(server.port);
    const answer = await ask(client, { ':method': 'POST' }, 'x'.repeat(1_001));
    expect(answer).toMatchObject({ status: 413, body: 'too large' });
    expect(server.requests).toEqual([]);
    await end(client);
  });

  test('a preface that goes wrong after its first line ends the connection', async () => {
    await using server = await openPort();
    const answer = await exchange(server.port, 'PRI * HTTP/2.0\r\n\r\nnonsense');
    expect(answer).toMatch(/^HTTP\/1\.1 400|^$/);
  });
});

test('an answer that fails is a 500, and the connection goes on', async () => {
  const answer = ({ path }: { readonly path: string }) => {
    if (path === '/broken') throw new Error('x');
    return OK;
  };
  await using server = await openPort({ answer });
  const client = session(server.port);
  expect(await ask(client, { ':path': '/broken' })).toMatchObject({ status: 500 });
  expect(await ask(client, {})).toMatchObject({ status: 200 });
  await end(client);
});

describe('the end', () => {
  test('an operation hears that its client closed the connection', async () => {
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
    const client = connect('http://localhost', { createConnection: () => socket });
    client.on('error', () => {});
    client.request({ ':path': '/' }).on('error', () => {});
    await asked.promise;
    socket.end();
    expect(await heard.promise).toBe(true);
  });

  test('an operation hears that its stream was given up', async () => {
    const heard = Promise.withResolvers<boolean>();
    const asked = Promise.withResolvers<void>();
    await using server = await openPort({
      answer: ({ connection }) => {
        connection.onGone(() => heard.resolve(connection.gone()));
        asked.resolve();
        return heard.promise.then(() => OK);
      },
    });
    const client = session(server.port);
    const stream = client.request({ ':path': '/' });
    stream.on('error', () => {});
    await asked.promise;
    stream.close(8);
    expect(await heard.promise).toBe(true);
    await end(client);
  });

  test('a stream in flight is answered before the session ends', async () => {
    const release = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await using server = await openPort({
      answer: async () => {
        asked.resolve();
        await release.promise;
        return OK;
      },
    });
    const client = session(server.port);
    const answer = ask(client, {});
    await asked.promise;
    const closed = server.listening.close(5_000);
    release.resolve();
    expect(await answer).toMatchObject({ status: 200, body: 'yes' });
    await closed;
  });

  test('a session that stays open is cut off when time is up', async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await openPort({
      answer: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const client = session(server.port);
    client.on('error', () => {});
    const answer = ask(client, {}).catch(() => 'cut off');
    await asked.promise;
    await server.listening.close(10);
    await answer;
    expect(client.destroyed || client.closed).toBe(true);
  });
});

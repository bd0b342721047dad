import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/server/limits.ts';
import { aCertificate } from './a-certificate.ts';
import { type Answers, exchange, OK, open, openPort, type Port, stillClock } from './fixture.ts';

const pair = aCertificate();
const CLOSE = 'Connection: close\r\n\r\n';
const GET = `GET /path HTTP/1.1\r\nHost: localhost\r\n${CLOSE}`;

const openSecure = (answers: Answers = {}, only = false) =>
  openPort(answers, '127.0.0.1', undefined, { pair, only });

function shake({ port }: Port, options: ConnectionOptions = {}): TLSSocket {
  return connect({ host: '127.0.0.1', port, servername: 'localhost', ca: pair.cert, ...options });
}

/** All that comes back for `text` over a connection with TLS. */
async function exchangeSecurely(at: Port, text: string, options?: ConnectionOptions) {
  const socket = shake(at, options);
  socket.write(text);
  let received = '';
  for await (const bytes of socket) received += bytes;
  return received;
}

/** The code of what ended a handshake. */
async function failure(socket: TLSSocket): Promise<string | undefined> {
  const [cause] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return cause.code;
}

describe('answers', () => {
  test('one port takes plain requests and requests with TLS', async () => {
    const secure: boolean[] = [];
    await using server = await openSecure({
      answer: ({ connection }) => {
        secure.push(connection.secure());
        return OK;
      },
    });
    expect(await exchange(server.port, GET)).toMatch(/^HTTP\/1\.1 200 OK.*yes$/s);
    expect(await exchangeSecurely(server, GET)).toMatch(/^HTTP\/1\.1 200 OK.*yes$/s);
    expect(secure).toEqual([false, true]);
  });

  test('HTTP/2 is spoken when the client offers it, first in its list or not', async () => {
    await using server = await openSecure({
      answer: ({ protocol, connection }) => ({ ...OK, body: `${protocol} ${connection.secure()}` }),
    });
    for (const ALPNProtocols of [['h2'], ['http/1.1', 'h2']]) {
      const client = connectHttp2(`https://127.0.0.1:${server.port}`, {
        ca: pair.cert,
        ALPNProtocols,
      });
      const stream = client.request({ ':path': '/' });
      let body = '';
      for await (const piece of stream.setEncoding('utf8')) body += piece;
      expect(body).toBe('HTTP/2.0 true');
      await new Promise<void>((resolve) => client.close(resolve));
    }
  });

  test('a client that offers HTTP/1.1, or nothing, gets HTTP/1.1', async () => {
    await using server = await openSecure();
    const offer = { ALPNProtocols: ['http/1.1'] };
    expect(await exchangeSecurely(server, GET, offer)).toMatch(/^HTTP\/1\.1 200/);
    expect(await exchangeSecurely(server, GET)).toMatch(/^HTTP\/1\.1 200/);
  });

  test('a request that is not plain goes to node:http, with TLS too', async () => {
    await using server = await openSecure({
      answer: ({ body, connection }) => ({
        ...OK,
        body: `${Buffer.from(body)} ${connection.secure()}`,
      }),
    });
    const body = await new Promise((resolve, reject) => {
      const options = { port: server.port, method: 'PUT', ca: pair.cert, agent: false };
      const asked = request('https://127.0.0.1', options, async (answer) => {
        let text = '';
        for await (const piece of answer.setEncoding('utf8')) text += piece;
        resolve(text);
      });
      asked.on('error', reject).end('odd');
    });
    expect(body).toBe('odd true');
  });

  test('a client that closes its half is answered, and counts as gone', async () => {
    let gone: boolean | undefined;
    await using server = await openSecure({
      answer: async ({ connection }) => {
        await new Promise<void>((resolve) => connection.onGone(resolve));
        gone = connection.gone();
        return OK;
      },
    });
    const socket = shake(server, { allowHalfOpen: true } as ConnectionOptions);
    socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    let received = '';
    for await (const bytes of socket) received += bytes;
    expect(received).toMatch(/^HTTP\/1\.1 200.*yes$/s);
    expect(gone).toBe(true);
  });

  test('a handshake that arrives byte by byte is understood', async () => {
    await using server = await openSecure();
    const raw = await open(server.port);
    raw.setNoDelay(true);
    const hello = await clientHello();
    const answered = once(raw, 'data') as Promise<[Buffer]>;
    for (const byte of hello) await new Promise((resolve) => raw.write(Buffer.of(byte), resolve));
    // A record of the handshake, and not an alert.
    expect((await answered)[0][0]).toBe(0x16);
    raw.destroy();
  });

  test('a new certificate is shown to those who come after it', async () => {
    await using server = await openSecure();
    const next = aCertificate({ serial: '77' });
    server.listening.show(next);
    const socket = shake(server, { ca: next.cert });
    await once(socket, 'secureConnect');
    expect(socket.getPeerCertificate().serialNumber).toBe('77');
    socket.destroy();
    const other = aCertificate().key;
    expect(() => server.listening.show({ cert: next.cert, key: other })).toThrow(/key values mism/);
    expect(await exchangeSecurely(server, GET, { ca: next.cert })).toMatch(/^HTTP\/1\.1 200/);
  });
});

describe('refusals', () => {
  test('a port for TLS only says so to plain requests, of whatever kind', async () => {
    await using server = await openSecure({}, true);
    const told = /^HTTP\/1\.1 400 .*https:\/\//s;
    expect(await exchange(server.port, GET)).toMatch(told);
    expect(await exchange(server.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toMatch(told);
    expect(await exchange(server.port, '\0garbage')).toMatch(told);
    expect(server.requests).toEqual([]);
    expect(await exchangeSecurely(server, GET)).toMatch(/^HTTP\/1\.1 200/);
  });

  test('a port without a certificate takes a handshake for the garbage it is', async () => {
    await using server = await openPort();
    const answer = await exchange(server.port, (await clientHello()).toString('latin1'));
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
  });

  test('versions before 1.2 and unknown protocols are refused by an alert', async () => {
    await using server = await openSecure();
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    expect(await failure(shake(server, old))).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    expect(await failure(shake(server, { ALPNProtocols: ['spdy/3'] }))).toBe(
      'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    );
    expect(await exchangeSecurely(server, GET)).toMatch(/^HTTP\/1\.1 200/);
  });

  test('garbage behind the first byte of a handshake ends its connection alone', async () => {
    await using server = await openSecure();
    for (const garbage of ['\x16', '\x16\x03\x01\xff\xff', `\x16${'x'.repeat(20_000)}`]) {
      const socket = await open(server.port);
      socket.on('error', () => {});
      const closed = once(socket, 'close');
      socket.resume().end(Buffer.from(garbage, 'latin1'));
      await closed;
    }
    expect(await exchangeSecurely(server, GET)).toMatch(/^HTTP\/1\.1 200/);
  });

  test('a handshake behind a plain request is garbage', async () => {
    await using server = await openSecure();
    const hello = (await clientHello()).toString('latin1');
    const answer = await exchange(server.port, `GET / HTTP/1.1\r\nHost: a\r\n\r\n${hello}`);
    expect(answer).toMatch(/yes.*HTTP\/1\.1 400/s);
  });

  test('HTTP/2 over TLS without having agreed on it is refused', async () => {
    await using server = await openSecure();
    const answer = await exchangeSecurely(server, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
  });
});

describe('limits', () => {
  test.each([
    ['begun', false],
    ['not begun, where nothing else is taken,', true],
  ])('a handshake that is %s has to be over in time', async (_how, only) => {
    const { clock, advance } = stillClock();
    await using server = await openPort({}, '127.0.0.1', clock, { pair, only });
    const socket = await open(server.port);
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    // Its answer to the rest proves that the server has seen the first byte.
    const hello = await clientHello();
    if (!only) {
      const answered = once(socket, 'data');
      socket.write(hello);
      await answered;
    } else {
      await exchangeSecurely(server, GET);
    }
    advance(LIMITS.headersMs);
    await closed;
  });

  test('the end waits for requests, but for no handshake', async () => {
    const server = await openSecure();
    const socket = await open(server.port);
    socket.on('error', () => {});
    const answered = once(socket, 'data');
    socket.write(await clientHello());
    await answered;
    const closed = once(socket, 'close');
    await server.listening.close(60_000);
    await closed;
  });

  test('idle connections end with the server, and long answers are waited for', async () => {
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let draining = false;
    const server = await openPort(
      {
        draining: () => draining,
        answer: async () => {
          asked.resolve();
          await release.promise;
          return OK;
        },
      },
      '127.0.0.1',
      undefined,
      { pair },
    );
    const idle = shake(server).on('error', () => {});
    await once(idle, 'secureConnect');
    const answer = exchangeSecurely(server, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked.promise;
    draining = true;
    const ended = server.listening.close(60_000);
    release.resolve();
    expect(await answer).toMatch(/Connection: close.*yes$/s);
    await ended;
    idle.destroy();
  });
});

/** The first message of a handshake, as Node's client sends it. */
async function clientHello(): Promise<Buffer> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as { port: number }).port, host: '127.0.0.1' });
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const [hello] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

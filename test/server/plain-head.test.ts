import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { seededIds } from '../../src/core/ids.ts';
import { readPlainHead } from '../../src/server/plain-head.ts';

const MOST = 16 * 1024;
const read = (text: string, most = MOST) => readPlainHead(Buffer.from(text, 'latin1'), most);

describe('answers', () => {
  test('a head is read as it was sent, its values without the blanks around them', () => {
    const head = 'POST /a%20b?x=1 HTTP/1.1\r\nHoSt: a\r\nX-Empty:\r\nX-B:\t b c \t\r\n\r\n';
    expect(read(`${head}body`)).toEqual({
      method: 'POST',
      target: '/a%20b?x=1',
      headers: ['HoSt', 'a', 'X-Empty', '', 'X-B', 'b c'],
      headBytes: head.length,
      bodyBytes: 0,
      closes: false,
    });
  });

  test('the length of the body and the end of the connection are understood', () => {
    const length = read('POST / HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 12\r\n\r\n');
    expect(length).toMatchObject({ bodyBytes: 12, closes: false });
    const closes = (value: string) =>
      read(`GET / HTTP/1.1\r\nHost: a\r\nConnection: ${value}\r\n\r\n`)?.closes;
    expect([closes('close'), closes('Close'), closes('keep-alive')]).toEqual([true, true, false]);
  });
});

describe('refusals', () => {
  const get = (...fields: string[]) => `GET / HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`;

  test.each([
    ['is not whole', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['has another method', get('Host: a').replace('GET', 'PUT')],
    ['has another version', get('Host: a').replace('1.1', '1.0')],
    ['begins with an empty line', `\r\n${get('Host: a')}`],
    ['names a whole URL', get('Host: a').replace('/ ', 'http://a/ ')],
    ['has a blank in its path', get('Host: a').replace('/ ', '/a b ')],
    ['has a byte beyond ASCII in its path', get('Host: a').replace('/ ', '/\xe9 ')],
    ['has no fields', 'GET / HTTP/1.1\r\n\r\n'],
    ['has no Host', get('X: a')],
    ['has a field without a colon', get('Host: a', 'X')],
    ['has a field without a name', get('Host: a', ': b')],
    ['has a blank before the colon', get('Host: a', 'X : b')],
    ['has a folded field', get('Host: a', 'X: b', ' c')],
    ['has a bare line feed', get('Host: a', 'X: b\nY: c')],
    ['has a bare carriage return', get('Host: a', 'X: b\rY: c')],
    ['has a zero byte', get('Host: a', 'X: \0')],
    ['has two lengths', get('Host: a', 'Content-Length: 1', 'Content-Length: 1')],
    ['has a length with a sign', get('Host: a', 'Content-Length: +1')],
    ['has a length in hexadecimal', get('Host: a', 'Content-Length: 0x1')],
    ['has an empty length', get('Host: a', 'Content-Length:')],
    ['has a transfer coding', get('Host: a', 'Transfer-Encoding: chunked')],
    ['has an expectation', get('Host: a', 'Expect: 100-continue')],
    ['asks for an upgrade', get('Host: a', 'Connection: Upgrade', 'Upgrade: h2c')],
    ['is HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('a head that %s is not plain', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });
});

describe('limits', () => {
  test('a head of the most bytes is read, one of a byte more is not', () => {
    const text = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    expect(read(text, text.length)).toBeDefined();
    expect(read(text, text.length - 1)).toBeUndefined();
  });
});

const WORDS = [
  ...['GET', 'POST', ' ', '/', '?', '%00', 'HTTP/1.1', 'HTTP/1.0', '\r\n', '\r', '\n', '\t', ':'],
  ...['Host', 'Content-Length', '0', '1', '-', ',', 'Connection', 'close', 'keep-alive', ';'],
  ...['Transfer-Encoding', 'chunked', 'Expect', 'X-Y', '\0', '\x7f', '\xe9', '"', '(', '{', '\\'],
];
const WELL = 'POST /q HTTP/1.1\r\nHost: a\r\nX-Y: b c\r\nContent-Length: 0\r\n\r\n';

/** Heads that are nearly right, from a seed. */
function heads(count: number): readonly string[] {
  const ids = seededIds(7);
  const any = (most: number) => Math.floor(ids.random() * most);
  return Array.from({ length: count }, () => {
    let text = WELL;
    for (let changes = 1 + any(3); changes > 0; changes -= 1) {
      const at = any(text.length);
      text = text.slice(0, at) + (WORDS[any(WORDS.length)] ?? '') + text.slice(at + any(3));
    }
    return text;
  });
}

test('whatever is taken for plain, node:http reads the same way', async () => {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, answer) => {
    seen.push(request);
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // A body would be read as the next head.
  const taken = heads(20_000).filter((text) => read(text)?.bodyBytes === 0);
  const socket = connect(port, '127.0.0.1');
  for (const text of taken) {
    const head = read(text);
    if (!head || head.closes || head.headBytes < text.length) continue;
    const before = seen.length;
    const answered = new Promise((resolve) => socket.once('data', resolve));
    socket.write(text, 'latin1');
    await answered;
    expect(seen.length, JSON.stringify(text)).toBe(before + 1);
    const { method, url, rawHeaders } = seen[before] ?? {};
    expect([method, url, rawHeaders]).toEqual([head.method, head.target, head.headers]);
  }
  expect(seen.length).toBeGreaterThan(1_000);
  socket.destroy();
  server.close();
});

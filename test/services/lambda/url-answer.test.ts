/** What a function's answer means as an answer of HTTP, where it is odd. */
import { describe, expect, test } from 'vitest';
import { badGateway, bufferedAnswer } from '../../../src/services/lambda/url-answer.ts';

const answerOf = (value: object) => bufferedAnswer(JSON.stringify(value));

describe('answers', () => {
  test('a header that is written twice is sent once', () => {
    const headers = { 'Content-Type': 'text/plain', 'content-type': 'text/html', A: 1, a: null };
    expect(answerOf({ statusCode: 200, headers }).headers).toEqual({
      'content-type': 'text/html',
      A: '1',
    });
  });

  test('cookies come beside the header of the same purpose', () => {
    const said = { statusCode: 200, headers: { 'set-cookie': 'a=b' }, cookies: ['c=d', 'e=f'] };
    expect(answerOf(said).headers).toEqual({
      'Set-Cookie': ['a=b', 'c=d', 'e=f'],
      'Content-Type': 'application/json',
    });
  });

  test('headers that are between two hops are not for the client', () => {
    const names = ['Content-Length', 'Transfer-Encoding', 'Proxy-Connection', 'TE', 'Trailer'];
    const headers = Object.fromEntries(names.map((name) => [name, '1']));
    expect(answerOf({ statusCode: 200, headers }).headers).toEqual({
      'Content-Type': 'application/json',
    });
  });
});

describe('refusals', () => {
  test.each([
    { statusCode: 99 },
    { statusCode: 101 },
    { statusCode: 'ok' },
    { statusCode: 200, headers: { 'a b': 'c' } },
    { statusCode: 200, headers: { ':status': '204' } },
    { statusCode: 200, headers: { a: 'b\r\nc: d' } },
    { statusCode: 200, cookies: ['a=b\r\n\r\nsmuggled'] },
  ])('%j is no answer of HTTP', (value) => {
    expect(answerOf(value)).toBe(badGateway);
  });
});

describe('limits', () => {
  test('what is nested too deeply to be an answer is handed on as it is', () => {
    const deep = `{"statusCode":201,"body":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(bufferedAnswer(deep)).toMatchObject({ status: 200, body: deep });
  });
});

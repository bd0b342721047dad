import { expect, test } from 'vitest';
import { Digits, parsedAnswer, parsedExact } from '../../console/src/api/exact-json.ts';

test('numbers keep the digits they were written with', () => {
  const text = '{"id":12345678901234567890,"list":[1.50,-0,1e400],"plain":7,"text":"1.50"}';
  expect(parsedExact(text)).toEqual({
    id: new Digits('12345678901234567890'),
    list: [new Digits('1.50'), new Digits('-0'), new Digits('1e400')],
    plain: 7,
    text: '1.50',
  });
});

test('and are written with them again', () => {
  const text = '{"id":12345678901234567890,"list":[-9223372036854775808,7]}';
  expect(parsedAnswer(text)).toEqual(parsedExact(text));
  expect(JSON.stringify(parsedAnswer(text))).toBe(text);
  expect(parsedAnswer('{"at":[1764500000000,0.5]}')).toEqual({ at: [1_764_500_000_000, 0.5] });
});

test('what is no JSON is refused', () => {
  expect(() => parsedExact('{"id":')).toThrow(SyntaxError);
});

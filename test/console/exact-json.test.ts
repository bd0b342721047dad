import { expect, test } from 'vitest';
import { Digits, parsedExact } from '../../console/src/ui/exact-json.ts';

test('numbers keep the digits they were written with', () => {
  const text = '{"id":12345678901234567890,"list":[1.50,-0,1e400],"plain":7,"text":"1.50"}';
  expect(parsedExact(text)).toEqual({
    id: new Digits('12345678901234567890'),
    list: [new Digits('1.50'), new Digits('-0'), new Digits('1e400')],
    plain: 7,
    text: '1.50',
  });
});

test('what is no JSON is refused', () => {
  expect(() => parsedExact('{"id":')).toThrow(SyntaxError);
});

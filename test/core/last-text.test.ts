import { expect, test } from 'vitest';
import { rememberingLast } from '../../src/core/last-text.ts';

test('the same text is worked on once in a row, and every other text is', () => {
  const worked: string[] = [];
  const length = rememberingLast((text) => {
    worked.push(text);
    return text.length;
  });
  const texts = ['ab', 'ab', ['a', 'b'].join(''), 'abc', 'ab', '', ''];
  expect(texts.map(length)).toEqual([2, 2, 2, 3, 2, 0, 0]);
  expect(worked).toEqual(['ab', 'abc', 'ab', '']);
});

test('what fails is tried anew', () => {
  let fails = true;
  const fragile = rememberingLast(() => {
    if (fails) throw new Error('no');
    return 'yes';
  });
  expect(() => fragile('a')).toThrow('no');
  fails = false;
  expect(fragile('a')).toBe('yes');
});

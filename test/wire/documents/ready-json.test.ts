import { expect, test } from 'vitest';
import { readyJsonOf, withReadyJson } from '../../../src/wire/documents/ready-json.ts';

test('an answer has its text besides its members, which are read when they are asked for', () => {
  let reads = 0;
  const members = {
    get Count() {
      reads += 1;
      return 1;
    },
  };
  const answer = withReadyJson(members, '{"Count":1}');
  expect(readyJsonOf(answer)).toBe('{"Count":1}');
  expect(reads).toBe(0);
  expect(answer.Count).toBe(1);
  expect(Object.keys(answer)).toEqual(['Count']);
});

test('what is made of an answer is another one, and has no text', () => {
  const answer = withReadyJson({ Count: 1 }, '{"Count":1}');
  expect(readyJsonOf({ ...answer, Count: 2 })).toBeUndefined();
});

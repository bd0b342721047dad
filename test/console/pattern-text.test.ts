import { expect, test } from 'vitest';
import { patternProblem } from '../../console/src/ui/pattern-text.ts';

test('a pattern is a JSON object, and no pattern is none to complain about', () => {
  expect(patternProblem('')).toBeUndefined();
  expect(patternProblem(' ')).toBeUndefined();
  expect(patternProblem('{"source": ["shop"]}')).toBeUndefined();
  expect(patternProblem('["shop"]')).toMatch(/JSON object/);
  expect(patternProblem('1')).toMatch(/JSON object/);
  expect(patternProblem('{"source": ')).toMatch(/no JSON yet/);
});

import { expect, test } from 'vitest';
import { baseOf } from '../../console/src/state/base.ts';

test('the base is all before the last slash, under any path', () => {
  expect(baseOf('/')).toBe('');
  expect(baseOf('/tail')).toBe('');
  expect(baseOf('/sub/path/')).toBe('/sub/path');
  expect(baseOf('/sub/path/trace')).toBe('/sub/path');
});

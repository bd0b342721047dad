import { expect, test } from 'vitest';
import { keyReader } from '../../console/src/shell/keys.ts';
import { VIEWS } from '../../console/src/shell/views.ts';

const press = (key: string, atMs = 0, taken = false) => ({ key, atMs, taken });

test('g and then the key of a view goes there', () => {
  for (const { key, name } of VIEWS) {
    const read = keyReader();
    expect(read(press('g'))).toBeUndefined();
    expect(read(press(key, 900))).toEqual({ kind: 'go', view: name });
  }
});

test('every view has a key of its own', () => {
  expect(new Set(VIEWS.map(({ key }) => key)).size).toBe(VIEWS.length);
});

test('the second key counts for a moment only, and once', () => {
  const read = keyReader();
  read(press('g', 0));
  expect(read(press('t', 2_000))).toBeUndefined();
  read(press('g', 3_000));
  expect(read(press('x', 3_100))).toBeUndefined();
  expect(read(press('t', 3_200))).toBeUndefined();
});

test('keys of a field or of the browser are left to them', () => {
  const read = keyReader();
  expect(read(press('?', 0, true))).toBeUndefined();
  expect(read(press('?'))).toEqual({ kind: 'help' });
  expect(read(press('/'))).toEqual({ kind: 'search' });
});

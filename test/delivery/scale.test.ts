import { expect, test } from 'vitest';
import { Scale, STANDARD } from '../../src/delivery/scale.ts';

const NOW = 1_000_000;
const MINUTE = 60_000;

test('five are allowed at first, and 300 more for each minute of backlog up to 1,250', () => {
  const scale = new Scale();
  expect(scale.allowed(STANDARD, NOW)).toBe(5);
  expect(scale.backlogged(STANDARD, NOW)).toBe(NOW + 200);
  expect(scale.allowed(STANDARD, NOW + 199)).toBe(5);
  expect(scale.allowed(STANDARD, NOW + 200)).toBe(6);
  expect(scale.allowed(STANDARD, NOW + MINUTE)).toBe(305);
  expect(scale.allowed(STANDARD, NOW + 10 * MINUTE)).toBe(1_250);
  expect(scale.backlogged(STANDARD, NOW + 10 * MINUTE)).toBe(Number.POSITIVE_INFINITY);
});

test('without a backlog nothing grows', () => {
  const scale = new Scale();
  expect(scale.allowed(STANDARD, NOW + 10 * MINUTE)).toBe(5);
});

test('an empty source brings it back to what is in use, and to no less than the least', () => {
  const scale = new Scale();
  scale.backlogged(STANDARD, NOW);
  scale.emptied(40);
  expect(scale.allowed(STANDARD, NOW + MINUTE)).toBe(40);
  scale.backlogged(STANDARD, NOW + MINUTE);
  expect(scale.allowed(STANDARD, NOW + 2 * MINUTE)).toBe(340);
  scale.emptied(0);
  expect(scale.allowed(STANDARD, NOW + 2 * MINUTE)).toBe(5);
});

test('a bound below the least holds from the first on', () => {
  expect(new Scale().allowed({ ...STANDARD, most: 2 }, NOW)).toBe(2);
});

import { expect, test } from 'vitest';
import { hostile } from './hostile/run.ts';

/** A taste of `node test/simulation/hostile-functions.ts --rounds 200`. */
const ROUNDS = 10;
const MOST_GROWTH_MEGABYTES = 50;

test('functions that misbehave get what AWS gives them, and the server does not grow', {
  timeout: 120_000,
}, async () => {
  const { objections, died, invocations, megabytes } = await hostile({ rounds: ROUNDS });
  expect({ objections, died }).toEqual({ objections: [], died: undefined });
  expect(invocations).toBeGreaterThan(5 * ROUNDS);
  expect(megabytes.after - megabytes.before).toBeLessThan(MOST_GROWTH_MEGABYTES);
});

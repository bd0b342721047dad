import { expect, test } from 'vitest';
import { torture } from './torture/run.ts';

/** A taste of `npm run torture`, which CI runs for longer. */
const CYCLES = 3;

test('a server killed under load loses nothing and repeats nothing', {
  timeout: 120_000,
}, async () => {
  const seed = Date.now() % 1_000_000;
  const verdict = await torture({ cycles: CYCLES, seed, stretch: CYCLES });
  const again = `npm run torture -- --cycles ${CYCLES} --seed ${seed} --stretch ${CYCLES}`;
  const { findings, complaints, died } = verdict;
  expect({ findings, complaints, died }, again).toEqual({
    ...{ findings: [], complaints: [], died: undefined },
  });
  expect(verdict.cycles).toBe(CYCLES);
  expect(verdict.deliveries).toBeGreaterThan(100);
  const { confirmed, deleted, inOrder, carried, changes, records } = verdict.evidence;
  for (const seen of [confirmed, deleted, inOrder]) expect(seen).toBeGreaterThan(100);
  for (const seen of [carried, changes, records]) expect(seen).toBeGreaterThan(10);
});

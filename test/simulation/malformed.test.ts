import { expect, test } from 'vitest';
import { malformed } from './malformed/run.ts';

test('malformed requests are refused, and nothing else happens', { timeout: 120_000 }, async () => {
  const seed = Date.now() % 1_000_000;
  const again = `node test/simulation/malformed.ts --count 1000 --seed ${seed}`;
  const { objections, died, sent } = await malformed({ count: 1_000, seed });
  expect({ objections, died }, again).toEqual({ objections: [], died: undefined });
  expect(sent).toBe(1_000);
});

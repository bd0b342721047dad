import { expect, test } from 'vitest';
import { nextTurn } from '../../src/core/clock.ts';
import { inTurns } from '../../src/core/in-turns.ts';

test('all are made, in order, and no more than sixteen at a time', async () => {
  let underWay = 0;
  let most = 0;
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  const doubled = await inTurns(numbers, async (number) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await nextTurn();
    underWay -= 1;
    return 2 * number;
  });
  expect(doubled).toEqual(numbers.map((number) => 2 * number));
  expect(most).toBe(16);
});

test('of nothing there is nothing', async () => {
  expect(await inTurns([], async () => 1)).toEqual([]);
});

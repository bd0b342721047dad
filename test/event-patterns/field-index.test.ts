import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Condition, holds, type Scalar } from '../../src/event-patterns/condition.ts';
import { fieldIndex } from '../../src/event-patterns/field-index.ts';
import { parsePattern } from '../../src/event-patterns/pattern.ts';
import { pattern } from './random.ts';

interface Item {
  readonly condition: Condition;
}

/** What an index finds for a value, and what it is sure of. */
function find(items: readonly Item[], value: Scalar) {
  const index = fieldIndex(items.map((item) => ({ condition: item.condition, item })));
  const found = new Set<Item>();
  const certain = new Set<Item>();
  const takeOne = (item: Item, sure: boolean) => {
    found.add(item);
    if (sure) certain.add(item);
  };
  const take = (some: readonly Item[], sure: boolean) => {
    for (const item of some) takeOne(item, sure);
  };
  index.find(value, { take, takeOne }, { steps: 0 });
  return { found, certain };
}

const conditions = fc.array(pattern, { maxLength: 8 }).map((patterns) =>
  patterns
    .flatMap((one) => parsePattern(JSON.stringify(one)).branches)
    .flat()
    .flatMap((field) => field.conditions.map((condition) => ({ condition }))),
);

const value = fc.oneof(
  fc.constantFrom('', 'x', 'xy', 'xyx', 'XY', 'yx', 'x*y', 'xyxyxy', '10.0.0.1', '10.0.1.7', 'É'),
  fc.constantFrom(-1, -0.5, 0, 1, 2, 2.5, 3, 299, 300, 5e9, 6e9),
  fc.constantFrom<Scalar>(null, true, false, 9007199254740993n),
);

describe('fieldIndex', () => {
  test('finds every condition that holds, and is sure only of those', () => {
    fc.assert(
      fc.property(conditions, value, (items, one) => {
        const { found, certain } = find(items, one);
        const holding = items.filter(({ condition }) => holds(condition, one));
        for (const item of holding) expect(found).toContain(item);
        for (const item of certain) expect(holding).toContain(item);
      }),
      { numRuns: 3000 },
    );
  });

  test('finds nested ranges by both ends', () => {
    const bounds = [0, 0.5, 1, 1.5, 2, 3];
    const ranges = bounds.flatMap((low) =>
      bounds.filter((high) => high > low).map((high) => [low, high]),
    );
    const items = ranges.flatMap(([low = 0, high = 0], at) => [
      { condition: range(low, high, at % 2 === 0, at % 3 === 0) },
    ]);
    for (const one of [-1, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4]) {
      const holding = items.filter(({ condition }) => holds(condition, one));
      expect([...find(items, one).found].length).toBe(holding.length);
    }
  });

  function range(low: number, high: number, lowOpen: boolean, highOpen: boolean): Condition {
    return { kind: 'numeric', low, high, lowOpen, highOpen, limit: 5e9 };
  }
});

import { describe, expect, test } from 'vitest';
import type { Value } from '../../src/expressions/attribute-values.ts';
import { applyUpdate, parseUpdate, pathsOf } from '../../src/expressions/updates.ts';
import { itemOf, type JsonItem, placeholdersOf, refusalOf } from './cases.ts';
import refusals from './update-refusals.json' with { type: 'json' };
import answers from './updates.json' with { type: 'json' };

interface Answer {
  readonly say: string;
  readonly update: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: JsonItem;
  readonly item: JsonItem;
  readonly after: JsonItem;
}

interface Refusal {
  readonly update: string;
  readonly values?: JsonItem;
  readonly item?: JsonItem;
  readonly refusal: string;
}

describe('answers', () => {
  test.each(answers as unknown as readonly Answer[])('$say: $update', (example) => {
    const placeholders = placeholdersOf(example.names, example.values);
    const update = parseUpdate(example.update, placeholders);
    placeholders.checkAllUsed();
    const before = itemOf(example.item);
    const { item } = applyUpdate(update, before);
    expect(item).toEqual(itemOf(example.after));
    expect(Object.keys(item).sort()).toEqual(Object.keys(example.after).sort());
    expect(before, 'the old item is untouched').toEqual(itemOf(example.item));
  });

  test('the paths of an update are its targets', () => {
    const placeholders = placeholdersOf(undefined, { ':s': { SS: ['x'] } });
    const update = parseUpdate('SET a.b = c REMOVE d[1] ADD e :s DELETE f :s', placeholders);
    expect(pathsOf(update)).toEqual([['a', 'b'], ['d', 1], ['e'], ['f']]);
    const item = itemOf({ a: { M: {} }, c: { N: '1' }, d: { L: [] } });
    expect(applyUpdate(update, item).changed).toEqual(pathsOf(update));
  });
});

describe('refusals', () => {
  test.each(refusals as unknown as readonly Refusal[])('$update', (example) => {
    const message = refusalOf(() => {
      const update = parseUpdate(example.update, placeholdersOf(undefined, example.values));
      applyUpdate(update, itemOf(example.item ?? {}));
    });
    expect(message).toBe(example.refusal);
  });
});

describe('limits', () => {
  test('values nest 32 levels deep, the path to them included', () => {
    const nested = (depth: number): Value =>
      depth === 0 ? { N: '1' } : { M: { m: nested(depth - 1) } };
    const put = (depth: number) => {
      const update = parseUpdate('SET a.b = c', placeholdersOf());
      applyUpdate(update, { a: { M: {} }, c: nested(depth) });
    };
    expect(refusalOf(() => put(31))).toBeUndefined();
    expect(refusalOf(() => put(32))).toBe('Nesting Levels have exceeded supported limits');
  });
});

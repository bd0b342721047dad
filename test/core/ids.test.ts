import { expect, test } from 'vitest';
import { randomIds, seededIds } from '../../src/core/ids.ts';

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('the same seed gives the same ids, another seed others', () => {
  const draw = (seed: number) => {
    const ids = seededIds(seed);
    return [ids.uuid(), ids.hex(8), ids.random(), ids.uuid()];
  };
  expect(draw(42)).toEqual(draw(42));
  expect(draw(42)).not.toEqual(draw(43));
});

test('seeded and random ids are version-4 UUIDs and do not repeat', () => {
  for (const ids of [seededIds(1), randomIds()]) {
    const drawn = Array.from({ length: 1000 }, () => ids.uuid());
    for (const id of drawn) expect(id).toMatch(UUID4);
    expect(new Set(drawn).size).toBe(1000);
  }
});

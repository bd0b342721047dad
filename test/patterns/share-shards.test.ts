import { expect, test } from 'vitest';
import { planOf } from '../../src/patterns/share-shards.ts';
import { ENDED, type Lease } from '../../src/patterns/stream-leases.ts';

const lease = (shardId: string, owner?: string, more: Partial<Lease> = {}): Lease => ({
  ...{ shardId, owner, epoch: 1, beat: 0, checkpoint: 'TRIM_HORIZON', state: {} },
  ...more,
});
const never = () => false;
const ids = (leases: readonly Lease[]) => leases.map(({ shardId }) => shardId);

test('a worker alone takes all that nobody holds', () => {
  const { take, want } = planOf([lease('1'), lease('2'), lease('3')], 'a', never);
  expect([ids(take), ids(want)]).toEqual([['1', '2', '3'], []]);
});

test('a second one takes its share and leaves the rest', () => {
  const leases = [lease('1', 'b'), lease('2', 'b'), lease('3'), lease('4'), lease('5')];
  expect(ids(planOf(leases, 'a', never).take)).toEqual(['3', '4', '5']);
  expect(ids(planOf(leases, 'b', never).take)).toEqual(['3', '4', '5']);
});

test('where none is free, one is asked for, of whom has most, and one at a time', () => {
  const held = [lease('1', 'b'), lease('2', 'b'), lease('3', 'b'), lease('4', 'c')];
  expect(ids(planOf(held, 'a', never).want)).toEqual(['1']);
  const asked = [lease('1', 'b', { wantedBy: 'a' }), ...held.slice(1)];
  expect(planOf(asked, 'a', never)).toEqual({ take: [], want: [] });
});

test('nothing moves where nobody has two more than another', () => {
  const leases = [lease('1', 'a'), lease('2', 'b'), lease('3', 'b')];
  expect(planOf(leases, 'a', never)).toEqual({ take: [], want: [] });
});

test('the shards of those who are gone are shared by those who are left', () => {
  const leases = [lease('1', 'gone'), lease('2', 'gone'), lease('3', 'b'), lease('4', 'a')];
  expect(ids(planOf(leases, 'a', ({ owner }) => owner === 'gone').take)).toEqual(['1']);
});

test('ended shards count for nothing', () => {
  const leases = [lease('1', 'b', { checkpoint: ENDED }), lease('2', 'b'), lease('3')];
  expect(ids(planOf(leases, 'a', never).take)).toEqual(['3']);
});

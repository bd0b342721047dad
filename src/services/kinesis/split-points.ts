/**
 * Where a shard may be split: so that each half has two hash keys at least. AWS refuses the rest,
 * and the Kinesis Client Library a shard whose range begins where it ends (HashKeyRangeForLease).
 */
import { after, before } from './hash-keys.ts';
import type { Shard } from './store.ts';

type Range = Pick<Shard, 'first' | 'last'>;

/** "Greater than one plus the shard's StartingHashKey and less than its EndingHashKey." */
export function canSplitAt({ first, last }: Range, at: string): boolean {
  return at > first && at < last && at > after(first);
}

/** Whether a border next to this one would leave a single hash key between them. */
export function isBeside(one: string, other: string): boolean {
  return isRightAfter(one, other) || isRightAfter(other, one);
}

function isRightAfter(lower: string, upper: string): boolean {
  return lower < upper && lower === before(upper);
}

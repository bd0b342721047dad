/**
 * Which shards a worker takes, so that all workers of a consumer have about as many. What nobody
 * holds is taken; what somebody holds is asked for, and handed over between two batches, so that
 * no record is handled twice for it.
 */

import type { Lease } from './stream-leases.ts';
import { isEnded } from './stream-shards.ts';

export interface Plan {
  readonly take: readonly Lease[];
  readonly want: readonly Lease[];
}

/** `isStale`: whether the holder has not been heard of for a whole lease. */
export function planOf(
  leases: Iterable<Lease>,
  worker: string,
  isStale: (lease: Lease) => boolean,
): Plan {
  const all = [...leases].filter((lease) => !isEnded(lease));
  const isFree = (lease: Lease) => lease.owner === undefined || isStale(lease);
  const byOwner = new Map<string, Lease[]>([[worker, []]]);
  for (const lease of all) {
    const { owner } = lease;
    if (owner === undefined || (owner !== worker && isStale(lease))) continue;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), lease]);
  }
  const own = byOwner.get(worker)?.length ?? 0;
  const coming = all.filter(({ owner, wantedBy }) => wantedBy === worker && owner !== worker);
  const fair = Math.ceil(all.length / byOwner.size);
  const room = fair - own;
  const take = all.filter((lease) => lease.owner !== worker && isFree(lease)).slice(0, room);
  const [most] = [...byOwner.values()].sort((one, other) => other.length - one.length);
  const isUneven = most !== undefined && most.length - own >= 2;
  const asks = isUneven && take.length === 0 && coming.length === 0;
  return {
    take: room > 0 ? take : [],
    want: asks ? most.filter(({ wantedBy }) => wantedBy === undefined).slice(0, 1) : [],
  };
}

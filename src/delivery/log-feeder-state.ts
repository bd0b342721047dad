/**
 * What is kept of each lane of a shard: how far it has come and what it has still to try again.
 * The row is written in the commit of each batch's end, so that a crash forgets no failure and
 * skips no record.
 */
import { Collection } from '../storage/collection.ts';
import type { Remove, Storage } from '../storage/storage.ts';

export interface LaneState {
  readonly shard: string;
  /** A stream that was made anew has shards of the same names, and other logs. */
  readonly log: string;
  readonly lane: number;
  /** Into how many lanes the shard was parted. */
  readonly lanes: number;
  /** Every record of the lane before this position has ended. */
  readonly at: number;
  /** Records from before this moment are not wanted. */
  readonly sinceMs?: number | undefined;
  /** What failed and comes again, in order, before anything else does. */
  readonly pieces?: readonly Piece[] | undefined;
  readonly window?: OpenWindow | undefined;
}

/** The lane's records from one position up to another. */
export interface Piece {
  readonly from: number;
  readonly until: number;
  /** How often all of it was handed over and failed. */
  readonly attempts: number;
}

/** A tumbling window that some record has fallen into. */
export interface OpenWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** JSON text. */
  readonly state: string;
  /** The state has grown too large: the window ends now. */
  readonly isEarly: boolean;
  /** How often its last batch, the one without records, has failed. */
  readonly attempts: number;
}

const checkpoints = new WeakMap<Storage, Collection<LaneState>>();

/** By feed and lane. */
export function checkpointsOf(storage: Storage): Collection<LaneState> {
  const known = checkpoints.get(storage) ?? new Collection(storage, 'lambda/checkpoints');
  checkpoints.set(storage, known);
  return known;
}

export const laneKey = ({ shard, lane }: Pick<LaneState, 'shard' | 'lane'>) => `${shard}/${lane}`;

/** For a feed that will never be fed again. */
export async function forgetting(storage: Storage, feed: string): Promise<readonly Remove[]> {
  const rows = await checkpointsOf(storage).list(feed);
  return rows.map(({ key }) => checkpointsOf(storage).remove(feed, key));
}

/**
 * What becomes of a stream's shards when they are split, merged, or brought to a number. Pure.
 *
 * A shard is never changed: it is closed, and others are opened for its range. Going to a number
 * of shards is a list of splits at the borders that are wanted, and then of merges across those
 * that are not; shards that are opened and closed again on the way stay in the list, as on AWS.
 * None of them, not even for a moment, has fewer than two hash keys.
 * https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
 */
import { before, LAST_HASH, uniformStarts } from './hash-keys.ts';
import { isBeside } from './split-points.ts';
import { openShards, type Resharding, type Shard, type Stream } from './store.ts';

export type Shards = Pick<Stream, 'shards' | 'nextShard'>;

/** A stream's first shards. */
export function firstShards(count: number, nowMs: number): Shards {
  const starts = uniformStarts(count);
  const shards = starts.map((first, number): Shard => {
    const next = starts[number + 1];
    const last = next === undefined ? LAST_HASH : before(next);
    return { number, first, last, parents: [], openedAtMs: nowMs };
  });
  return { shards, nextShard: count };
}

/** Shards that are closed by it have no position yet; see `Closed`. */
export function reshard(stream: Shards, change: Resharding, nowMs: number): Shards {
  switch (change.kind) {
    case 'split':
      return split(stream, shardOf(stream, change.shard), change.at, nowMs);
    case 'merge': {
      const [one, other] = change.shards;
      return merge(stream, shardOf(stream, one), shardOf(stream, other), nowMs);
    }
    case 'scale':
      return scale(stream, change.to, nowMs);
  }
}

function shardOf({ shards }: Shards, number: number): Shard {
  const shard = shards.find((candidate) => candidate.number === number);
  if (!shard) throw new Error(`There is no shard ${number}.`);
  return shard;
}

function split(from: Shards, parent: Shard, at: string, nowMs: number): Shards {
  const lower = { first: parent.first, last: before(at) };
  const upper = { first: at, last: parent.last };
  return replace(from, [parent], [lower, upper], nowMs);
}

function merge(from: Shards, parent: Shard, adjacent: Shard, nowMs: number): Shards {
  const [low, high] = parent.first < adjacent.first ? [parent, adjacent] : [adjacent, parent];
  return replace(from, [parent, adjacent], [{ first: low.first, last: high.last }], nowMs);
}

function replace(
  { shards, nextShard }: Shards,
  parents: readonly Shard[],
  ranges: readonly Pick<Shard, 'first' | 'last'>[],
  nowMs: number,
): Shards {
  const atMs = Math.max(nowMs, ...parents.map(({ openedAtMs }) => openedAtMs + 1));
  const closed = { atMs, markFrom: 1 };
  const children = ranges.map(
    (range, index): Shard => ({
      number: nextShard + index,
      ...range,
      parents: parents.map(({ number }) => number),
      openedAtMs: atMs,
    }),
  );
  const left = shards.map((shard) => (parents.includes(shard) ? { ...shard, closed } : shard));
  return { shards: [...left, ...children], nextShard: nextShard + children.length };
}

function scale(from: Shards, count: number, nowMs: number): Shards {
  const wanted = uniformStarts(count);
  // A split right beside a border would leave one hash key between them, so that border goes first.
  const crowding = ({ first }: Shard) => wanted.some((start) => isBeside(first, start));
  let now = mergeAway(from, crowding, nowMs);
  for (const start of wanted) {
    const holder = openShards(now).find(({ first, last }) => first < start && start <= last);
    if (holder) now = split(now, holder, start, nowMs);
  }
  const kept = new Set(wanted);
  return mergeAway(now, ({ first }) => !kept.has(first), nowMs);
}

/** Merges each shard whose lower border is not wanted with the one below it. */
function mergeAway(from: Shards, isUnwanted: (shard: Shard) => boolean, nowMs: number): Shards {
  let now = from;
  for (;;) {
    const shards = openShards(now);
    const upper = shards.find(isUnwanted);
    const lower = upper && shards.find(({ last }) => last === before(upper.first));
    if (!upper || !lower) return now;
    now = merge(now, lower, upper, nowMs);
  }
}

/**
 * Shards of a stream. Each is open for four hours; then another follows, its child. They are
 * opened when somebody looks, or by a job that also lets go of what is past retention: only
 * the log's order says which shard a record is in, so it does not matter when.
 */
import {
  type ChangeShard,
  type ChangeStream,
  changeLog,
  changeShards,
  changeStreams,
  nextRoll,
  RETENTION_MS,
  SHARD_LIFE_MS,
  shardIdAt,
  streamKey,
  streamPlace,
} from '../../delivery/change-streams.ts';
import type { Job } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Write } from '../../storage/storage.ts';
import { untilWon } from '../change.ts';
import { fault } from './errors.ts';
import { isReadable } from './lookup.ts';

export interface Shard extends ChangeShard {
  /** The moment it was closed; its records are there for a day from then on. */
  readonly closedAtMs?: number | undefined;
}

/** Every shard that may hold something readable, parents before children. */
export function shardsOf(stack: Stack, stream: ChangeStream): Promise<readonly Shard[]> {
  return untilWon(
    async () => {
      const shards = await opened(stack, stream);
      const horizonMs = stack.clock.nowMs() - RETENTION_MS;
      return shards.filter(({ closedAtMs = Number.POSITIVE_INFINITY }) => closedAtMs > horizonMs);
    },
    () => fault('InternalServerError', 'The shards changed too often.', { status: 500 }),
  );
}

/** With the shards that are due, which are committed. */
async function opened(stack: Stack, stream: ChangeStream): Promise<readonly Shard[]> {
  const { storage } = stack;
  const rows = await changeShards(storage).list(stream.id);
  const due = await dueShards(stack, stream, rows.at(-1));
  const known = new Map([...rows.map(({ value }) => value), ...due].map((row) => [row.id, row]));
  if (due.length > 0) {
    const versions = new Map(rows.map(({ key, version }) => [key, version]));
    await storage.commit(
      due.map((shard) =>
        changeShards(storage).put(stream.id, shard.id, shard, versions.get(shard.id) ?? 0),
      ),
    );
  }
  const all = [...known.values()];
  return all.map((shard, at) => {
    const next = all[at + 1];
    if (next) return { ...shard, until: next.from, closedAtMs: next.openedAtMs };
    return { ...shard, closedAtMs: shard.until === undefined ? undefined : stream.disabledAtMs };
  });
}

/** Rows to be written: shards that open since the last look, and the end of a disabled stream. */
async function dueShards(
  stack: Stack,
  stream: ChangeStream,
  last: Stored<ChangeShard> | undefined,
): Promise<readonly ChangeShard[]> {
  if (!last || last.value.until !== undefined) return [];
  const { storage, clock } = stack;
  const { disabledAtMs } = stream;
  const untilMs = Math.min(clock.nowMs(), disabledAtMs ?? Number.POSITIVE_INFINITY);
  const due: ChangeShard[] = [];
  let shard = last.value;
  while (shard.openedAtMs + SHARD_LIFE_MS <= untilMs) {
    const openedAtMs = shard.openedAtMs + SHARD_LIFE_MS;
    const from = await firstSince(stack, stream, shard.from, openedAtMs);
    shard = { id: shardIdAt(stream, openedAtMs), from, openedAtMs, parent: shard.id };
    due.push(shard);
  }
  if (disabledAtMs === undefined) return due;
  const { next: until } = await storage.bounds(changeLog(stream));
  return [...due.slice(0, -1), { ...shard, until }];
}

/** The first position from `from` on whose record is no older than `sinceMs`, or the next one. */
export async function firstSince(
  { storage }: Stack,
  stream: ChangeStream,
  from: number,
  sinceMs: number,
): Promise<number> {
  const log = changeLog(stream);
  // Before the records are read, so that one that is appended meanwhile is not passed over.
  const { next } = await storage.bounds(log);
  const [entry] = await storage.read(log, { from, max: 1, sinceMs });
  return Math.max(from, Math.min(entry?.position ?? next, next));
}

/** Opens what is due, trims, and comes again; the last time lets go of all. */
export const roll: Job = async (stack, { note }) => {
  const [place, key] = JSON.parse(note) as [string, string];
  const { storage, clock } = stack;
  const stored = await changeStreams(storage).get(place, key);
  if (!stored) return [];
  const { value: stream } = stored;
  const nowMs = clock.nowMs();
  if (!isReadable(stream, nowMs)) return lettingGo(stack, stream);
  const kept = new Set((await shardsOf(stack, stream)).map(({ id }) => id));
  const rows = await changeShards(storage).list(stream.id);
  const old = rows.filter((row) => !kept.has(row.key));
  return [
    ...old.map((row) => changeShards(storage).remove(stream.id, row.key)),
    { kind: 'trim', log: changeLog(stream), beforeMs: nowMs - RETENTION_MS },
    nextRoll(stack, stream, nowMs + SHARD_LIFE_MS),
  ];
};

async function lettingGo({ storage }: Stack, stream: ChangeStream): Promise<readonly Write[]> {
  const shards = await changeShards(storage).list(stream.id);
  return [
    changeStreams(storage).remove(streamPlace(stream), streamKey(stream)),
    ...shards.map(({ key }) => changeShards(storage).remove(stream.id, key)),
    { kind: 'trim', log: changeLog(stream), keep: 0 },
  ];
}

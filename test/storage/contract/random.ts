/**
 * Random histories run on an engine and on the model; all answers and all state are equal.
 * STORAGE_RUNS sets how many; with STORAGE_SHRINKS=0 a failure is told as it was found, which is
 * quicker where opening an engine takes long.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Claimed,
  Conflict,
  type Lease,
  type Receipt,
  type Storage,
} from '../../../src/storage/storage.ts';
import { Model } from './model.ts';
import {
  type Act,
  history,
  type Known,
  LOGS,
  PARTITIONS,
  QUEUES,
  TABLE,
  type Turn,
} from './random-history.ts';

const RUNS = Number(process.env.STORAGE_RUNS ?? 40);
const SHRINKS = process.env.STORAGE_SHRINKS !== '0';
const START_MS = 1_000;
const EVERYTHING = { from: 1, max: 10_000 };

/** Brings all that an engine holds to another one, and closes the first. */
export type Move = (storage: Storage) => Promise<Storage>;

/**
 * With `move`, the second half of each history happens to the engine that it answers with.
 * `share` is the part of the runs that is enough.
 */
export function randomContract(open: () => Promise<Storage>, move?: Move, share = 1): void {
  test('any history of writes and claims answers and ends as the model does', async () => {
    const property = fc.asyncProperty(history, async (turns) => {
      const transcript: string[] = [];
      try {
        await run(await open(), turns, transcript, move);
      } catch (cause) {
        throw new Error(`${cause}\nafter these turns:\n${transcript.join('\n')}`, { cause });
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(RUNS * share), endOnFailure: !SHRINKS });
  }, 600_000);
}

async function run(
  first: Storage,
  turns: readonly Turn[],
  transcript: string[],
  move: Move | undefined,
) {
  const middle = Math.floor(turns.length / 2);
  const half = { model: new Model(), leases: [], made: 0, nowMs: START_MS, transcript };
  let storage = first;
  try {
    await happen(storage, turns.slice(0, middle), half);
    if (move) {
      transcript.push('moved');
      storage = await move(storage);
      await compare(storage, half.model, half.nowMs);
    }
    await happen(storage, turns.slice(middle), half);
  } finally {
    await storage.close();
  }
}

interface Course {
  readonly model: Model;
  readonly leases: Lease[];
  readonly transcript: string[];
  made: number;
  nowMs: number;
}

async function happen(storage: Storage, turns: readonly Turn[], course: Course) {
  const { model, leases, transcript } = course;
  for (const { passMs, acts } of turns) {
    course.nowMs += passMs;
    const { nowMs } = course;
    const versionOf = (partition: string, key: string) =>
      model.scan(TABLE, partition, {}).find((row) => row.key === key)?.version ?? 0;
    const known: Known = { nowMs, leases: [...leases], fresh: () => course.made++, versionOf };
    const resolved = acts.map((act) => resolve(act, known));
    transcript.push(`at ${nowMs}: ${JSON.stringify(resolved)}`);
    leases.push(...(await takeTurn(storage, model, resolved)));
    await compare(storage, model, nowMs);
  }
}

function resolve(act: Act, known: Known) {
  if ('claim' in act) return { queue: act.queue, claim: act.claim(known) };
  return { writes: act.writes.flatMap((write) => write(known) ?? []) };
}

/** Hands all acts in at once; they take effect in their order. Answers with the new leases. */
async function takeTurn(
  storage: Storage,
  model: Model,
  acts: readonly ReturnType<typeof resolve>[],
): Promise<readonly Lease[]> {
  const answers = await Promise.all(
    acts.map((act) =>
      'writes' in act
        ? storage.commit(act.writes).catch(onlyConflict)
        : storage.claim(act.queue, act.claim),
    ),
  );
  return acts.flatMap((act, index) => {
    if ('writes' in act) {
      model.commit(act.writes, answers[index] as readonly Receipt[] | undefined);
      return [];
    }
    const claimed = answers[index] as readonly Claimed[];
    model.claim(act.queue, act.claim, claimed);
    return claimed.map(({ lease }) => lease);
  });
}

function onlyConflict(cause: unknown): undefined {
  expect(cause).toBeInstanceOf(Conflict);
}

async function compare(storage: Storage, model: Model, nowMs: number): Promise<void> {
  for (const queue of QUEUES) {
    expect(await storage.peek(queue, { nowMs, max: 1_000 })).toEqual(model.peek(queue, nowMs));
    for (const atMs of [nowMs, nowMs + 9, nowMs - 9]) {
      expect(await storage.counts(queue, atMs)).toEqual(model.counts(queue, atMs));
      expect(await storage.nextVisibleAtMs(queue, atMs)).toBe(model.nextVisibleAtMs(queue, atMs));
    }
  }
  expect(await storage.queues('')).toEqual(model.queues(''));
  for (const log of LOGS) {
    const bounds = await storage.bounds(log);
    expect(bounds).toEqual(model.bounds(log, bounds.first));
    for (const read of [EVERYTHING, { from: bounds.first + 1, max: 2, sinceMs: nowMs - 20 }]) {
      expect(await storage.read(log, read)).toEqual(model.read(log, read));
    }
  }
  for (const partition of PARTITIONS) {
    const backwards = { before: 'c', limit: 2, reverse: true };
    for (const scan of [{}, { prefix: 'b' }, { after: 'b', limit: 2 }, backwards]) {
      expect(await storage.scan(TABLE, partition, scan)).toEqual(
        model.scan(TABLE, partition, scan),
      );
    }
  }
}

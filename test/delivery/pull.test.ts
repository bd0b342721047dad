import { expect, test } from 'vitest';
import { createStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { type Pace, Pull, type Verdict } from '../../src/delivery/pull.ts';
import { STANDARD } from '../../src/delivery/scale.ts';
import type { Ending, Feeder, SourceRecord, Taking, Wish } from '../../src/delivery/sources.ts';
import { BrokenOff, Refused } from '../../src/delivery/targets.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

const NOW = 1_000_000;
const PACE: Pace = { size: 2, windowMs: 0, timeoutMs: 3_000, bounds: STANDARD };

function record(id: string, bytes = 0): SourceRecord {
  const json = JSON.stringify({ id }).padEnd(bytes);
  return { id, cause: id, event: { id }, json };
}

/** Has what it is given, in order, and keeps what it is told of the ends. */
class FakeFeeder implements Feeder {
  readonly wishes: Wish[] = [];
  readonly endings: Ending[] = [];
  refused: Error | undefined;
  ordered = false;
  dueMs = Number.POSITIVE_INFINITY;
  watchers = 0;
  #records: SourceRecord[] = [];
  #notify = () => {};

  give(...records: readonly SourceRecord[]): void {
    this.#records.push(...records);
    this.#notify();
  }

  async take(wish: Wish): Promise<readonly Taking[]> {
    this.wishes.push(wish);
    if (this.refused) throw this.refused;
    const takings: Taking[] = [];
    while (this.#records.length > 0 && takings.length < wish.batches) {
      const records = this.#records.splice(0, wish.size);
      takings.push({ records, ordered: this.ordered, whole: this.ordered });
    }
    return takings;
  }

  end(ending: Ending) {
    this.endings.push(ending);
    return [];
  }

  watch(notify: () => void) {
    this.watchers += 1;
    this.#notify = notify;
    return () => {
      this.watchers -= 1;
    };
  }

  async nextDueMs() {
    return this.dueMs;
  }
}

interface Given {
  pace?: Pace | number | undefined;
  /** Batches stay with the consumer until they are let go. */
  readonly holds?: boolean;
  readonly verdict?: (batch: readonly SourceRecord[]) => Verdict;
}

async function open(given: Given = {}) {
  const storage = await openSqlite({ path: ':memory:' });
  const clock = new VirtualClock(NOW);
  const told: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: (what: string) => void told.push(what) };
  const stack = await createStack({ storage, services: [], clock, log });
  const feeder = new FakeFeeder();
  const batches: string[][] = [];
  const held: (() => void)[] = [];
  const state = { pace: 'pace' in given ? given.pace : PACE };
  const pull = new Pull(stack, {
    name: 'test',
    feeder,
    pace: async () => state.pace,
    consume: async (batch) => {
      batches.push(batch.map(({ id }) => id));
      if (given.holds) await new Promise<void>((resolve) => held.push(resolve));
      return given.verdict?.(batch) ?? { consumed: batch };
    },
    refused: (refused) => void told.push(refused.message),
  });
  pull.start();
  /** Lets the pull do what it can while batches are held. */
  const turns = async () => {
    for (let left = 20; left > 0; left -= 1) await stack.quiet();
  };
  const letGo = async () => {
    for (const go of held.splice(0)) go();
    await turns();
  };
  const advance = (byMs: number) => clock.advanceTo(clock.nowMs() + byMs, turns);
  const close = async () => {
    for (const go of held.splice(0)) go();
    await pull.stop();
    await stack.close();
  };
  await turns();
  return {
    ...{ pull, feeder, batches, told, clock, state, turns, letGo, advance },
    [Symbol.asyncDispose]: close,
  };
}

const ids = (records: readonly SourceRecord[] = []) => records.map(({ id }) => id);
const many = (count: number) => Array.from({ length: count }, (_, at) => record(`r${at}`));

test('batches are as large as they may be, and end as consumed', async () => {
  await using world = await open();
  world.feeder.give(record('a'), record('b'), record('c'));
  await world.turns();
  expect(world.batches).toEqual([['a', 'b'], ['c']]);
  expect(world.feeder.endings.map(({ consumed }) => ids(consumed))).toEqual([['a', 'b'], ['c']]);
});

test('five batches are worked on at first, and more each second there is a backlog', async () => {
  await using world = await open({ holds: true });
  world.feeder.give(...many(40));
  await world.turns();
  expect(world.batches).toHaveLength(5);
  await world.advance(199);
  expect(world.batches).toHaveLength(5);
  await world.advance(1);
  expect(world.batches).toHaveLength(6);
  await world.advance(1_000);
  expect(world.batches).toHaveLength(11);
});

test('a bound holds however long the backlog lasts', async () => {
  await using world = await open({
    holds: true,
    pace: { ...PACE, bounds: { ...STANDARD, most: 7 } },
  });
  world.feeder.give(...many(40));
  await world.advance(60_000);
  expect(world.batches).toHaveLength(7);
  await world.letGo();
  expect(world.batches).toHaveLength(14);
});

test('a window waits for a full batch or its end, and no longer', async () => {
  await using world = await open({ pace: { ...PACE, size: 3, windowMs: 1_000 } });
  world.feeder.give(record('a'));
  await world.turns();
  expect([world.batches, world.pull.busy]).toEqual([[], false]);
  expect(await world.pull.nextDueMs()).toBe(NOW + 1_000);
  await world.advance(1_000);
  expect(world.batches).toEqual([['a']]);
  world.feeder.give(record('b'), record('c'), record('d'), record('e'));
  await world.turns();
  expect(world.batches.slice(1)).toEqual([['b', 'c', 'd']]);
  await world.advance(1_000);
  expect(world.batches.slice(2)).toEqual([['e']]);
});

test('a window ends at six megabytes, and what is too much begins the next', async () => {
  await using world = await open({ pace: { ...PACE, size: 10, windowMs: 1_000 } });
  const megabytes = 2 * 1024 * 1024;
  for (const id of ['a', 'b', 'c']) world.feeder.give(record(id, megabytes));
  await world.turns();
  expect(world.batches).toEqual([['a', 'b']]);
  await world.advance(1_000);
  expect(world.batches).toEqual([['a', 'b'], ['c']]);
});

test('what is behind a failure in order is not handed over', async () => {
  const failsFirst = (batch: readonly SourceRecord[]): Verdict => ({ failed: batch });
  await using world = await open({ verdict: failsFirst });
  world.feeder.ordered = true;
  world.feeder.give(record('a', 4 * 1024 * 1024), record('b', 4 * 1024 * 1024));
  await world.turns();
  expect(world.batches).toEqual([['a']]);
  expect(world.feeder.endings).toMatchObject([{ failed: [{ id: 'a' }], unused: [{ id: 'b' }] }]);
});

test('what is not wanted ends at once and is not handed over', async () => {
  const wants = ({ id }: SourceRecord) => id !== 'b';
  await using world = await open({ pace: { ...PACE, wants, filteredNote: 'why' } });
  world.feeder.give(record('a'), record('b'));
  await world.turns();
  expect(world.batches).toEqual([['a']]);
  expect(world.feeder.endings[0]).toMatchObject({ filtered: [{ id: 'b' }], note: 'why' });
});

test('a throttled consumer is left alone for longer each time', async () => {
  const throttled = (batch: readonly SourceRecord[]) => ({ failed: batch, throttled: true });
  await using world = await open({ verdict: throttled });
  world.feeder.give(record('a'));
  await world.turns();
  world.feeder.give(record('b'));
  await world.turns();
  expect(world.batches).toEqual([['a']]);
  expect(await world.pull.nextDueMs()).toBe(NOW + 1_000);
  await world.advance(1_000);
  expect(world.batches).toEqual([['a'], ['b']]);
  world.feeder.give(record('c'));
  await world.advance(1_999);
  expect(world.batches).toHaveLength(2);
  await world.advance(1);
  expect(world.batches).toHaveLength(3);
});

test('what the closing stack broke off goes back unused', async () => {
  const verdict = () => {
    throw new BrokenOff();
  };
  await using world = await open({ verdict });
  world.feeder.give(record('a'), record('b'));
  await world.turns();
  expect(world.feeder.endings.map(({ unused }) => ids(unused))).toContainEqual(['a', 'b']);
});

test('a stopped pull gives back what it has gathered, and watches no more', async () => {
  await using world = await open({ pace: { ...PACE, windowMs: 1_000 } });
  world.feeder.give(record('a'));
  await world.turns();
  await world.pull.stop();
  expect(world.feeder.endings).toMatchObject([{ unused: [{ id: 'a' }] }]);
  expect([world.feeder.watchers, world.clock.nextAtMs()]).toEqual([0, Number.POSITIVE_INFINITY]);
});

test('an idle pull sets no timer but for what will be due', async () => {
  await using world = await open();
  expect(world.clock.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  world.feeder.dueMs = NOW + 30_000;
  world.feeder.give();
  await world.turns();
  expect(world.clock.nextAtMs()).toBe(NOW + 30_000);
  expect(await world.pull.nextDueMs()).toBe(NOW + 30_000);
});

test('without a source or a consumer nothing is due, and it looks again in a minute', async () => {
  await using world = await open({ pace: undefined });
  world.feeder.give(record('a'));
  await world.turns();
  expect([world.batches, world.feeder.wishes]).toEqual([[], []]);
  expect(await world.pull.nextDueMs()).toBe(Number.POSITIVE_INFINITY);

  world.state.pace = PACE;
  world.feeder.refused = new Refused('NO_RESOURCE', 'no queue');
  await world.advance(60_000);
  expect(world.told).toEqual(['no queue']);
  world.feeder.refused = undefined;
  await world.advance(60_000);
  expect(world.batches).toEqual([['a']]);
});

test('a consumer that is not ready yet is asked again at its moment', async () => {
  await using world = await open({ pace: NOW + 1_000 });
  world.feeder.give(record('a'));
  await world.turns();
  expect(await world.pull.nextDueMs()).toBe(NOW + 1_000);
  world.state.pace = PACE;
  await world.advance(1_000);
  expect(world.batches).toEqual([['a']]);
});

test('a source that cannot be read is tried again a little later', async () => {
  await using world = await open();
  world.feeder.refused = new Error('The disk is full.');
  world.feeder.give(record('a'));
  await world.turns();
  expect(world.told).toEqual(['taking failed']);
  world.feeder.refused = undefined;
  await world.advance(1_000);
  expect(world.batches).toEqual([['a']]);
});

test('an error of ours is told, and what it was about comes again by itself', async () => {
  const verdict = () => {
    throw new Error('ours');
  };
  await using world = await open({ verdict });
  world.feeder.give(record('a'));
  await world.turns();
  expect(world.told).toEqual(['working on a batch failed']);
  expect(world.feeder.endings).toEqual([]);
});

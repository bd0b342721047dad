/** Crashes, splits and changes of lanes, in any order: nothing is left out or reordered. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogShard } from '../../src/delivery/log-feeder-lane.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { aLog } from './a-log.ts';

const phase = fc.record({
  keys: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 15 }),
  lanes: fc.integer({ min: 1, max: 4 }),
  size: fc.integer({ min: 1, max: 6 }),
  /** The batch under way at which the process dies; none for a phase that ends by itself. */
  crashAt: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  throttledAt: fc.integer({ min: 1, max: 20 }),
  /** Whether the shard is closed at the end of the phase and another one follows. */
  splits: fc.boolean(),
});

const stories = fc.record({
  phases: fc.array(phase, { minLength: 1, maxLength: 4 }),
  poison: fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 3 }),
  unwanted: fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 3 }),
  mostRetries: fc.integer({ min: 0, max: 2 }),
});

type Story = typeof stories extends fc.Arbitrary<infer Value> ? Value : never;

interface Seen {
  readonly bodies: readonly string[];
  readonly done: readonly string[];
  readonly lost: readonly string[];
}

async function tell(story: Story): Promise<Seen> {
  const storage = await openSqlite({ path: ':memory:' });
  const [bodies, done, lost]: string[][] = [[], [], []];
  const shards: LogShard[] = [{ id: 's0', parents: [], log: 'log/s0', from: 1 }];
  const numbered = (body: string) => Number(body.split(':')[1]);
  let nowMs = 1_000_000_000;
  const phases = [...story.phases, { ...QUIET, keys: [] }];
  for (const { keys, crashAt, throttledAt, lanes, size, splits } of phases) {
    let turn = 0;
    const died = Promise.withResolvers<void>();
    const process = { isDead: false };
    const log = await aLog({
      storage: ofProcess(storage, process),
      ...{ nowMs, size, shards, rules: { lanes, bisects: true, mostRetries: story.mostRetries } },
      wants: (body) => !story.unwanted.includes(numbered(body)),
      consume: async (batch, records) => {
        turn += 1;
        if (turn === crashAt) {
          process.isDead = true;
          died.resolve();
        }
        if (crashAt !== undefined && turn >= crashAt) return new Promise(() => {});
        if (turn === throttledAt) return { failed: records, throttled: true };
        if (batch.bodies.some((body) => story.poison.includes(numbered(body)))) {
          return { failed: records };
        }
        done?.push(...batch.bodies);
        return { consumed: records };
      },
    });
    const open = `s${shards.length - 1}`;
    const more = keys.map((key, at) => `k${key}:${(bodies?.length ?? 0) + at}`);
    bodies?.push(...more);
    await log.put(open, ...more);
    await Promise.race([died.promise, log.settled()]);
    lost?.push(...log.lostBodies().flat());
    nowMs = log.clock.nowMs();
    if (crashAt === undefined || turn < crashAt) await log.stack.close();
    if (splits) await split(storage, shards);
  }
  await storage.close();
  return { bodies: bodies ?? [], done: done ?? [], lost: lost ?? [] };
}

const QUIET = { lanes: 2, size: 5, crashAt: undefined, throttledAt: 0, splits: false };

async function split(storage: Storage, shards: LogShard[]): Promise<void> {
  const last = shards.at(-1);
  if (!last) return;
  const { next: until } = await storage.bounds(last.log);
  const id = `s${shards.length}`;
  shards.splice(-1, 1, { ...last, until });
  shards.push({ id, parents: [last.id], log: `log/${id}`, from: 1 });
}

/** The same storage, which no process closes for the next one, and a dead one does not reach. */
function ofProcess(storage: Storage, process: { readonly isDead: boolean }): Storage {
  return new Proxy(storage, {
    get: (of, name) => {
      if (name === 'close') return async () => {};
      const member = Reflect.get(of, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) =>
        process.isDead ? new Promise(() => {}) : member.apply(of, given);
    },
  });
}

test('whatever happens, all is consumed at least once, by key in order', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const { bodies, done, lost } = await tell(story);
      const named = (numbers: readonly number[]) => numbers.map((at) => bodies[at] ?? '');
      const unwanted = new Set(named(story.unwanted));
      const poison = new Set(named(story.poison).filter((body) => !unwanted.has(body)));
      poison.delete('');
      const wanted = bodies.filter((body) => !unwanted.has(body) && !poison.has(body));
      expect([...new Set(done)].toSorted()).toEqual(wanted.toSorted());
      expect([...new Set(lost)].toSorted()).toEqual([...poison].toSorted());
      // What came twice came again after a crash; each record's first time is in order.
      const first = [...new Set(done)].map((body) => body.split(':'));
      for (const key of new Set(first.map(([name]) => name))) {
        const own = first.filter(([name]) => name === key).map(([, at]) => Number(at));
        expect(own).toEqual(own.toSorted((one, other) => one - other));
      }
    }),
    { numRuns: 60 },
  );
});

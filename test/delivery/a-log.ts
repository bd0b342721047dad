/** A stream that tests make: shards with logs, read by a pull, and the consumer of its batches. */
import { createStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { LogFeeder, type LogView } from '../../src/delivery/log-feeder.ts';
import type { LogItem, LogShard } from '../../src/delivery/log-feeder-lane.ts';
import { type Pace, Pull, type Verdict } from '../../src/delivery/pull.ts';
import type {
  LogRules,
  Lost,
  SourceRecord,
  Start,
  WindowShare,
} from '../../src/delivery/sources.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { LogEntry, Storage } from '../../src/storage/storage.ts';

const NOW = 1_000_000_000;
const DAY = 86_400_000;

export interface Batch {
  /** Bodies of the records. */
  readonly bodies: readonly string[];
  readonly window: WindowShare | undefined;
  readonly atMs: number;
}

export interface Given {
  readonly storage?: Storage;
  readonly nowMs?: number;
  readonly rules?: Partial<LogRules>;
  readonly shards?: readonly LogShard[];
  readonly size?: number;
  readonly windowMs?: number;
  readonly start?: Start;
  readonly wants?: (body: string) => boolean;
  /** What becomes of a batch; all of it is consumed where nothing is said. */
  readonly consume?: (batch: Batch, records: readonly SourceRecord[]) => Promise<Verdict> | Verdict;
}

/** Marks the end of a shard, as Kinesis does. */
export const END = 'the end';

export const bodyOf = ({ event }: SourceRecord) => String(event.body);

/** A verdict that fails the batch when any of its records is one of `poison`. */
export function failing(...poison: readonly string[]) {
  return (_batch: Batch, records: readonly SourceRecord[]): Verdict =>
    records.some((record) => poison.includes(bodyOf(record)))
      ? { failed: records }
      : { consumed: records };
}

export async function aLog(given: Given = {}) {
  const storage = given.storage ?? (await openSqlite({ path: ':memory:' }));
  const clock = new VirtualClock(given.nowMs ?? NOW);
  const errors: string[] = [];
  const log = {
    info: () => {},
    warn: () => {},
    error: (_: string, more?: object) => void errors.push(JSON.stringify(more)),
  };
  const stack = await createStack({ storage, services: [], clock, log });
  const shards = given.shards ?? [{ id: 's1', parents: [], log: 'log/s1', from: 1 }];
  const state = { rules: { ...given.rules }, size: given.size ?? 10, shards };
  const batches: Batch[] = [];
  const lost: Lost[] = [];
  const view = async (): Promise<LogView> => ({
    shards: state.shards,
    horizonMs: clock.nowMs() - DAY,
    watched: 'log/',
    item,
    isEnd: ({ body }) => body === END,
  });
  const feed = {
    id: 'mapping',
    sourceArn: 'arn:aws:test:us-east-1:000000000000:stream/s',
    account: '000000000000',
    region: 'us-east-1',
    consumerArn: 'consumer',
    ...(given.start && { start: given.start }),
    lost: async (one: Lost) => {
      lost.push(one);
      return [];
    },
  };
  const pace = async (): Promise<Pace> => ({
    size: state.size,
    windowMs: given.windowMs ?? 0,
    timeoutMs: 3_000,
    bounds: { least: 1_000, most: 1_000, perMinute: 1_000 },
    rules: { ...PLAIN, ...state.rules },
    wants: given.wants && ((record) => given.wants?.(bodyOf(record)) ?? true),
  });
  const pull = new Pull(stack, {
    name: 'test',
    feeder: new LogFeeder(stack, feed, { view }),
    pace,
    consume: async (records, window) => {
      const batch = { bodies: records.map(bodyOf), window, atMs: clock.nowMs() };
      batches.push(batch);
      return (await given.consume?.(batch, records)) ?? { consumed: records };
    },
    refused: () => {},
  });
  stack.workers.add(pull);
  return {
    ...{ stack, storage, clock, pull, batches, lost, state, errors },
    bodies: () => batches.map(({ bodies }) => bodies),
    lostBodies: () => lost.map(({ records }) => records.map(bodyOf)),
    /** Appends `key:body`, or bodies that are their own keys. */
    put: (shard: string, ...bodies: readonly string[]) =>
      storage.commit(
        bodies.map((body) => ({
          kind: 'append',
          log: `log/${shard}`,
          record: { atMs: clock.nowMs(), key: body.split(':')[0] ?? '', body },
        })),
      ),
    quiet: () => stack.quiet(),
    settled: () => stack.settled(),
    advance: (byMs: number) => clock.advanceTo(clock.nowMs() + byMs, () => stack.quiet()),
    stop: () => pull.stop(),
    [Symbol.asyncDispose]: () => stack.close(),
  };
}

const PLAIN: LogRules = {
  lanes: 1,
  mostRetries: Number.POSITIVE_INFINITY,
  mostAgeMs: Number.POSITIVE_INFINITY,
  bisects: false,
  tumblingMs: 0,
  roleArn: '',
};

function item({ id }: LogShard, { position, atMs, body }: LogEntry): LogItem {
  const event = { body };
  const name = `${id}/${position}`;
  return { id: name, cause: name, event, json: JSON.stringify(event), position, atMs };
}

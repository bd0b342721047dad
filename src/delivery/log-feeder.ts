/**
 * Being fed from a log that is parted into shards: what streams of every kind have in common.
 *
 * - Each shard is read in one lane or several; records of one key are in one lane, and a lane has
 *   one batch under way at most. So what has one key is consumed in order.
 * - How far a lane has come is committed with its batch's end: after a crash it goes on there.
 * - A failure holds up its lane and no other, until the batch succeeds, has failed too often, or
 *   is too old. Then it is told as lost, in the commit that moves on.
 * - A shard is read when its parents were read to their ends. One that comes later than the feeder
 *   is read from its beginning, whatever was asked of those that were there.
 */
import type { LogEntry, Write } from '../storage/storage.ts';
import { failedAt, passed } from './log-feeder-endings.ts';
import {
  type How,
  type Lane,
  type LaneTaking,
  type LogItem,
  type LogShard,
  NEVER,
  type Reader,
} from './log-feeder-lane.ts';
import { Lanes, type ShardLanes } from './log-feeder-lanes.ts';
import type { LaneState } from './log-feeder-state.ts';
import { checkpointsOf, laneKey } from './log-feeder-state.ts';
import type { Ending, Feed, Feeder, LogRules, Lost, Taking, Wish } from './sources.ts';
import type { Stack } from './stack.ts';

/** What a kind of stream says of itself. */
export interface ShardedLog {
  /** Throws `Refused` when there is nothing to be fed from. */
  view(): Promise<LogView>;
}

export interface LogView {
  /** Those that may still be read, parents before children. */
  readonly shards: readonly LogShard[];
  /** Records from before this moment are past retention. */
  readonly horizonMs: number;
  /** What to watch to hear of new records: a log, or a folder of logs. */
  readonly watched: string;
  item(shard: LogShard, entry: LogEntry, rules: LogRules): LogItem;
  /** Whether the entry marks the end of a shard that was closed since; reading stops there. */
  isEnd?(entry: LogEntry): boolean;
}

/** One look at all shards. */
interface Round {
  readonly view: LogView;
  readonly rules: LogRules;
  readonly wish: Wish;
  readonly takings: LaneTaking[];
}

const PLAIN: LogRules = {
  lanes: 1,
  mostRetries: NEVER,
  mostAgeMs: NEVER,
  bisects: false,
  tumblingMs: 0,
  roleArn: '',
};
/** AWS does not say how long it waits; it says that it waits longer each time. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
const MOST_STATE_BYTES = 1_048_576;

export class LogFeeder implements Feeder<LogItem> {
  readonly #stack: Stack;
  readonly #feed: Feed;
  readonly #log: ShardedLog;
  readonly #lanes: Lanes;
  readonly #takings = new Map<Taking, LaneTaking>();
  #notify: () => void = () => {};
  #watched = '';
  #unwatch: () => void = () => {};
  #stopped = false;

  constructor(stack: Stack, feed: Feed, log: ShardedLog) {
    this.#stack = stack;
    this.#feed = feed;
    this.#log = log;
    this.#lanes = new Lanes(stack, feed);
  }

  async begin(rules: LogRules = PLAIN): Promise<readonly Write[]> {
    const { shards } = await this.#log.view();
    return (await this.#lanes.plan(shards, rules)).writes;
  }

  async take(wish: Wish): Promise<readonly Taking<LogItem>[]> {
    const rules = wish.rules ?? PLAIN;
    const view = await this.#log.view();
    this.#watch(view.watched);
    await this.#lanes.follow(view.shards, rules);
    const round: Round = { view, rules, wish, takings: [] };
    try {
      for (const shard of view.shards) await this.#takeShard(shard, round);
    } catch (cause) {
      // Nobody gets what was taken before the error.
      for (const { owner } of round.takings) owner.taking = undefined;
      throw cause;
    }
    for (const taking of round.takings) this.#takings.set(taking, taking);
    return round.takings;
  }

  async #takeShard(shard: LogShard, round: Round): Promise<void> {
    const lanes = this.#lanes.of(shard);
    if (!lanes || !this.#lanes.mayBegin(shard)) return;
    await this.#takeLanes(shard, lanes, round);
    // Lanes that have come to the place where others begin make room for them at once.
    if (await this.#lanes.part(lanes, round.rules)) await this.#takeLanes(shard, lanes, round);
  }

  async #takeLanes(
    shard: LogShard,
    { lanes, partsAt = NEVER }: ShardLanes,
    { view, rules, wish, takings }: Round,
  ): Promise<void> {
    const { until = NEVER } = shard;
    const end = Math.min(until, partsAt);
    const nowMs = this.#stack.clock.nowMs();
    const how: How = { wish, rules, nowMs, end, isLast: end === until };
    for (const lane of lanes) {
      if (takings.length >= wish.batches) break;
      const taking = await this.#takeLane(lane, this.#reader(shard, lane, view, rules), how);
      if (taking) takings.push(taking);
    }
  }

  async #takeLane(lane: Lane, reader: Reader, how: How): Promise<LaneTaking | undefined> {
    for (;;) {
      const found = await lane.take(reader, how);
      if (!found || !('stale' in found)) return found;
      const { stale: records, attempts, state } = found;
      const lost = { why: 'age', attempts, records, failure: lane.failure } as const;
      await this.#stack.storage.commit([...this.#put(state), ...(await this.#told(lane, lost))]);
      lane.state = state;
      lane.notBeforeMs = 0;
    }
  }

  #reader(shard: LogShard, lane: Lane, view: LogView, rules: LogRules): Reader {
    const { storage } = this.#stack;
    const { horizonMs } = view;
    const sinceMs = Math.max(horizonMs, lane.state.sinceMs ?? horizonMs);
    const isOf = (entry: LogEntry) => this.#lanes.isOf(lane, entry);
    return {
      read: async (from, max) => {
        const entries = await storage.read(shard.log, { from, max });
        const [first] = entries;
        // Those that follow it are younger; looking for a moment costs more than reading on.
        if (!first || first.atMs >= sinceMs) return entries;
        return storage.read(shard.log, { from, max, sinceMs });
      },
      item: (entry) => (isOf(entry) ? view.item(shard, entry, rules) : undefined),
      isEnd: (entry) => view.isEnd?.(entry) ?? false,
    };
  }

  async end(ending: Ending<LogItem>, of?: Taking<LogItem>): Promise<readonly Write[]> {
    const taking = of && this.#takings.get(of);
    if (!taking) return [];
    const { owner: lane } = taking;
    if (ending.throttled || ending.unused) {
      taking.next = lane.state;
      return [];
    }
    const { consumed = [], filtered = [], failed, rejected } = ending;
    const facts = this.#facts(taking, ending);
    if (failed || rejected) {
      lane.failure = ending.failure;
      return [...facts, ...(await this.#failed(taking, ending))];
    }
    const gone = new Set([...consumed, ...filtered].map(({ position }) => position));
    const left = taking.batch.left.filter((position) => !gone.has(position));
    taking.batch = { ...taking.batch, left };
    if (left.length > 0) return facts;
    const isUnheard = consumed.length === 0 && !taking.window?.isFinal;
    const window = isUnheard ? lane.state.window : windowAfter(taking, ending.state);
    taking.next = { ...passed(lane.state, taking.batch), window };
    return [...this.#put(taking.next), ...facts];
  }

  async #failed(taking: LaneTaking, ending: Ending<LogItem>): Promise<readonly Write[]> {
    const { owner: lane, batch, rules, open } = taking;
    if (taking.window?.isFinal) return this.#failedAtLast(taking);
    const { failed = [], rejected = [] } = ending;
    const rule = rejected.length > 0 ? { ...rules, mostRetries: -1, bisects: false } : rules;
    const positions = [...failed, ...rejected].map(({ position }) => position);
    const result = failedAt(lane.state, batch, positions, rule);
    const state = ending.state === undefined ? open : windowAfter(taking, ending.state);
    taking.next = { ...result.state, window: state };
    if (result.waits) taking.notBeforeMs = this.#waitMs(result.attempts);
    if (result.lost.length === 0) return this.#put(taking.next);
    const gone = new Set(result.lost);
    const records = taking.records.filter(({ position }) => gone.has(position));
    const { attempts } = result;
    const lost = { why: 'attempts', attempts, records, failure: ending.failure } as const;
    return [...this.#put(taking.next), ...(await this.#told(lane, lost))];
  }

  /** The last batch of a window has no records that could be told as lost. */
  #failedAtLast(taking: LaneTaking): readonly Write[] {
    const { owner: lane, rules, open } = taking;
    const attempts = (open?.attempts ?? 0) + 1;
    const again = attempts <= rules.mostRetries;
    taking.next = { ...lane.state, window: again && open ? { ...open, attempts } : undefined };
    if (again) taking.notBeforeMs = this.#waitMs(attempts);
    return this.#put(taking.next);
  }

  #waitMs(attempts: number): number {
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
    return this.#stack.clock.nowMs() + waitMs;
  }

  async #told(lane: Lane, lost: Omit<Lost<LogItem>, 'shardId'>): Promise<readonly Write[]> {
    if (lost.records.length === 0) return [];
    return (await this.#feed.lost?.({ ...lost, shardId: lane.state.shard })) ?? [];
  }

  /** Records are received, or dropped, once, however often their batch is tried. */
  #facts({ batch }: LaneTaking, ending: Ending<LogItem>): readonly Write[] {
    const { journal, clock } = this.#stack;
    if (batch.piece || !journal.on) return [];
    const atMs = clock.nowMs();
    const about = { arn: this.#feed.sourceArn, atMs, target: this.#feed.consumerArn };
    const { consumed = [], failed = [], rejected = [], filtered = [], note = '' } = ending;
    return [
      ...[...consumed, ...failed, ...rejected].flatMap(({ cause }) =>
        journal.record({ kind: 'receive', id: cause, ...about }),
      ),
      ...filtered.flatMap(({ cause }) =>
        journal.record({ kind: 'drop', id: cause, ...about, note }),
      ),
    ];
  }

  #put(state: LaneState): readonly Write[] {
    const { id, fence = [] } = this.#feed;
    return [...fence, checkpointsOf(this.#stack.storage).put(id, laneKey(state), state)];
  }

  settled(of: Taking<LogItem>, well: boolean): void {
    const taking = this.#takings.get(of);
    if (!taking || (well && !taking.next)) return;
    const { owner: lane, next, notBeforeMs = 0 } = taking;
    this.#takings.delete(of);
    lane.taking = undefined;
    if (!well || !next) return;
    lane.state = next;
    lane.notBeforeMs = notBeforeMs;
  }

  watch(notify: () => void): () => void {
    this.#notify = notify;
    return () => {
      this.#stopped = true;
      this.#unwatch();
    };
  }

  /** A stream that was made anew has other logs. */
  #watch(name: string): void {
    if (name === this.#watched || this.#stopped) return;
    this.#unwatch();
    this.#watched = name;
    this.#unwatch = this.#stack.storage.watch(name, () => this.#notify());
  }

  async nextDueMs(): Promise<number> {
    return this.#lanes.nextDueMs();
  }
}

/** The window after a batch of it: gone after its last one. */
function windowAfter({ open, window }: LaneTaking, state: string | undefined) {
  if (!open || window?.isFinal) return undefined;
  if (state === undefined) return open;
  return { ...open, state, isEarly: Buffer.byteLength(state) > MOST_STATE_BYTES };
}

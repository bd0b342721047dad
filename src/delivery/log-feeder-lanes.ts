/**
 * The lanes of all shards that a feeder reads, kept in step with the shards there are and with the
 * number of lanes that is asked for.
 *
 * When that number changes, every lane goes on to one common place and stops; from there on the
 * new ones take over. So no two lanes ever have records of one key under way.
 */
import { crc32 } from 'node:zlib';
import type { LogEntry, Write } from '../storage/storage.ts';
import { Lane, type LogShard, NEVER } from './log-feeder-lane.ts';
import { checkpointsOf, type LaneState, laneKey } from './log-feeder-state.ts';
import type { Feed, LogRules } from './sources.ts';
import type { Stack } from './stack.ts';

export interface ShardLanes {
  readonly log: string;
  lanes: readonly Lane[];
  /** Where other lanes take over. */
  partsAt?: number | undefined;
}

export class Lanes {
  readonly #stack: Stack;
  readonly #feed: Feed;
  readonly #shards = new Map<string, ShardLanes>();
  #loaded = false;

  constructor(stack: Stack, feed: Feed) {
    this.#stack = stack;
    this.#feed = feed;
  }

  get #fence(): readonly Write[] {
    return this.#feed.fence ?? [];
  }

  of({ id }: Pick<LogShard, 'id'>): ShardLanes | undefined {
    return this.#shards.get(id);
  }

  /** Whether all parents were read to their ends; those that are gone were, or are lost. */
  mayBegin({ parents }: LogShard): boolean {
    return parents.every((id) => this.#shards.get(id)?.lanes.every(({ done }) => done) ?? true);
  }

  /** Which lane a record is in depends on its key alone. */
  isOf({ state: { lane, lanes } }: Lane, { key = '' }: LogEntry): boolean {
    return lanes === 1 || crc32(key) % lanes === lane;
  }

  nextDueMs(): number {
    let dueMs = NEVER;
    for (const { lanes } of this.#shards.values()) {
      for (const lane of lanes) dueMs = Math.min(dueMs, lane.dueMs);
    }
    return dueMs;
  }

  /** Begins lanes for new shards and lets go of those that are gone; durable when it resolves. */
  async follow(shards: readonly LogShard[], rules: LogRules): Promise<void> {
    const { begun, gone, writes } = await this.plan(shards, rules);
    if (writes.length > 0) await this.#stack.storage.commit([...this.#fence, ...writes]);
    for (const id of gone) this.#shards.delete(id);
    this.#add(begun);
  }

  /** What `follow` does, without doing it. */
  async plan(shards: readonly LogShard[], rules: LogRules) {
    const isFirst = !(await this.#load());
    const begun: LaneState[] = [];
    for (const shard of shards) {
      if (this.#shards.get(shard.id)?.log === shard.log) continue;
      const start = isFirst ? await this.#start(shard) : { at: shard.from };
      begun.push(...statesOf({ shard: shard.id, log: shard.log, ...start }, rules.lanes));
    }
    const there = new Set(shards.map(({ id, log }) => `${log} ${id}`));
    const known = [...this.#shards].filter(([id, { log }]) => !there.has(`${log} ${id}`));
    const gone = known.map(([id]) => id);
    const puts = begun.map((state) => this.#putting(state));
    return { begun, gone, writes: [...gone.flatMap((id) => this.#removing(id)), ...puts] };
  }

  /** Puts other lanes in the place of these, once they have come to one place; whether it did. */
  async part(shard: ShardLanes, rules: LogRules): Promise<boolean> {
    const { lanes } = shard;
    const [first] = lanes;
    if (!first || lanes.length === rules.lanes || lanes.every(({ done }) => done)) {
      shard.partsAt = undefined;
      return false;
    }
    shard.partsAt ??= Math.max(...lanes.map(furthest));
    const at = shard.partsAt;
    if (lanes.some((lane) => isUnderWay(lane) || lane.reached < at)) return false;
    const { shard: id, log, sinceMs } = first.state;
    const states = statesOf({ shard: id, log, at, sinceMs }, rules.lanes);
    const puts = states.map((state) => this.#putting(state));
    await this.#stack.storage.commit([...this.#fence, ...this.#removing(id), ...puts]);
    shard.lanes = states.map((state) => new Lane(state));
    shard.partsAt = undefined;
    return true;
  }

  /** What was there when the feeder last stopped; whether there was anything. */
  async #load(): Promise<boolean> {
    if (!this.#loaded) {
      const rows = await checkpointsOf(this.#stack.storage).list(this.#feed.id);
      this.#add(rows.map(({ value }) => value));
      this.#loaded = true;
    }
    return this.#shards.size > 0;
  }

  #add(states: readonly LaneState[]): void {
    for (const [id, own] of Map.groupBy(states, ({ shard }) => shard)) {
      const log = own[0]?.log ?? '';
      this.#shards.set(id, { log, lanes: own.map((state) => new Lane(state)) });
    }
  }

  /** Where to begin with a shard that was there before the feeder. */
  async #start(shard: LogShard): Promise<Pick<LaneState, 'at' | 'sinceMs'>> {
    const { start = { at: 'TRIM_HORIZON' } } = this.#feed;
    if (start.at === 'AT_TIMESTAMP') return { at: shard.from, sinceMs: start.sinceMs };
    if (start.at === 'TRIM_HORIZON') return { at: shard.from };
    const { next } = await this.#stack.storage.bounds(shard.log);
    return { at: shard.until ?? Math.max(next, shard.from) };
  }

  #putting(state: LaneState): Write {
    return checkpointsOf(this.#stack.storage).put(this.#feed.id, laneKey(state), state);
  }

  #removing(id: string): readonly Write[] {
    const lanes = this.#shards.get(id)?.lanes ?? [];
    const checkpoints = checkpointsOf(this.#stack.storage);
    return lanes.map(({ state }) => checkpoints.remove(this.#feed.id, laneKey(state)));
  }
}

function statesOf(
  start: Pick<LaneState, 'shard' | 'log' | 'at' | 'sinceMs'>,
  lanes: number,
): readonly LaneState[] {
  return Array.from({ length: lanes }, (_, lane) => ({ ...start, lane, lanes }));
}

function isUnderWay({ taking, state }: Lane): boolean {
  return taking !== undefined || state.pieces !== undefined || state.window !== undefined;
}

function furthest({ reached, taking, state: { pieces } }: Lane): number {
  return Math.max(reached, taking?.batch.until ?? 0, pieces?.at(-1)?.until ?? 0);
}

/** One worker of a `streamConsumer`: what it holds, and what it does with it in a turn. */
import { durationMs } from '../core/duration.ts';
import type { KeyedState, StreamProcessor } from './consumed-records.ts';
import { atMoment, type Batch, type ShardReader, shardReader } from './shard-reader.ts';
import { planOf } from './share-shards.ts';
import type { RunOptions, StreamConsumer, StreamConsumerOptions, Turn } from './stream-consumer.ts';
import {
  addLease,
  type Beginning,
  beatLease,
  begin,
  ENDED,
  giveLease,
  type Lease,
  type Leases,
  type LeaseTable,
  readLeases,
  removeLease,
  saveCheckpoint,
  takeLease,
  wantLease,
} from './stream-leases.ts';
import { type KnownShard, listShards, readyShards, rootsOf, spentLeases } from './stream-shards.ts';
import { nameOf } from './transaction.ts';

interface Held {
  readonly lease: Lease;
  readonly reader: ShardReader;
  checkpoint: string;
  state: KeyedState;
  beat: number;
  beatAtMs: number;
}

/** The last sign of life of another worker's lease, and when it was first seen. */
interface Seen {
  readonly epoch: number;
  readonly beat: number;
  readonly sinceMs: number;
}

const LIMIT = 1_000;

export class StreamWorker implements StreamConsumer {
  readonly #options: StreamConsumerOptions;
  readonly #processor: StreamProcessor;
  readonly #leaseMs: number;
  readonly #held = new Map<string, Held>();
  readonly #seen = new Map<string, Seen>();
  #sharedAtMs = Number.NEGATIVE_INFINITY;
  #listedAtMs = Number.NEGATIVE_INFINITY;
  /** What a handler threw last. */
  #failure: unknown;

  constructor(options: StreamConsumerOptions) {
    const { handler, lease = '30s' } = options;
    this.#options = options;
    this.#processor = typeof handler === 'function' ? { handle: handler } : handler;
    this.#leaseMs = durationMs(lease);
  }

  async turn(): Promise<Turn> {
    const nowMs = this.#options.clock.now();
    if (nowMs >= this.#sharedAtMs + this.#leaseMs / 10) await this.#share(nowMs);
    const shards = [...this.#held.keys()];
    const working = [...this.#held.values()].map((held) => this.#work(held));
    // A shard that fails must not end the turn while others are still being worked on.
    await Promise.allSettled(working);
    const outcomes = await Promise.all(working);
    const sum = (counts: readonly number[]) => counts.reduce((total, one) => total + one, 0);
    return {
      records: sum(outcomes.map((outcome) => outcome ?? 0)),
      shards,
      failures: outcomes.filter((outcome) => outcome === undefined).length,
    };
  }

  async run({ signal, wait }: RunOptions): Promise<void> {
    const { onFailure, poll = '1s' } = this.#options;
    const failing = new AbortController();
    const ending = AbortSignal.any([signal, failing.signal]);
    const pause = (ms: number) =>
      wait(ms, ending).catch((cause: unknown) => {
        if (!ending.aborted) throw cause;
      });
    const beating = this.#beating(ending, pause);
    try {
      while (!signal.aborted) {
        const turn = await this.turn().catch((cause: unknown) => {
          if (!onFailure) throw cause;
          onFailure(cause, undefined);
          return undefined;
        });
        if (turn && turn.failures > 0 && !onFailure) throw this.#failure;
        if (!turn || turn.records === 0) await pause(durationMs(poll));
      }
    } finally {
      failing.abort();
      await beating;
      await this.close();
    }
  }

  async close(): Promise<void> {
    const held = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(held.map(({ lease }) => giveLease(this.#table, lease)));
  }

  get #table(): LeaseTable {
    return this.#options;
  }

  /** Beats while a handler takes long. */
  async #beating(signal: AbortSignal, pause: (ms: number) => Promise<unknown>): Promise<void> {
    while (!signal.aborted) {
      await pause(this.#leaseMs / 3);
      if (signal.aborted) return;
      const nowMs = this.#options.clock.now();
      await Promise.all([...this.#held.values()].map((held) => this.#beat(held, nowMs))).catch(
        (cause: unknown) => this.#options.onFailure?.(cause, undefined),
      );
    }
  }

  // -------------------------------------------------------------- sharing

  async #share(nowMs: number): Promise<void> {
    let leases = await this.#leases(nowMs);
    if (nowMs >= this.#listedAtMs + this.#leaseMs) {
      const shards = await listShards(this.#options.kinesis, this.#options.stream);
      leases = await this.#follow(shards, leases);
      this.#listedAtMs = nowMs;
    }
    this.#observe(leases, nowMs);
    for (const held of [...this.#held.values()]) await this.#keep(held, leases, nowMs);
    const isStale = ({ shardId }: Lease) => {
      const seen = this.#seen.get(shardId);
      return seen !== undefined && nowMs >= seen.sinceMs + this.#leaseMs;
    };
    const { worker } = this.#options;
    const plan = planOf(leases.rows.values(), worker, isStale);
    // Those that were handed to this worker, or that it held before it was started anew.
    const given = [...leases.rows.values()].filter(({ owner, shardId, checkpoint }) => {
      return owner === worker && checkpoint !== ENDED && !this.#held.has(shardId);
    });
    for (const lease of [...given, ...plan.take]) await this.#take(lease, nowMs);
    for (const lease of plan.want) await wantLease(this.#table, lease, worker);
    this.#sharedAtMs = nowMs;
  }

  /** The rows; with the beginning, which the first worker of all makes. */
  async #leases(nowMs: number): Promise<Leases> {
    const leases = await readLeases(this.#table);
    if (leases.beginning) return leases;
    await begin(this.#table, await this.#beginning(nowMs));
    return readLeases(this.#table);
  }

  async #beginning(nowMs: number): Promise<Beginning> {
    const { kinesis, stream, start = 'TRIM_HORIZON' } = this.#options;
    if (start === 'TRIM_HORIZON') {
      return { shards: rootsOf(await listShards(kinesis, stream)), checkpoint: start };
    }
    const isMoment = start !== 'LATEST';
    const filter = isMoment
      ? ({ Type: 'AT_TIMESTAMP', Timestamp: start } as const)
      : ({ Type: 'AT_LATEST' } as const);
    const shards = await listShards(kinesis, stream, filter);
    const checkpoint = atMoment(isMoment ? start.getTime() : nowMs);
    return { shards: shards.map(({ shardId }) => shardId), checkpoint };
  }

  /** Leases for shards that are new, and none for those that are gone. */
  async #follow(shards: readonly KnownShard[], leases: Leases): Promise<Leases> {
    const { beginning, rows } = leases;
    if (!beginning) return leases;
    const ids = new Set(shards.map(({ shardId }) => shardId));
    for (const held of this.#held.values()) {
      if (!ids.has(held.lease.shardId)) await this.#end(held);
    }
    const ready = readyShards(shards, rows, beginning);
    for (const { shardId, checkpoint, state } of ready) {
      await addLease(this.#table, shardId, checkpoint, state);
    }
    const spent = spentLeases(shards, rows);
    for (const lease of spent) await removeLease(this.#table, lease);
    return ready.length + spent.length > 0 ? readLeases(this.#table) : leases;
  }

  /** All of the shard's records are past retention. */
  async #end(held: Held): Promise<void> {
    await saveCheckpoint(this.#table, held.lease, ENDED, held.state);
    this.#held.delete(held.lease.shardId);
  }

  #observe({ rows }: Leases, nowMs: number): void {
    for (const { shardId, epoch, beat } of rows.values()) {
      const seen = this.#seen.get(shardId);
      if (seen?.epoch === epoch && seen.beat === beat) continue;
      this.#seen.set(shardId, { epoch, beat, sinceMs: nowMs });
    }
    for (const shardId of this.#seen.keys()) if (!rows.has(shardId)) this.#seen.delete(shardId);
  }

  /** Gives signs of life, and gives up what was lost or is wanted by another worker. */
  async #keep(held: Held, { rows }: Leases, nowMs: number): Promise<void> {
    const { lease } = held;
    const row = rows.get(lease.shardId);
    const { worker } = this.#options;
    if (row?.epoch !== lease.epoch || row.owner !== worker) {
      this.#held.delete(lease.shardId);
    } else if (row.wantedBy !== undefined && row.wantedBy !== worker) {
      this.#held.delete(lease.shardId);
      await giveLease(this.#table, lease, row.wantedBy);
    } else if (nowMs >= held.beatAtMs + this.#leaseMs / 3) {
      await this.#beat(held, nowMs);
    }
  }

  async #beat(held: Held, nowMs: number): Promise<void> {
    held.beat += 1;
    held.beatAtMs = nowMs;
    if (!(await beatLease(this.#table, held.lease, held.beat))) {
      this.#held.delete(held.lease.shardId);
    }
  }

  async #take(found: Lease, nowMs: number): Promise<void> {
    const lease = await takeLease(this.#table, found, this.#options.worker);
    if (!lease) return;
    const { kinesis, stream, limit = LIMIT } = this.#options;
    const { shardId, checkpoint, state } = lease;
    const reader = shardReader({ client: kinesis, stream, shardId, checkpoint, limit });
    this.#held.set(shardId, { lease, reader, checkpoint, state, beat: 0, beatAtMs: nowMs });
  }

  // -------------------------------------------------------------- working

  /** The records that were handled; undefined when the handler failed. */
  async #work(held: Held): Promise<number | undefined> {
    const { shardId } = held.lease;
    const batch = await held.reader.read().catch((cause: unknown) => {
      // Gone with its last records; the list of shards says so too.
      if (nameOf(cause) !== 'ResourceNotFoundException') throw cause;
      this.#lookAgain();
      return undefined;
    });
    if (!batch) return 0;
    this.#options.onIteratorAge?.(batch.behindMs, shardId);
    try {
      const state = (await this.#handle(held, batch)) ?? held.state;
      return (await this.#advance(held, batch, state)) ? batch.records.length : 0;
    } catch (cause) {
      this.#failure = cause;
      this.#options.onFailure?.(cause, shardId);
      return undefined;
    }
  }

  async #handle({ lease, state }: Held, { records, behindMs, isLast }: Batch) {
    const context = { shardId: lease.shardId, state, behindMs };
    const { handle, idle } = this.#processor;
    if (records.length > 0) return (await handle(records, context)) ?? undefined;
    // At a shard's end there is more to come for its keys: in its children.
    return behindMs === 0 && !isLast ? idle?.(context) : undefined;
  }

  /** Moves the checkpoint behind a batch; false when the shard was lost meanwhile. */
  async #advance(held: Held, batch: Batch, state: KeyedState): Promise<boolean> {
    const last = batch.records.at(-1)?.sequenceNumber;
    const checkpoint = batch.isLast ? ENDED : (last ?? held.checkpoint);
    if (checkpoint !== held.checkpoint || state !== held.state) {
      const isSaved = await saveCheckpoint(this.#table, held.lease, checkpoint, state);
      if (!isSaved) this.#held.delete(held.lease.shardId);
      if (!isSaved) return false;
    }
    held.checkpoint = checkpoint;
    held.state = state;
    held.reader.advance();
    if (!batch.isLast) return true;
    this.#held.delete(held.lease.shardId);
    this.#lookAgain();
    return true;
  }

  /** The next turn looks for shards whose parents have ended. */
  #lookAgain(): void {
    this.#sharedAtMs = Number.NEGATIVE_INFINITY;
    this.#listedAtMs = Number.NEGATIVE_INFINITY;
  }
}

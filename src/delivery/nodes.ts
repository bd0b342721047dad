/**
 * Who shares a storage: each node signs in, says every ten seconds that it is there, and signs out
 * when it ends. Whoever has said nothing for half a minute is taken for dead, and its entry goes
 * with the next sign of life of any other. For people and for rates; who does what is decided
 * elsewhere (`tenure.ts`).
 *
 * A node whose storage is its own is alone, and writes nothing. Neither does one on virtual time,
 * which would say so once for every ten seconds that a test lets pass.
 */
import { hostname } from 'node:os';
import { VirtualClock } from '../core/clock.ts';
import type { Distribution } from '../core/metrics.ts';
import { VERSION } from '../core/version.ts';
import { Collection } from '../storage/collection.ts';
import { isReporting } from '../storage/reporting.ts';
import type { Storage } from '../storage/storage.ts';
import { Alarm, Idleness } from './alarm.ts';
import type { Stack } from './stack.ts';
import type { Worker } from './workers.ts';

export const BEAT_MS = 10_000;
export const ALIVE_MS = 3 * BEAT_MS;

const TABLE = 'millrace/nodes';
const ALL = '';
const NEVER = Number.POSITIVE_INFINITY;

export interface Node {
  /** Made anew by each start. */
  readonly id: string;
  readonly address: string;
  readonly host: string;
  readonly processId: number;
  readonly version: string;
  readonly startedAtMs: number;
  readonly seenAtMs: number;
  /** Milliseconds that the node's clock is ahead of the storage's, where that has one. */
  readonly clockOffsetMs?: number;
  readonly commits?: Latency;
}

/** Of the commits since the node started; bounds below which half and nearly all of them lie. */
export interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The nodes that are there at `nowMs`, the oldest first. */
export async function nodesOf(storage: Storage, nowMs: number): Promise<readonly Node[]> {
  const rows = await new Collection<Node>(storage, TABLE).list(ALL);
  return rows
    .map(({ value }) => value)
    .filter(({ seenAtMs }) => nowMs - seenAtMs < ALIVE_MS)
    .sort((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1));
}

const counts = new WeakMap<Storage, number>();

/**
 * How many nodes share the work, this one included, as of its last sign of life. For what each does
 * its share of: rates are kept by each node for itself.
 */
export function nodeCount({ storage }: Pick<Stack, 'storage'>): number {
  return counts.get(storage) ?? 1;
}

export class Presence implements Worker {
  readonly name = 'presence';
  readonly awaited = false;
  readonly #stack: Stack;
  readonly #rows: Collection<Node>;
  readonly #alarm: Alarm;
  readonly #idleness = new Idleness(() => this.#beating);
  #id = '';
  #startedAtMs = 0;
  #beating = false;
  #stopped = false;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#rows = new Collection(stack.storage, TABLE);
    this.#alarm = new Alarm(stack, () => this.#beat());
  }

  get busy(): boolean {
    return this.#beating;
  }

  start(): void {
    const { storage, clock } = this.#stack;
    if (!storage.shared || clock instanceof VirtualClock) return;
    this.#id = this.#stack.ids.uuid();
    this.#startedAtMs = clock.nowMs();
    this.#beat();
  }

  idle(): Promise<void> {
    return this.#idleness.wait();
  }

  async nextDueMs(): Promise<number> {
    return NEVER;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.cancel();
    await this.#idleness.wait();
    if (this.#id === '') return;
    // Who cannot sign out is taken for dead soon enough.
    await this.#stack.storage.commit([this.#rows.remove(ALL, this.#id)]).catch(() => {});
  }

  #beat(): void {
    const { clock, log } = this.#stack;
    this.#beating = true;
    this.#signIn()
      .catch((cause: unknown) => {
        log.warn('this node could not tell the others that it is there', { cause: String(cause) });
      })
      .finally(() => {
        this.#beating = false;
        if (!this.#stopped) this.#alarm.set(clock.nowMs() + BEAT_MS);
        this.#idleness.announce();
      });
  }

  async #signIn(): Promise<void> {
    const { storage, clock } = this.#stack;
    const node = await nodeNow(this.#stack, this.#id, this.#startedAtMs);
    const others = await this.#rows.list(ALL);
    const dead = others.filter(({ value }) => clock.nowMs() - value.seenAtMs >= ALIVE_MS);
    const isOther = ({ key }: { readonly key: string }) => key !== this.#id;
    counts.set(storage, 1 + others.filter(isOther).length - dead.filter(isOther).length);
    await storage.commit([
      this.#rows.put(ALL, this.#id, node),
      ...dead.filter(isOther).map(({ key }) => this.#rows.remove(ALL, key)),
    ]);
  }
}

/** This node as it would say of itself. */
export async function nodeNow(stack: Stack, id: string, startedAtMs: number): Promise<Node> {
  const { storage, clock } = stack;
  const report = isReporting(storage) ? await storage.report() : undefined;
  const offsetMs = report?.clockOffsetMs;
  return {
    id,
    address: stack.endpoint(),
    host: hostname(),
    processId: process.pid,
    version: VERSION,
    startedAtMs,
    seenAtMs: clock.nowMs(),
    ...(offsetMs !== undefined && { clockOffsetMs: offsetMs }),
    ...(report && { commits: latencyOf(report.commitSeconds) }),
  };
}

export function latencyOf(seconds: Distribution): Latency {
  const quantileMs = (part: number) => boundOf(seconds, part * seconds.count) * 1_000;
  return { count: seconds.count, p50Ms: quantileMs(0.5), p99Ms: quantileMs(0.99) };
}

/** The first bound that at least `count` observations do not exceed. */
function boundOf({ bounds, counts }: Distribution, count: number): number {
  let reached = 0;
  for (const [index, bound] of bounds.entries()) {
    reached += counts[index] ?? 0;
    if (reached >= count) return count === 0 ? 0 : bound;
  }
  // Longer than all bounds: the greatest is the least that can be said.
  return bounds.at(-1) ?? 0;
}

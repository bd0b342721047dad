/**
 * Work that one node does at a time: whoever holds the tenure.
 *
 * - A tenure is a message that is never settled. Claiming it is taking office; its lease is renewed
 *   for as long as the work goes on, and another node takes over when it has run out, at the
 *   latest `TENURE_MS` after the holder's last sign of life. A holder that stops gives it back.
 * - A holder that was paused may wake up when another one is in office. So each commit of the work
 *   carries the fence: it checks a row that every new holder writes anew, and is refused then.
 * - Where the storage is nobody else's there is nothing to settle, and the work just begins.
 */
import {
  Conflict,
  type Lease,
  type Release,
  type Storage,
  type Write,
} from '../storage/storage.ts';
import { Alarm, Idleness } from './alarm.ts';
import type { Stack } from './stack.ts';
import type { Worker } from './workers.ts';

export const TENURE_MS = 15_000;
const RENEW_MS = TENURE_MS / 3;
const AGAIN_MS = 1_000;

const TABLE = 'delivery/tenures';
const KEY = 'holder';
const NEVER = Number.POSITIVE_INFINITY;
/** Remembered for as long as time is counted. */
const ALWAYS = Number.MAX_SAFE_INTEGER;

export interface TenureOptions {
  readonly name: string;
  /** Makes the worker of one time in office; `fence` belongs into each of its commits. */
  readonly begin: (fence: readonly Write[]) => Promise<Worker | undefined>;
}

const queueOf = (name: string) => `tenure/${name}`;

export class Tenure implements Worker {
  readonly name: string;
  readonly #stack: Stack;
  readonly #begin: TenureOptions['begin'];
  readonly #alarm: Alarm;
  readonly #idleness = new Idleness(() => this.#turning);
  #worker: Worker | undefined;
  #lease: Lease | undefined;
  #leasedUntilMs = 0;
  #isFounded = false;
  #turning = false;
  #again = false;
  #stopped = false;
  #unwatch: () => void = () => {};

  constructor(stack: Stack, { name, begin }: TenureOptions) {
    this.name = name;
    this.#stack = stack;
    this.#begin = begin;
    this.#alarm = new Alarm(stack, () => this.#turn());
  }

  get awaited(): boolean {
    return this.#worker?.awaited ?? true;
  }

  get busy(): boolean {
    return this.#turning || (this.#worker?.busy ?? false);
  }

  start(): void {
    const { storage } = this.#stack;
    if (storage.shared) this.#unwatch = storage.watch(queueOf(this.name), () => this.#turn());
    this.#turn();
  }

  /** The worker of this node, while it is in office. */
  get worker(): Worker | undefined {
    return this.#worker;
  }

  async idle(): Promise<void> {
    while (this.busy) {
      await this.#idleness.wait();
      await this.#worker?.idle();
    }
  }

  async nextDueMs(): Promise<number> {
    return (await this.#worker?.nextDueMs()) ?? NEVER;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
    this.#alarm.cancel();
    await this.#idleness.wait();
    await this.#leave();
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease) await this.#giveBack(lease);
  }

  /** Takes office if nobody holds it, and renews what is held. */
  #turn(): void {
    if (this.#stopped) return;
    if (this.#turning) {
      this.#again = true;
      return;
    }
    this.#turning = true;
    this.#look()
      .catch((cause: unknown) => this.#failed(cause))
      .then((atMs) => {
        this.#turning = false;
        if (!this.#stopped) this.#alarm.set(atMs);
        if (this.#again) {
          this.#again = false;
          this.#turn();
        }
        this.#idleness.announce();
      });
  }

  async #look(): Promise<number> {
    const { storage, clock } = this.#stack;
    if (!storage.shared) {
      if (!this.#worker) await this.#enter([]);
      return NEVER;
    }
    const nowMs = clock.nowMs();
    if (this.#lease) {
      if (nowMs < this.#leasedUntilMs - TENURE_MS + RENEW_MS) return this.#renewalAtMs();
      return this.#renew(this.#lease);
    }
    return this.#claim(nowMs);
  }

  async #claim(nowMs: number): Promise<number> {
    const { storage } = this.#stack;
    const queue = queueOf(this.name);
    const leaseUntilMs = nowMs + TENURE_MS;
    let [claimed] = await storage.claim(queue, { max: 1, nowMs, leaseUntilMs });
    if (!claimed && !this.#isFounded) {
      await found(this.#stack, queue, nowMs);
      this.#isFounded = true;
      [claimed] = await storage.claim(queue, { max: 1, nowMs, leaseUntilMs });
    }
    if (!claimed) return storage.nextVisibleAtMs(queue, nowMs);
    // In one commit with proof of the lease: a paused claimant must not write over its successor.
    const put = { kind: 'put', table: TABLE, partition: this.name, key: KEY, value: '1' } as const;
    const receipts = await storage.commit([kept(claimed.lease, leaseUntilMs), put]);
    const ifVersion = receipts[1]?.version ?? 0;
    await this.#enter([{ kind: 'check', table: TABLE, partition: this.name, key: KEY, ifVersion }]);
    // Only now: whoever could not begin must not stay in office, but lets the lease run out.
    this.#lease = claimed.lease;
    this.#leasedUntilMs = leaseUntilMs;
    return this.#renewalAtMs();
  }

  async #renew(lease: Lease): Promise<number> {
    const untilMs = this.#stack.clock.nowMs() + TENURE_MS;
    await this.#stack.storage.commit([kept(lease, untilMs)]);
    this.#leasedUntilMs = untilMs;
    return this.#renewalAtMs();
  }

  #renewalAtMs(): number {
    return this.#leasedUntilMs - TENURE_MS + RENEW_MS;
  }

  /** Whoever cannot renew in time has to go, although nobody else may have come yet. */
  async #failed(cause: unknown): Promise<number> {
    const { clock, log } = this.#stack;
    const nowMs = clock.nowMs();
    const isLost = cause instanceof Conflict || (this.#lease && nowMs >= this.#leasedUntilMs);
    if (isLost) {
      this.#lease = undefined;
      await this.#leave();
    } else {
      log.warn('a tenure could not be taken or renewed', {
        tenure: this.name,
        cause: String(cause),
      });
    }
    return nowMs + AGAIN_MS;
  }

  async #enter(fence: readonly Write[]): Promise<void> {
    this.#worker = await this.#begin(fence);
    this.#worker?.start();
  }

  async #leave(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.stop();
  }

  async #giveBack(lease: Lease): Promise<void> {
    const visibleAtMs = this.#stack.clock.nowMs();
    const back: Release = { kind: 'release', lease, visibleAtMs, fence: 'latest', lost: 'skip' };
    await this.#stack.storage.commit([back]).catch((cause: unknown) => {
      this.#stack.log.warn('a tenure could not be given back', {
        tenure: this.name,
        cause: String(cause),
      });
    });
  }
}

function kept(lease: Lease, visibleAtMs: number): Release {
  return { kind: 'release', lease, visibleAtMs, fence: 'latest', lost: 'conflict' };
}

/** Makes the tenure, unless it was ever made. */
async function found({ storage, ids }: Stack, queue: string, nowMs: number): Promise<void> {
  const message = { id: ids.uuid(), body: '', sentAtMs: nowMs, visibleAtMs: nowMs };
  const dedup = { key: 'once', nowMs, untilMs: ALWAYS };
  await storage.commit([{ kind: 'enqueue', queue, message, dedup }]);
}

/** The writes after which there is no tenure of this name; for work that is gone for good. */
export function abolished(storage: Storage, name: string): readonly Write[] {
  if (!storage.shared) return [];
  return [
    { kind: 'purge', queue: queueOf(name), forget: true },
    { kind: 'remove', table: TABLE, partition: name, key: KEY },
  ];
}

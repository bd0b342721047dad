/**
 * Pulling: records are taken from a source in batches, filtered and handed to a consumer, and what
 * became of a batch is committed at once.
 *
 * - A record is handed over at least once. One whose end was not committed comes again, by the
 *   rules of its source; so does what the consumer fails.
 * - Where the source has an order, nothing is handed over behind a record that failed before it.
 * - A batch that the closing stack broke off goes back untouched, as if it had not been taken.
 * - An idle pull costs a watch and at most one timer.
 */

import type { Write } from '../storage/storage.ts';
import { Alarm, Idleness } from './alarm.ts';
import { cut, type Gathering } from './batches.ts';
import { type Bounds, Scale } from './scale.ts';
import type { Ending, Feeder, LogRules, SourceRecord, Taking, WindowShare } from './sources.ts';
import type { Stack } from './stack.ts';
import { BrokenOff, Refused } from './targets.ts';
import type { Worker } from './workers.ts';

export interface PullOptions {
  readonly name: string;
  readonly feeder: Feeder;
  /**
   * How to pull now; undefined for not at all, a moment for not before. Asked before each taking,
   * so that changes are live.
   */
  readonly pace: () => Promise<Pace | number | undefined>;
  /** May throw `BrokenOff`. */
  readonly consume: (batch: readonly SourceRecord[], window?: WindowShare) => Promise<Verdict>;
  /** There is nothing to be fed from. */
  readonly refused: (refused: Refused) => void;
}

export interface Pace {
  readonly size: number;
  /** How long a batch is gathered; 0 for not at all. */
  readonly windowMs: number;
  /** How long the consumer may work on a batch. */
  readonly timeoutMs: number;
  readonly bounds: Bounds;
  /** For streams. */
  readonly rules?: LogRules;
  /** Absent where every record is wanted. */
  readonly wants?: ((record: SourceRecord) => boolean) | undefined;
  /** For the journal's word on records that are not wanted. */
  readonly filteredNote?: string;
}

export interface Verdict extends Ending {
  /** Join the commit of the batch's end. */
  readonly writes?: readonly Write[];
}

/** How soon to look again where nothing tells that it makes sense again. */
const LOOK_AGAIN_MS = 60_000;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const NEVER = Number.POSITIVE_INFINITY;

export class Pull implements Worker {
  readonly awaited = true;
  readonly #stack: Stack;
  readonly #options: PullOptions;
  readonly #scale = new Scale();
  readonly #alarm: Alarm;
  readonly #idleness = new Idleness(() => this.busy);
  #running = 0;
  #taking = false;
  #again = false;
  #stopped = false;
  /** Nothing to pull from or to: what is due is not due here. */
  #resting = false;
  #pauseMs = 0;
  #pausedUntilMs = 0;
  #gathering: Gathering | undefined;
  #unwatch: () => void = () => {};

  constructor(stack: Stack, options: PullOptions) {
    this.#stack = stack;
    this.#alarm = new Alarm(stack, () => this.wake());
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  start(): void {
    this.#unwatch = this.#options.feeder.watch(() => this.wake());
    this.wake();
  }

  get busy(): boolean {
    return this.#running > 0 || this.#taking;
  }

  get running(): number {
    return this.#running;
  }

  idle(): Promise<void> {
    return this.#idleness.wait();
  }

  async nextDueMs(): Promise<number> {
    if (this.#resting || this.#stopped) return NEVER;
    const nowMs = this.#stack.clock.nowMs();
    if (this.#pausedUntilMs > nowMs) return this.#pausedUntilMs;
    const dueMs = await this.#options.feeder.nextDueMs();
    return Math.min(dueMs, this.#gathering?.endsAtMs ?? NEVER);
  }

  /** Takes no more and resolves when what was begun has ended; what was gathered goes back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
    this.#alarm.cancel();
    await this.idle();
    await this.#giveBack().catch((cause: unknown) => this.#report('stopping', cause));
  }

  /** Nobody waits any longer for what was gathered. */
  async #giveBack(): Promise<void> {
    const unused = this.#gathering?.records;
    this.#gathering = undefined;
    if (unused) await this.#end({ unused });
  }

  /** Looks whether there is something to do; for changes that the source does not tell of. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#taking) {
      this.#again = true;
      return;
    }
    this.#taking = true;
    this.#pull()
      .catch((cause: unknown) => this.#failed(cause))
      .then((atMs) => {
        this.#setTimer(atMs);
        this.#taking = false;
        if (this.#again) {
          this.#again = false;
          this.wake();
        }
        this.#idleness.announce();
      });
  }

  /** Nothing could be taken; answers when to look again. */
  #failed(cause: unknown): number {
    if (cause instanceof Refused) {
      this.#resting = true;
      this.#options.refused(cause);
      return this.#stack.clock.nowMs() + LOOK_AGAIN_MS;
    }
    this.#report('taking', cause);
    this.#pause();
    return this.#pausedUntilMs;
  }

  /** Begins all that may be begun now; answers when there will be more to do. */
  async #pull(): Promise<number> {
    const { clock } = this.#stack;
    for (;;) {
      const pace = await this.#options.pace();
      const nowMs = clock.nowMs();
      if (this.#stopped) return NEVER;
      if (!pace) {
        this.#resting = true;
        await this.#giveBack();
        return nowMs + LOOK_AGAIN_MS;
      }
      this.#resting = false;
      if (typeof pace === 'number') {
        this.#pausedUntilMs = pace;
        return pace;
      }
      if (this.#gathering) this.#closeGathering(pace, nowMs);
      if (nowMs < this.#pausedUntilMs) return this.#pausedUntilMs;

      const gathered = this.#gathering ? 1 : 0;
      const free = this.#scale.allowed(pace.bounds, nowMs) - this.#running - gathered;
      if (free <= 0 && gathered === 0) return this.#scale.backlogged(pace.bounds, nowMs);
      if (await this.#take(pace, free)) continue;
      this.#scale.emptied(this.#running);
      const dueMs = await this.#options.feeder.nextDueMs();
      return Math.min(dueMs, this.#gathering?.endsAtMs ?? NEVER);
    }
  }

  /** Takes once; whether there was anything. */
  async #take(pace: Pace, free: number): Promise<boolean> {
    const { size, windowMs, timeoutMs, rules } = pace;
    // While a batch is gathered, what there is goes into it.
    const wish =
      windowMs > 0
        ? { batches: 1, size: size - (this.#gathering?.records.length ?? 0) }
        : { batches: free, size };
    const { feeder } = this.#options;
    const takings = await feeder.take({ ...wish, windowMs, timeoutMs, rules });
    for (const [at, taking] of takings.entries()) {
      try {
        await this.#sort(pace, taking);
      } catch (cause) {
        for (const left of takings.slice(at)) feeder.settled?.(left, false);
        throw cause;
      }
    }
    return takings.length > 0;
  }

  async #sort(pace: Pace, taking: Taking): Promise<void> {
    const records = await this.#wanted(pace, taking);
    if (records.length === 0 && !taking.window?.isFinal) return;
    if (pace.windowMs === 0 || taking.whole) this.#begin(cut(records), taking);
    else this.#gather(pace, records);
  }

  /** Ends at once what nobody wants. */
  async #wanted({ wants, filteredNote }: Pace, taking: Taking) {
    const { records } = taking;
    if (!wants) return records;
    const wanted: SourceRecord[] = [];
    const filtered: SourceRecord[] = [];
    for (const record of records) (wants(record) ? wanted : filtered).push(record);
    if (filtered.length > 0) {
      const note = filteredNote === undefined ? {} : { note: filteredNote };
      await this.#end({ filtered, ...note }, taking);
    }
    return wanted;
  }

  #gather(pace: Pace, records: readonly SourceRecord[]): void {
    const nowMs = this.#stack.clock.nowMs();
    const { records: before, endsAtMs } = this.#gathering ?? {
      records: [],
      endsAtMs: nowMs + pace.windowMs,
    };
    this.#gathering = { records: [...before, ...records], endsAtMs };
    this.#closeGathering(pace, nowMs);
  }

  /** Hands the gathered batch on when it is full or its time is over. */
  #closeGathering({ size, windowMs }: Pace, nowMs: number): void {
    if (!this.#gathering) return;
    const { records, endsAtMs } = this.#gathering;
    const over = nowMs >= endsAtMs || windowMs === 0 || records.length >= size;
    const parts = cut(records);
    if (!over && parts.length === 1) return;
    // What is too much for one payload begins the next batch.
    const rest = over ? undefined : parts.at(-1);
    this.#gathering = rest && { records: rest, endsAtMs: nowMs + windowMs };
    for (const part of rest ? parts.slice(0, -1) : parts) this.#begin([part]);
  }

  /** Parts of one taking are worked on one after another. Without it, they were gathered. */
  #begin(parts: readonly (readonly SourceRecord[])[], taking?: Taking): void {
    this.#running += 1;
    this.#work(parts, taking)
      .catch((cause: unknown) => {
        if (taking) this.#options.feeder.settled?.(taking, false);
        this.#report('working on a batch', cause);
        this.#pause();
      })
      .finally(() => {
        this.#running -= 1;
        this.wake();
        this.#idleness.announce();
      });
  }

  async #work(parts: readonly (readonly SourceRecord[])[], taking?: Taking): Promise<void> {
    for (const [at, part] of parts.entries()) {
      const verdict = await this.#consume(part, taking?.window);
      if (verdict.throttled) this.#pause();
      else if (!verdict.failed && !verdict.unused) this.#pauseMs = 0;
      const halted = verdict.unused || (taking?.ordered && verdict.failed);
      const behind = halted ? parts.slice(at + 1).flat() : [];
      const unused = [...(verdict.unused ?? []), ...behind];
      const { writes, ...ending } = verdict;
      await this.#end(unused.length > 0 ? { ...ending, unused } : ending, taking, writes);
      if (halted) return;
    }
  }

  async #consume(batch: readonly SourceRecord[], window?: WindowShare): Promise<Verdict> {
    try {
      return await this.#options.consume(batch, window);
    } catch (cause) {
      if (cause instanceof BrokenOff) return { unused: batch };
      throw cause;
    }
  }

  async #end(ending: Ending, taking?: Taking, more: readonly Write[] = []): Promise<void> {
    const { feeder } = this.#options;
    // What the consumer did comes before what follows from it.
    const writes = [...more, ...(await feeder.end(ending, taking))];
    if (writes.length > 0) await this.#stack.storage.commit(writes);
    if (taking) feeder.settled?.(taking, true);
  }

  /** Longer each time, until something succeeds. */
  #pause(): void {
    const nowMs = this.#stack.clock.nowMs();
    if (nowMs < this.#pausedUntilMs) return;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2 || SHORTEST_PAUSE_MS);
    this.#pausedUntilMs = nowMs + this.#pauseMs;
  }

  #setTimer(atMs: number): void {
    if (!this.#stopped) this.#alarm.set(atMs);
  }

  #report(what: string, cause: unknown): void {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    this.#stack.log.error(`${what} failed`, { mapping: this.name, cause: text });
  }
}

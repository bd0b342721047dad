/**
 * A node's line to the storage that it shares with others, on which everything happens that may:
 * calls take time, are refused, are stored without an answer, come late from a node that stood
 * still; and the node crashes before a call or after it. The storage outlives its nodes.
 */
import { nextTurn, type VirtualClock } from '../../../src/core/clock.ts';
import {
  Conflict,
  isConditional,
  type Storage,
  Unavailable,
  type Write,
} from '../../../src/storage/storage.ts';
import { type Fate, LATEST_HINT_MS, type Weather } from './climate.ts';
import type { Life } from './life.ts';

/** Neither stored nor not stored, as far as anybody knows. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

export interface LineOptions {
  readonly storage: Storage;
  readonly clock: VirtualClock;
  readonly life: Life;
  readonly weather: Weather;
  /** Others may be at work on the same data. */
  readonly shared: boolean;
}

export class Line implements Storage {
  readonly shared: boolean;
  readonly #storage: Storage;
  readonly #clock: VirtualClock;
  readonly #life: Life;
  readonly #weather: Weather;
  readonly #hints = new Set<() => void>();
  /** The change before has been handed in: changes are handed in in their order. */
  #handedIn: Promise<void> = Promise.resolve();
  /** Calls until the node crashes, and whether that one is stored first. */
  #crashAfter: { calls: number; readonly stored: boolean } | undefined;

  constructor({ storage, clock, life, weather, shared }: LineOptions) {
    this.#storage = storage;
    this.#clock = clock;
    this.#life = life;
    this.#weather = weather;
    this.shared = shared;
  }

  /** Crashes the node at one of its next calls: before that is stored, or before its answer. */
  crashAfter(calls: number, stored: boolean): void {
    this.#crashAfter = { calls, stored };
  }

  commit(writes: readonly Write[]) {
    if (writes.length === 0) return this.#storage.commit(writes);
    const mayConflict = writes.some(isConditional);
    return this.#change(mayConflict, () => this.#storage.commit(writes));
  }

  claim: Storage['claim'] = (queue, claim) =>
    this.#change(false, () => this.#storage.claim(queue, claim));
  peek: Storage['peek'] = (queue, peek) => this.#look(() => this.#storage.peek(queue, peek));
  counts: Storage['counts'] = (queue, nowMs) =>
    this.#look(() => this.#storage.counts(queue, nowMs));
  nextVisibleAtMs: Storage['nextVisibleAtMs'] = (queue, nowMs) =>
    this.#look(() => this.#storage.nextVisibleAtMs(queue, nowMs));
  queues: Storage['queues'] = (prefix) => this.#look(() => this.#storage.queues(prefix));
  read: Storage['read'] = (log, read) => this.#look(() => this.#storage.read(log, read));
  bounds: Storage['bounds'] = (log) => this.#look(() => this.#storage.bounds(log));
  get: Storage['get'] = (table, partition, key) =>
    this.#look(() => this.#storage.get(table, partition, key));
  scan: Storage['scan'] = (table, partition, scan) =>
    this.#look(() => this.#storage.scan(table, partition, scan));
  revision: Storage['revision'] = (table, partition) =>
    this.#look(() => this.#storage.revision(table, partition));

  watch(queueOrLog: string, notify: () => void): () => void {
    const hint = () => {
      const late = this.#weather.hintIsLate();
      if (!late) this.#life.when(notify);
      else this.#clock.at(this.#clock.nowMs() + LATEST_HINT_MS, () => this.#life.when(notify));
    };
    const unwatch = this.#storage.watch(queueOrLog, hint);
    this.#hints.add(notify);
    return () => {
      unwatch();
      this.#hints.delete(notify);
    };
  }

  idle(): Promise<void> {
    return this.#storage.idle();
  }

  /** The storage goes on; only this node's line to it is cut. */
  async close(): Promise<void> {
    this.#hints.clear();
  }

  async #change<Result>(mayConflict: boolean, run: () => Promise<Result>): Promise<Result> {
    const fate = this.#weather.fate(mayConflict);
    const before = this.#handedIn;
    const mine = Promise.withResolvers<void>();
    this.#handedIn = mine.promise;
    return this.#call(before, () => {
      const stored = this.#store(fate, run);
      mine.resolve();
      return stored;
    });
  }

  async #store<Result>(fate: Fate, run: () => Promise<Result>): Promise<Result> {
    if (fate === 'unavailable') throw new Unavailable('The simulated storage does not answer.');
    if (fate === 'conflict') throw new Conflict('The simulated storage says that it lost a race.');
    const result = await run();
    if (fate === 'unanswered') throw new Unanswered('The simulated answer was lost.');
    return result;
  }

  #look<Result>(run: () => Promise<Result>): Promise<Result> {
    const fate = this.#weather.fate(false);
    return this.#call(undefined, () => this.#store(fate, run));
  }

  async #call<Result>(
    before: Promise<void> | undefined,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const life = this.#life;
    life.calls++;
    await this.#way();
    if (before) {
      life.calls--;
      await before;
      life.calls++;
      await life.running();
    }
    const crash = this.#crashes();
    if (crash === 'before') return this.#crash();
    this.#hintForNothing();
    try {
      const result = await run();
      if (crash === 'after') return this.#crash();
      await this.#way();
      return result;
    } catch (cause) {
      await this.#way();
      throw cause;
    } finally {
      life.calls--;
      life.pulse();
    }
  }

  /** From the node to the storage, or back. */
  async #way(): Promise<void> {
    for (let turns = this.#weather.turns(); turns > 0; turns--) await nextTurn();
    const delayMs = this.#weather.delayMs();
    if (delayMs > 0) await this.#wait(delayMs);
    await this.#life.running();
  }

  async #wait(ms: number): Promise<void> {
    this.#life.calls--;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#clock.at(this.#clock.nowMs() + ms, resolve);
    await promise;
    this.#life.calls++;
  }

  #crashes(): 'before' | 'after' | undefined {
    const crash = this.#crashAfter;
    if (!crash) return undefined;
    crash.calls--;
    if (crash.calls > 0) return undefined;
    this.#crashAfter = undefined;
    return crash.stored ? 'after' : 'before';
  }

  #crash(): Promise<never> {
    this.#life.crash();
    return new Promise(() => {});
  }

  #hintForNothing(): void {
    if (!this.#weather.hintsForNothing()) return;
    for (const notify of this.#hints) this.#life.when(notify);
  }
}

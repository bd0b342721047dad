/**
 * The world of one simulation: one virtual clock, one storage that outlives every node, and the
 * nodes. Nothing in it is left to the machine: the same seed gives the same run.
 *
 * Time stands still for as long as anybody has something to do, and then moves to the next moment
 * at which somebody has.
 */
import { nextTurn, type Timer, VirtualClock } from '../../../src/core/clock.ts';
import { type Ids, seededIds } from '../../../src/core/ids.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { CALM, Weather } from '../faults/climate.ts';
import { Node } from './node.ts';

export const BEGIN_MS = Date.parse('2026-01-15T10:00:00Z');

/** Turns of the event loop in which nothing may have happened for time to move on. */
const QUIET_TURNS = 8;
/** Within one moment; more is a loop that has no end. */
const MOST_TURNS = 200_000;

export interface WorldOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Puts something between the nodes and what they store; for planted bugs. */
  readonly plant?: ((storage: Storage) => Storage) | undefined;
  /** How far the nodes' clocks are apart, at most. */
  readonly skewMs?: number;
}

export class World {
  readonly clock = new VirtualClock(BEGIN_MS);
  readonly ids: Ids;
  readonly weather: Weather;
  readonly nodes: readonly Node[];
  readonly storage: Storage;
  /** What no fault of the simulation explains. */
  readonly complaints: string[] = [];
  #pulses = 0;
  #moments = 0;
  #lastMs = 0;

  static async open(options: WorldOptions): Promise<World> {
    const storage = await openSqlite({ path: ':memory:' });
    return new World(options, storage);
  }

  private constructor(options: WorldOptions, storage: Storage) {
    const { seed, nodes, plant, skewMs = 0 } = options;
    this.ids = seededIds(seed);
    this.storage = plant?.(storage) ?? storage;
    this.weather = new Weather(seededIds(seed + 1_000_000_007), CALM);
    this.nodes = Array.from({ length: nodes }, (_, index) => {
      const skew = Math.round((this.ids.random() * 2 - 1) * (skewMs / 2));
      return new Node(this, index, seed, nodes > 1, skew);
    });
  }

  pulse(): void {
    this.#pulses++;
  }

  /** Milliseconds since the beginning; each asking is a little later than the one before. */
  moment(): number {
    const nowMs = this.clock.nowMs() - BEGIN_MS;
    if (nowMs > this.#lastMs) {
      this.#lastMs = nowMs;
      this.#moments = 0;
    }
    return nowMs + Math.min(++this.#moments * 1e-6, 0.999);
  }

  /** Resolves after `ms` of virtual time. */
  pause(ms: number): Promise<void> {
    return this.alarm(ms).rung;
  }

  alarm(ms: number): Timer & { readonly rung: Promise<void> } {
    const { promise: rung, resolve } = Promise.withResolvers<void>();
    const { cancel } = this.clock.at(this.clock.nowMs() + Math.ceil(ms), () => {
      this.pulse();
      resolve();
    });
    return { rung, cancel };
  }

  /** Resolves when nobody can do anything before time moves on. */
  async settle(): Promise<void> {
    let still = 0;
    for (let turns = 0; still < QUIET_TURNS; turns++) {
      if (turns === MOST_TURNS) throw new Error('The simulation does not come to rest.');
      const before = this.#pulses;
      await nextTurn();
      const isBusy = this.nodes.some((node) => node.isBusy);
      still = isBusy || this.#pulses !== before ? 0 : still + 1;
    }
  }

  /** Lets time pass until `promise` has resolved, for at most `mostMs`; whether it has. */
  async until(promise: Promise<unknown>, mostMs: number): Promise<boolean> {
    let isDone = false;
    promise.then(() => {
      isDone = true;
    });
    const endMs = this.clock.nowMs() + mostMs;
    for (;;) {
      await this.settle();
      const nextMs = this.clock.nextAtMs();
      if (isDone || nextMs > endMs) return isDone;
      await this.clock.advanceTo(nextMs, () => this.settle());
    }
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceTo(this.clock.nowMs() + Math.ceil(ms), () => this.settle());
  }

  async close(): Promise<void> {
    for (const node of this.nodes) node.life?.crash();
    await this.settle();
    await this.storage.close();
  }
}

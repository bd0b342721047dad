/**
 * Many nodes on one database, and what befalls them: nodes are killed, alone or together, while
 * they work and while they start; they stand still for longer than their leases and wake up; and
 * the database is torn away from them. Clients ask whichever node there is.
 */
import { join } from 'node:path';
import { freePort } from '../../../bench/servers.ts';
import type { Ids } from '../../../src/core/ids.ts';
import type { Cast } from './cast.ts';
import type { Database } from './database.ts';
import { pause } from './time.ts';
import { type Command, Victim } from './victim.ts';

export interface NodesOptions {
  readonly count: number;
  /** How a node is started that listens at `port`: by turns, where there are several ways. */
  readonly command: (port: number) => Command | readonly Command[];
  /** Folder of the nodes' logs. */
  readonly folder: string;
  readonly ids: Ids;
  /** Absent where the nodes keep their own data. */
  readonly database?: Database;
}

type Misfortune = readonly [name: string, weight: number, happen: () => Promise<void>];

/** A client does not wait long for a node that may stand still. */
const SHORT_PATIENCE_MS = 5_000;
const LONG_PATIENCE_MS = 20_000;
/** Until then what a misfortune has left behind explains that there is no answer. */
const AFTERMATH_MS = 45_000;
/** Leases of the dead have to run out, one after another. */
const DRAIN_MS = 240_000;
const LONGEST_LOAD_MS = 2_500;
const LONGEST_START_MS = 600;
const LONGEST_DOWN_MS = 3_000;
/** Longer than the leases of messages; now and then longer than those of pumps and tenures. */
const SHORT_PAUSE_MS = { least: 3_500, most: 6_000 };
const LONG_PAUSE_MS = { least: 16_000, most: 34_000 };
const LONG_PAUSE_SHARE = 0.25;

export class ManyNodes implements Cast {
  readonly drainMs = DRAIN_MS;
  readonly victims: readonly Victim[];
  readonly #options: NodesOptions;
  readonly #misfortunes: readonly Misfortune[];
  #befellMs = Number.NEGATIVE_INFINITY;

  static async open(options: NodesOptions): Promise<ManyNodes> {
    const ports = await Promise.all(Array.from({ length: options.count }, () => freePort()));
    const victims = ports.map(
      (port, index) =>
        new Victim(port, options.command(port), join(options.folder, `node-${index}.log`)),
    );
    return new ManyNodes(options, victims);
  }

  private constructor(options: NodesOptions, victims: readonly Victim[]) {
    this.#options = options;
    this.victims = victims;
    const { database } = options;
    this.#misfortunes = [
      ['kill', 4, () => this.#kill(1)],
      ['kill of all but one', 1, () => this.#kill(Math.max(1, victims.length - 1))],
      ['kill while starting', 1, () => this.#killAtStart()],
      ['pause', 3, () => this.#pauseOne()],
      ...(database?.misfortunes ?? []),
    ];
  }

  async pick(): Promise<Victim> {
    for (;;) {
      const up = this.victims.filter((victim) => victim.isUp);
      const victim = up[this.#below(up.length)];
      if (victim) return victim;
      await Promise.race([...this.victims.map((one) => one.up()), pause(100)]);
    }
  }

  async begin(): Promise<boolean> {
    for (const victim of this.victims) {
      victim.spawn();
      if (!(await victim.ready())) return false;
    }
    return true;
  }

  async befall(): Promise<string> {
    const total = this.#misfortunes.reduce((sum, [, weight]) => sum + weight, 0);
    let luck = this.#options.ids.random() * total;
    for (const [name, weight, happen] of this.#misfortunes) {
      luck -= weight;
      if (luck > 0) continue;
      await pause(this.#options.ids.random() * LONGEST_LOAD_MS);
      this.#befellMs = performance.now();
      await happen();
      this.#befellMs = performance.now();
      return name;
    }
    throw new Error('No misfortune was chosen.');
  }

  async ready(): Promise<boolean> {
    const ready = await Promise.all(this.victims.map((victim) => victim.ready()));
    return ready.every((is) => is);
  }

  get died(): string | undefined {
    return this.victims.find((victim) => victim.died !== undefined)?.died;
  }

  patienceMs(): number {
    return this.excuses(performance.now()) ? SHORT_PATIENCE_MS : LONG_PATIENCE_MS;
  }

  excuses(sinceMs: number): boolean {
    return this.#befellMs + AFTERMATH_MS > sinceMs;
  }

  async end(): Promise<void> {
    await Promise.all(this.victims.map((victim) => victim.kill()));
    await this.#options.database?.stop();
  }

  async #kill(count: number): Promise<void> {
    const chosen = this.#some(count);
    await Promise.all(chosen.map((victim) => victim.kill()));
    await pause(this.#options.ids.random() * LONGEST_DOWN_MS);
    for (const victim of chosen) victim.spawn();
    await Promise.all(chosen.map((victim) => victim.ready()));
  }

  async #killAtStart(): Promise<void> {
    const [victim] = this.#some(1);
    if (!victim) return;
    await victim.kill();
    victim.spawn();
    const ready = victim.ready();
    await pause(this.#options.ids.random() * LONGEST_START_MS);
    await victim.kill();
    await ready;
    victim.spawn();
    await victim.ready();
  }

  async #pauseOne(): Promise<void> {
    const [victim] = this.#some(1);
    const { ids } = this.#options;
    const { least, most } = ids.random() < LONG_PAUSE_SHARE ? LONG_PAUSE_MS : SHORT_PAUSE_MS;
    victim?.freeze();
    await pause(least + ids.random() * (most - least));
    victim?.thaw();
  }

  #some(count: number): readonly Victim[] {
    const from = this.#below(this.victims.length);
    return [...this.victims.slice(from), ...this.victims.slice(0, from)].slice(0, count);
  }

  #below(end: number): number {
    return Math.floor(this.#options.ids.random() * end);
  }
}

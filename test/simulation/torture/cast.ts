/**
 * The servers of a run, and what befalls them: one that is killed and started again on its data
 * directory, or many nodes on one database, see nodes.ts.
 */
import { join } from 'node:path';
import type { Ids } from '../../../src/core/ids.ts';
import { killOnce, nextKind } from './kills.ts';
import type { Victim } from './victim.ts';

export interface Cast {
  readonly victims: readonly Victim[];
  /** A server that takes requests, whichever it is; waits until there is one. */
  pick(): Promise<Victim>;
  /** Starts all of them; whether they run. */
  begin(): Promise<boolean>;
  /** Lets one misfortune happen and answers what it was; work goes on, or begins again. */
  befall(): Promise<string>;
  /** Resolves when all of them run; whether they do. */
  ready(): Promise<boolean>;
  /** Why one of them ended by itself, if one did. */
  readonly died: string | undefined;
  /** How long a client waits for an answer now before it gives up; undefined for ever. */
  patienceMs(): number | undefined;
  /** Whether a misfortune explains that nobody has answered since then. */
  excuses(sinceMs: number): boolean;
  /** How long it may take until all that was accepted has arrived. */
  readonly drainMs: number;
  end(): Promise<void>;
}

export class OneServer implements Cast {
  readonly drainMs = 60_000;
  readonly victims: readonly [Victim];
  readonly #victim: Victim;
  readonly #data: string;
  readonly #ids: Ids;

  constructor(victim: Victim, data: string, ids: Ids) {
    this.#victim = victim;
    this.victims = [victim];
    this.#data = data;
    this.#ids = ids;
  }

  async pick(): Promise<Victim> {
    await this.#victim.up();
    return this.#victim;
  }

  begin(): Promise<boolean> {
    this.#victim.spawn();
    return this.#victim.ready();
  }

  async befall(): Promise<string> {
    const kind = nextKind(this.#ids);
    await killOnce(this.#victim, join(this.#data, 'store'), kind, this.#ids);
    if (this.died === undefined) this.#victim.spawn();
    return kind;
  }

  ready(): Promise<boolean> {
    return this.#victim.ready();
  }

  get died(): string | undefined {
    return this.#victim.died;
  }

  patienceMs(): undefined {
    return undefined;
  }

  excuses(): boolean {
    return false;
  }

  end(): Promise<void> {
    return this.#victim.kill();
  }
}

/**
 * How rough the weather is in one simulation, and what it does to each call of the storage. Drawn
 * from the seed, so that some runs are calm but for one fault and others have all of them.
 */
import type { Ids } from '../../../src/core/ids.ts';

export type Fate =
  | 'well'
  /** Refused before anything was stored. */
  | 'unavailable'
  /** Refused as if somebody else had been faster; only lists with conditions. */
  | 'conflict'
  /** Stored, and answered with an error: nobody knows what became of it. */
  | 'unanswered';

export interface Climate {
  readonly unavailable: number;
  readonly conflict: number;
  readonly unanswered: number;
  /** Share of calls that take time, up to `LONGEST_DELAY_MS`. */
  readonly slow: number;
  /** Share of hints that come late, and of moments that have one for nothing. */
  readonly lateHint: number;
  readonly idleHint: number;
  /** Turns of the event loop that a call takes more than it would, at most. */
  readonly turns: number;
}

export const CALM: Climate = {
  ...{ unavailable: 0, conflict: 0, unanswered: 0, slow: 0, lateHint: 0, idleHint: 0, turns: 0 },
};

export const LONGEST_DELAY_MS = 3_000;
/** An engine that asks four times a second hears of everything by then. */
export const LATEST_HINT_MS = 250;

export function climateOf(ids: Ids): Climate {
  const maybe = (share: number) => (ids.random() < 0.5 ? share * ids.random() : 0);
  return {
    unavailable: maybe(0.02),
    conflict: maybe(0.15),
    unanswered: maybe(0.01),
    slow: maybe(0.02),
    lateHint: maybe(0.5),
    idleHint: maybe(0.05),
    turns: Math.floor(ids.random() * 4),
  };
}

export class Weather {
  climate: Climate;
  readonly #ids: Ids;
  readonly counts = { unavailable: 0, conflict: 0, unanswered: 0, slow: 0 };

  constructor(ids: Ids, climate: Climate) {
    this.#ids = ids;
    this.climate = climate;
  }

  fate(mayConflict: boolean): Fate {
    const { unavailable, conflict, unanswered } = this.climate;
    if (this.#happens(unavailable)) return this.#told('unavailable');
    if (mayConflict && this.#happens(conflict)) return this.#told('conflict');
    if (this.#happens(unanswered)) return this.#told('unanswered');
    return 'well';
  }

  delayMs(): number {
    if (!this.#happens(this.climate.slow)) return 0;
    this.counts.slow++;
    return 1 + Math.floor(this.#ids.random() * LONGEST_DELAY_MS);
  }

  turns(): number {
    const { turns } = this.climate;
    return turns === 0 ? 0 : Math.floor(this.#ids.random() * (turns + 1));
  }

  hintIsLate(): boolean {
    return this.#happens(this.climate.lateHint);
  }

  hintsForNothing(): boolean {
    return this.#happens(this.climate.idleHint);
  }

  #happens(share: number): boolean {
    return share > 0 && this.#ids.random() < share;
  }

  #told(fate: Exclude<Fate, 'well'>): Fate {
    this.counts[fate]++;
    return fate;
  }
}

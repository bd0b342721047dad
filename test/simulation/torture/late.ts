/**
 * What may still reach the endpoint after the stretch in which it was published: a publish that a
 * kill cut short is owed to nobody, so no drain waits for it, and a request in flight at a kill is
 * made again when its lease has run out, although the endpoint has taken it.
 */
import type { Entry, Publish } from '../history.ts';

/** Publishes of this stretch and earlier ones, as ones that may or may not arrive at `endpoint`. */
export class Late {
  readonly #endpoint: string;
  #cutShort: readonly Publish[] = [];
  #confirmed: readonly Publish[] = [];

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** From the stretches before: what was cut short in any, what was confirmed in the last. */
  get publishes(): readonly Publish[] {
    return [...this.#cutShort, ...this.#confirmed];
  }

  endStretch(entries: readonly Entry[]): void {
    const published = entries
      .filter((entry) => entry.op === 'publish')
      .filter(({ expects }) => expects.includes(this.#endpoint));
    const uncertain = (entry: Publish): Publish => {
      return { ...entry, outcome: 'unknown', expects: [this.#endpoint] };
    };
    const cutShort = published.filter(({ outcome }) => outcome === 'unknown');
    this.#cutShort = [...this.#cutShort, ...cutShort.map(uncertain)];
    this.#confirmed = published.filter(({ outcome }) => outcome === 'ok').map(uncertain);
  }
}

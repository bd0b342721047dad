/**
 * Which functions publish where. What a function publishes names the run that it came from, and
 * the fact of that run, which names the function, comes later, when the run has ended.
 *
 * Of facts that are only a sample hardly ever both are seen. There the publications at a place
 * are shared out among the functions that were found to publish there, as often as they were.
 */
import { readTrace } from '../core/trace-context.ts';
import { nodeArn } from '../delivery/map-parts.ts';
import type { Fact } from '../journal/journal.ts';

export interface Publication {
  readonly by: string;
  readonly at: string;
  /** How many publications it stands for. */
  readonly weight: number;
}

interface Waiting {
  readonly at: string;
  readonly weight: number;
}

/** Runs, publications and places remembered; the oldest are forgotten first. */
const MOST = 10_000;
/** Of what was found at a place; the newer counts more. */
const MOST_FOUND = 1_000;

export class Publishers {
  readonly #runs = new Map<string, string>();
  readonly #waiting = new Map<string, readonly Waiting[]>();
  readonly #found = new Map<string, Map<string, number>>();

  /** What is known now that `fact`, which stands for `weight` such facts, has been seen. */
  take(fact: Fact, weight = 1): readonly Publication[] {
    if (fact.kind === 'invoke') return this.#ran(fact);
    return fact.kind === 'publish' ? this.#published(fact, weight) : NONE;
  }

  #ran(fact: Fact): readonly Publication[] {
    const by = nodeArn(fact.arn);
    const found: Publication[] = [];
    for (const key of [fact.id, spanOf(fact)?.key]) {
      if (key === undefined) continue;
      remember(this.#runs, key, by);
      for (const { at, weight } of this.#waiting.get(key) ?? []) {
        found.push(this.#note({ by, at, weight }));
      }
      this.#waiting.delete(key);
    }
    return found;
  }

  #published(fact: Fact, weight: number): readonly Publication[] {
    const key = runOf(fact);
    if (key === undefined) return NONE;
    const at = nodeArn(fact.arn);
    const by = this.#runs.get(key);
    if (by !== undefined) return [this.#note({ by, at, weight })];
    const shares = weight > 1 ? this.#found.get(at) : undefined;
    if (shares) return shared(shares, at, weight);
    remember(this.#waiting, key, [...(this.#waiting.get(key) ?? []), { at, weight }]);
    return NONE;
  }

  #note(publication: Publication): Publication {
    const { by, at } = publication;
    const shares = this.#found.get(at) ?? new Map<string, number>();
    shares.set(by, (shares.get(by) ?? 0) + 1);
    if ((shares.get(by) ?? 0) > MOST_FOUND) {
      for (const [one, count] of shares) shares.set(one, count / 2);
    }
    remember(this.#found, at, shares);
    return publication;
  }
}

const NONE: readonly Publication[] = [];

function spanOf({ trace }: Fact) {
  const read = readTrace(trace);
  if (read?.spanId === undefined) return undefined;
  return { key: `${read.traceId}-${read.spanId}`, isOwn: read.isOwn };
}

/** The run that something was published in: by its span, or else by what it was caused by. */
function runOf(fact: Fact): string | undefined {
  const span = spanOf(fact);
  return span?.isOwn ? span.key : fact.causes?.[0];
}

function shared(
  shares: ReadonlyMap<string, number>,
  at: string,
  weight: number,
): readonly Publication[] {
  const all = [...shares.values()].reduce((sum, count) => sum + count, 0);
  return [...shares].map(([by, count]) => ({ by, at, weight: (weight * count) / all }));
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.size > MOST ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}

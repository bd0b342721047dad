/**
 * Is each item of a table linearizable? Is there one order of its calls, each somewhere between
 * being made and being answered, in which every get and swap is right?
 *
 * The order is searched for, item by item (Wing and Gong; Lowe's memory of what was tried). Calls
 * without an answer may take effect at any time later, or never. A search that takes too long is
 * told as `undecided`: what was not judged is not green.
 */
import type { Finding, ItemCall } from '../history.ts';
import type { Lives } from './lives.ts';

/** Steps of a search that are taken before it is given up. */
const MOST_STEPS = 400_000;

export function checkItems({ history }: Lives): readonly Finding[] {
  const calls = history.entries.filter(
    (entry): entry is ItemCall => entry.op === 'item' && says(entry),
  );
  return [...Map.groupBy(calls, ({ item }) => item)].flatMap(
    ([key, ofItem]): readonly Finding[] => {
      const search = new Search(ofItem);
      const found = search.run();
      if (found === 'explained') return [];
      if (found === 'undecided') {
        const text = `${key} has ${ofItem.length} calls, and no order was found in time`;
        return [{ fault: 'undecided', key, text }];
      }
      const text = `no order of the calls on ${key} explains ${told(search.furthest)}`;
      return [{ fault: 'not-linearizable', key, text }];
    },
  );
}

/** A get without an answer says nothing, nor does a put that was refused. */
function says({ kind, outcome }: ItemCall): boolean {
  return kind === 'swap' || outcome === 'ok' || (kind === 'put' && outcome === 'unknown');
}

function told(call: ItemCall | undefined): string {
  if (!call) return 'them';
  const { kind, value = 'nothing', expects = 'nothing', outcome, invokedAtMs } = call;
  const what = kind === 'swap' ? `swap of ${expects} for ${value}` : `${kind} of ${value}`;
  return `the ${what} (${outcome}) that began at ${invokedAtMs}`;
}

type Value = string | undefined;

interface Frame {
  /** Calls in order of their beginning; this and all before have taken effect. */
  readonly low: number;
  /** Calls behind `low` that have taken effect. */
  readonly done: readonly number[];
  readonly value: Value;
}

class Search {
  readonly #calls: readonly ItemCall[];
  readonly #tried = new Set<string>();
  /** The call at which the longest attempt came to its end. */
  furthest: ItemCall | undefined;
  #most = -1;

  constructor(calls: readonly ItemCall[]) {
    this.#calls = calls.toSorted((a, b) => a.invokedAtMs - b.invokedAtMs);
  }

  run(): 'explained' | 'impossible' | 'undecided' {
    const open: Frame[] = [{ low: 0, done: [], value: undefined }];
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const frame = open.pop();
      if (!frame) return 'impossible';
      if (frame.low === this.#calls.length) return 'explained';
      const next = this.#next(frame);
      // What is likeliest comes last, and is tried first.
      open.push(...next.toReversed());
    }
    return 'undecided';
  }

  #next(frame: Frame): readonly Frame[] {
    const frames: Frame[] = [];
    const candidates = this.#candidates(frame);
    const likely = candidates.toSorted((a, b) => this.#endOf(a) - this.#endOf(b));
    for (const index of likely) {
      const call = this.#calls[index];
      const after = call && effect(call, frame.value);
      if (!after) continue;
      const next = this.#take(frame, index, after.value);
      const key = `${next.low} ${next.done.join()} ${next.value}`;
      if (this.#tried.has(key)) continue;
      this.#tried.add(key);
      frames.push(next);
    }
    if (frames.length === 0) this.#stuck(frame, likely);
    return frames;
  }

  /** Calls that may be the next to take effect: no other one was over before they began. */
  #candidates({ low, done }: Frame): readonly number[] {
    const candidates: number[] = [];
    let firstEndMs = Number.POSITIVE_INFINITY;
    for (let index = low; index < this.#calls.length; index++) {
      const call = this.#calls[index];
      if (!call || call.invokedAtMs > firstEndMs) break;
      if (done.includes(index)) continue;
      candidates.push(index);
      firstEndMs = Math.min(firstEndMs, this.#endOf(index));
    }
    return candidates;
  }

  #endOf(index: number): number {
    const call = this.#calls[index];
    return call && call.outcome !== 'unknown' ? call.returnedAtMs : Number.POSITIVE_INFINITY;
  }

  #take({ low, done }: Frame, index: number, value: Value): Frame {
    const ahead = new Set([...done, index]);
    let upTo = low;
    while (ahead.delete(upTo)) upTo++;
    return { low: upTo, done: [...ahead].sort((a, b) => a - b), value };
  }

  #stuck({ low, done }: Frame, candidates: readonly number[]): void {
    if (low + done.length <= this.#most) return;
    this.#most = low + done.length;
    const [first] = candidates;
    this.furthest = first === undefined ? undefined : this.#calls[first];
  }
}

/** What the item holds after the call; undefined where the call cannot have been answered so. */
function effect(call: ItemCall, value: Value): { readonly value: Value } | undefined {
  const { kind, outcome, expects } = call;
  if (kind === 'put') return { value: call.value };
  if (kind === 'get') return value === call.value ? { value } : undefined;
  const matches = value === expects;
  if (outcome === 'unknown') return { value: matches ? call.value : value };
  if (matches !== (outcome === 'ok')) return undefined;
  return { value: matches ? call.value : value };
}

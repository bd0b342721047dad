/**
 * Tumbling windows over a stream: what the events of one key and one stretch of time come to.
 *
 * Windows are the state of a `streamConsumer`, saved with its checkpoint, so a restart in the
 * middle of one goes on with it, and they move with their keys when shards are split or merged.
 * A window ends with the first event of its partition key from `grace` behind its end, so what is
 * in it does not depend on how records came in batches; or, when its key has gone silent and the
 * shard has nothing new, by the clock. A crash may emit a window again, with the same content:
 * make the effect one that can be repeated, with key and start as its id.
 *
 * Events of one `key` must have one partition key.
 */
import { type Duration, durationMs } from '../core/duration.ts';
import type { Clock } from './clock.ts';
import type { ConsumedRecord, StreamProcessor } from './consumed-records.ts';

export interface Window<Value> {
  readonly key: string;
  /** Milliseconds; the end is not in it. */
  readonly startMs: number;
  readonly endMs: number;
  readonly value: Value;
}

export interface WindowOptions<Event, Value> {
  readonly clock: Clock;
  readonly size: Duration;
  /** How late events may come. Default 0s. */
  readonly grace?: Duration;
  readonly read: (record: ConsumedRecord) => Event;
  /** Default: the partition key. */
  readonly key?: (event: Event) => string;
  /** When it happened, in milliseconds. Default: when it arrived. */
  readonly at?: (event: Event) => number;
  /** JSON values only. `value` is undefined for a window's first event. */
  readonly reduce: (value: Value | undefined, event: Event) => Value;
  readonly emit: (window: Window<Value>) => Promise<void> | void;
  /** Told of events whose window has ended; they are left out. */
  readonly onLate?: (event: Event) => void;
}

/** What is kept for a partition key. */
interface Kept<Value> {
  /** Everything that happened before this is over. */
  readonly overMs: number;
  /** By key and start; see `slot`. */
  readonly open: Readonly<Record<string, Value>>;
}

/**
 * ```ts
 * const averages = window<Tick, { sum: number; count: number }>({
 *   clock: Date, size: '10s', read: (record) => jsonOfRecord(record) as Tick,
 *   at: ({ atMs }) => atMs,
 *   reduce: ({ sum, count } = { sum: 0, count: 0 }, { price }) => {
 *     return { sum: sum + price, count: count + 1 };
 *   },
 *   emit: ({ key, startMs, value }) => save(key, startMs, value.sum / value.count),
 * });
 * const consumer = streamConsumer({ …, handler: averages });
 * ```
 */
export function window<Event, Value>(options: WindowOptions<Event, Value>): StreamProcessor {
  const { clock, grace = '0s' } = options;
  return {
    handle: async (records, { state }) => {
      const next: Record<string, unknown> = { ...state };
      for (const record of records) {
        const kept = next[record.key] as Kept<Value> | undefined;
        next[record.key] = await taken(options, kept, record);
      }
      return next;
    },
    idle: async ({ state }) => {
      const overMs = clock.now() - durationMs(grace);
      const next: Record<string, Kept<Value>> = {};
      let isChanged = false;
      for (const [key, kept] of Object.entries(state as Record<string, Kept<Value>>)) {
        const left = hasOver(options, kept, overMs) ? await closed(options, kept, overMs) : kept;
        isChanged ||= left !== kept || isForgotten(left, overMs);
        if (!isForgotten(left, overMs)) next[key] = left;
      }
      return isChanged ? next : undefined;
    },
  };
}

/** For so long it is known of a silent key which of its events would be late. */
const REMEMBERED_MS = 24 * 3_600_000;

function isForgotten({ overMs: keyOverMs, open }: Kept<unknown>, overMs: number): boolean {
  return Object.keys(open).length === 0 && keyOverMs < overMs - REMEMBERED_MS;
}

function hasOver(
  { size }: { readonly size: Duration },
  { open }: Kept<unknown>,
  overMs: number,
): boolean {
  return Object.keys(open).some((name) => startOf(name) + durationMs(size) <= overMs);
}

async function taken<Event, Value>(
  options: WindowOptions<Event, Value>,
  before: Kept<Value> = { overMs: Number.MIN_SAFE_INTEGER, open: {} },
  record: ConsumedRecord,
): Promise<Kept<Value>> {
  const { grace = '0s', size, reduce, onLate } = options;
  const event = options.read(record);
  const atMs = options.at?.(event) ?? record.arrivedAtMs;
  const kept = await closed(options, before, atMs - durationMs(grace));
  const startMs = Math.floor(atMs / durationMs(size)) * durationMs(size);
  if (startMs + durationMs(size) <= kept.overMs) {
    onLate?.(event);
    return kept;
  }
  const name = slot(startMs, options.key?.(event) ?? record.key);
  return { ...kept, open: { ...kept.open, [name]: reduce(kept.open[name], event) } };
}

/** Emits the windows that are over, the earliest first. */
async function closed<Event, Value>(
  { size, emit }: WindowOptions<Event, Value>,
  kept: Kept<Value>,
  overMs: number,
): Promise<Kept<Value>> {
  if (overMs <= kept.overMs) return kept;
  const isOver = (name: string) => startOf(name) + durationMs(size) <= overMs;
  const names = Object.keys(kept.open);
  const over = names.filter(isOver).sort((one, other) => startOf(one) - startOf(other));
  for (const name of over) {
    const startMs = startOf(name);
    const value = kept.open[name] as Value;
    await emit({ key: keyOf(name), startMs, endMs: startMs + durationMs(size), value });
  }
  const left = names.filter((name) => !isOver(name)).map((name) => [name, kept.open[name]]);
  return { overMs, open: Object.fromEntries(left) };
}

const slot = (startMs: number, key: string) => `${startMs} ${key}`;
const startOf = (name: string) => Number(name.slice(0, name.indexOf(' ')));
const keyOf = (name: string) => name.slice(name.indexOf(' ') + 1);

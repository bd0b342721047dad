/**
 * Where each event stands in its trace.
 *
 * Ids of traces and spans are made of the journal's ids, so that the same fact makes the same span
 * whoever tells it and however often. What nothing led to needs no entry here: its trace and its
 * span are made of its id alone. What has a cause is remembered, up to a bound.
 */
import { hash } from 'node:crypto';

export interface Context {
  readonly traceId: string;
  /** Empty where it is not known. */
  readonly spanId: string;
  readonly sampled: boolean;
  /**
   * For an invocation: it was `handed` to its function and will be run, its run is `placed`, or it
   * is only `assumed` where it must stand, because what it sent was told before.
   */
  readonly run?: 'handed' | 'placed' | 'assumed';
  /** What handed it over. */
  readonly sourceArn?: string;
}

/** About 300 bytes each. */
const MOST_CONTEXTS = 100_000;
const MOST_RECEIVED = 10_000;

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;

export interface OwnIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The ids of what begins a trace of its own. */
export function idsOf(id: string): OwnIds {
  const digits = hash('sha256', id, 'hex');
  const end = TRACE_DIGITS + SPAN_DIGITS;
  return { traceId: digits.slice(0, TRACE_DIGITS), spanId: digits.slice(TRACE_DIGITS, end) };
}

/** The id of a span about one record of the journal. */
export function spanIdOf(...about: readonly (string | number)[]): string {
  return hash('sha256', about.join(' '), 'hex').slice(0, SPAN_DIGITS);
}

/** Ids as this server gives them. What applications call their events is no span of ours. */
const OWN_ID =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|shardId-\d+:\d+)$/;

export function isOwnId(id: string): boolean {
  return OWN_ID.test(id);
}

export class Contexts {
  readonly #known = new Map<string, Context>();
  /** Where consumers took messages from, until their function has run. */
  readonly #received = new Map<string, string>();

  get(id: string): Context | undefined {
    return this.#known.get(id);
  }

  set(id: string, context: Context): void {
    remember(this.#known, id, context, MOST_CONTEXTS);
  }

  received(id: string, arn: string): void {
    remember(this.#received, id, arn, MOST_RECEIVED);
  }

  sourceOf(id: string): string | undefined {
    return this.#received.get(id);
  }
}

/** Forgets what was remembered first. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  if (map.size >= most && !map.has(key)) {
    const oldest = map.keys().next();
    if (!oldest.done) map.delete(oldest.value);
  }
  map.set(key, value);
}

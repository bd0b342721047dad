/** Reading a stream's events in the order of their timestamps. */
import type { Stack } from '../../delivery/stack.ts';
import type { LogEntry } from '../../storage/storage.ts';
import { keptSinceMs } from './log-groups.ts';
import type { Group, Stream } from './store.ts';

export interface StoredEvent {
  readonly stream: string;
  readonly timestampMs: number;
  /** Position in the stream: events of one millisecond keep the order they came in. */
  readonly position: number;
  readonly message: string;
  readonly ingestedAtMs: number;
}

export interface Window {
  readonly startTime?: number | undefined;
  /** Events of this millisecond and later are outside. */
  readonly endTime?: number | undefined;
}

const PAGE = 5000;
/** How far an event may be ahead of the moment it came in; see put-log-events.ts. */
const AHEAD_MS = 2 * 60 * 60 * 1000;

export async function eventsOf(
  stack: Stack,
  group: Group,
  stream: Stream,
  { startTime = 0, endTime = Number.POSITIVE_INFINITY }: Window,
): Promise<readonly StoredEvent[]> {
  const since = Math.max(startTime, keptSinceMs(stack, group));
  // What came in long before cannot be of then.
  const sinceMs = since - AHEAD_MS;
  const events: StoredEvent[] = [];
  let from = 1;
  for (;;) {
    const page = await stack.storage.read(stream.log, { from, max: PAGE, sinceMs });
    for (const entry of page) {
      const event = storedEvent(stream, entry);
      if (event.timestampMs >= since && event.timestampMs < endTime) events.push(event);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    from = last.position + 1;
  }
  return events.sort(inOrder);
}

function storedEvent(stream: Stream, { position, key, body, atMs }: LogEntry): StoredEvent {
  const timestampMs = Number(key);
  return { stream: stream.name, timestampMs, position, message: body, ingestedAtMs: atMs };
}

export function inOrder(a: Place, b: Place): number {
  return a.timestampMs - b.timestampMs || a.position - b.position;
}

/** Where an event stands, for tokens. */
export interface Place {
  readonly timestampMs: number;
  readonly position: number;
}

/** 56 digits, as AWS's own tokens and event ids have. */
export function textOfPlace({ timestampMs, position }: Place): string {
  return String(timestampMs).padStart(28, '0') + String(position).padStart(28, '0');
}

export function parsePlace(text: string): Place | undefined {
  if (!/^\d{56}$/.test(text)) return undefined;
  return { timestampMs: Number(text.slice(0, 28)), position: Number(text.slice(28)) };
}

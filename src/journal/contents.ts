/**
 * What published things held: a log beside the journal's facts, in the same commits.
 *
 * A record is a line of JSON that names the thing, and below it the content, so that looking for
 * an id parses no content. The log is bounded by count, age and bytes, and what is larger than
 * `MOST_CHARS` is named and not kept. Switched off, nothing of an event but its id stays behind.
 */
import type { Append, LogEntry, Storage, Trim } from '../storage/storage.ts';
import { boundsOf, contentsOf } from './logs.ts';

/**
 * What kind of thing it is: says what its content looks like, see `src/admin-api/tail.ts`. Records
 * of streams are not among them: their stream keeps them anyhow.
 */
export type Form = 'event' | 'notification' | 'message' | 'invocation';

export interface Held {
  readonly form: Form;
  /** A JSON text. */
  readonly json: string;
}

/** What is known without looking at the content. */
export interface Kept {
  readonly id: string;
  readonly form: Form;
  /** A JSON text; `null` for what was too large to be kept. */
  readonly json: string;
}

/** A larger content is not kept: SQS, SNS and EventBridge take no more than this in all. */
const MOST_CHARS = 1_048_576;

export function encodeContent(
  log: string,
  { id, atMs }: Pick<Kept, 'id'> & Pick<LogEntry, 'atMs'>,
  { form, json }: Held,
): Append {
  const head = JSON.stringify([form, id]);
  const body = `${head}\n${json.length > MOST_CHARS ? 'null' : json}`;
  return { kind: 'append', log, record: { atMs, body } };
}

/** Earlier versions wrote more behind these, which the thing's fact says as well. */
type Line = readonly [Form, string];

/** Parses no content. */
export function idOf(body: string): string {
  const [, id]: Line = JSON.parse(body.slice(0, body.indexOf('\n')));
  return id;
}

export function decodeContent({ body }: Pick<LogEntry, 'body'>): Kept {
  const end = body.indexOf('\n');
  const [form, id]: Line = JSON.parse(body.slice(0, end));
  return { id, form, json: body.slice(end + 1) };
}

export interface ContentBounds {
  readonly keep: number;
  readonly maxAgeMs: number;
  readonly bytes: number;
}

/** Keeps the contents within their bounds. */
export async function trimContents(
  storage: Storage,
  nowMs: number,
  { keep, maxAgeMs, bytes: most }: ContentBounds,
): Promise<readonly Trim[]> {
  const logs = await boundsOf(storage, contentsOf(storage));
  const total = logs.reduce((sum, { bytes }) => sum + bytes, 0);
  return logs.map(({ log, first, next }): Trim => {
    // Where it is too much in all, each log keeps the same part of what it has.
    const fitting = total > most ? Math.floor(((next - first) * most) / total) : keep;
    return { kind: 'trim', log, keep: Math.min(keep, fitting), beforeMs: nowMs - maxAgeMs };
  });
}

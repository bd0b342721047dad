/**
 * Records as a shard's log keeps them: the partition key is the entry's key, and the body is one
 * letter and the data. Text in ASCII is kept as it is, everything else as base64, because a log
 * holds text.
 */
import { isAscii } from 'node:buffer';
import type { Append, LogEntry } from '../../storage/storage.ts';
import { logOf, type Shard, type Stream } from './store.ts';

/** A record on its way into a stream. */
export interface Draft {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  /** Digits of the hash key that the caller gave, to go before that of the partition key. */
  readonly hashKey?: string | undefined;
  /**
   * The journal's name for it, where it needs one before its sequence number is known. Records
   * that clients put have none.
   */
  readonly id?: string | undefined;
}

const TEXT = 't';
const BASE64 = 'b';
const ENCRYPTED_TEXT = 'T';
const ENCRYPTED_BASE64 = 'B';
/** A record with an id, which is a UUID and follows. */
const WITH_ID = 'i';
const ID_CHARS = 36;
/** The end of a shard that was closed; see store.ts. */
const MARK = '!';

export function appendOf(stream: Stream, shard: Shard, draft: Draft, atMs: number): Append {
  const { data, partitionKey, id } = draft;
  const named = id === undefined ? '' : WITH_ID + id;
  const body = named + encode(data, stream.keyId !== undefined);
  return { kind: 'append', log: logOf(stream, shard), record: { atMs, key: partitionKey, body } };
}

export function markOf(stream: Stream, shard: Shard, atMs: number): Append {
  return { kind: 'append', log: logOf(stream, shard), record: { atMs, body: MARK } };
}

export function isMark({ body }: Pick<LogEntry, 'body'>): boolean {
  return body === MARK;
}

function encode(data: Uint8Array, isEncrypted: boolean): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  // A character of no width at all is the one that databases have trouble with.
  if (isAscii(bytes) && !bytes.includes(0)) {
    return (isEncrypted ? ENCRYPTED_TEXT : TEXT) + bytes.toString('latin1');
  }
  return (isEncrypted ? ENCRYPTED_BASE64 : BASE64) + bytes.toString('base64');
}

/** Where the letter of the data stands. */
function startOf(body: string): number {
  return body.startsWith(WITH_ID) ? 1 + ID_CHARS : 0;
}

export function dataOf({ body }: Pick<LogEntry, 'body'>): Uint8Array {
  const start = startOf(body);
  const letter = body.charAt(start);
  const isText = letter === TEXT || letter === ENCRYPTED_TEXT;
  return Buffer.from(body.slice(start + 1), isText ? 'latin1' : 'base64');
}

/** The data as base64, for the events of functions. */
export function base64Of(entry: Pick<LogEntry, 'body'>): string {
  const start = startOf(entry.body);
  const letter = entry.body.charAt(start);
  if (letter === BASE64 || letter === ENCRYPTED_BASE64) return entry.body.slice(start + 1);
  return Buffer.from(dataOf(entry)).toString('base64');
}

/** Whether the stream was encrypted when the record was put. */
export function isEncrypted({ body }: Pick<LogEntry, 'body'>): boolean {
  const letter = body.charAt(startOf(body));
  return letter === ENCRYPTED_TEXT || letter === ENCRYPTED_BASE64;
}

/** The journal's name for a record that has one of its own. */
export function ownId({ body }: Pick<LogEntry, 'body'>): string | undefined {
  return body.startsWith(WITH_ID) ? body.slice(1, 1 + ID_CHARS) : undefined;
}

/** Bytes that the data has, or a little more. */
export function dataBytes({ body }: Pick<LogEntry, 'body'>): number {
  const start = startOf(body);
  const letter = body.charAt(start);
  const chars = body.length - start - 1;
  return letter === TEXT || letter === ENCRYPTED_TEXT ? chars : Math.ceil(chars * 0.75);
}

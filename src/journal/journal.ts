/**
 * The journal: what happened to every event, one small record per fact.
 *
 * A fact is written in the commit of its own effect, so the journal never tells of something
 * that did not happen, nor misses something that did. It is bounded by count and age and can be
 * switched off; nothing but traces reads it.
 */
import { crc32 } from 'node:zlib';
import type { Ids } from '../core/ids.ts';
import { redact } from '../core/redaction.ts';
import type { Append, LogRecord, Storage, Trim } from '../storage/storage.ts';

export const JOURNAL = 'journal';

/** Parts into which the journal of data that several nodes share is split. */
const PARTS = 16;

/** The logs that make up the journal. */
export function journalsOf({ shared }: Pick<Storage, 'shared'>): readonly string[] {
  if (!shared) return [JOURNAL];
  return [JOURNAL, ...Array.from({ length: PARTS }, (_, part) => `${JOURNAL}/${part}`)];
}

/**
 * The log that a node writes to. Each commit has its facts, and a log takes one commit at a time:
 * in one log all nodes would wait for each other.
 */
export function journalOf({ shared }: Pick<Storage, 'shared'>, ids: Ids): string {
  return shared ? `${JOURNAL}/${crc32(ids.uuid()) % PARTS}` : JOURNAL;
}

export type FactKind =
  /** An event or message came to be: put, published, sent. `causes` names what led to it. */
  | 'publish'
  /** A rule or subscription chose the event. */
  | 'match'
  /** A hand-over to a target was tried; `outcome` is `ok` or an error code. */
  | 'deliver'
  /** A failed hand-over will be tried again. */
  | 'retry'
  /** It was given up and put into a dead-letter queue, or lost for want of one. */
  | 'dead-letter'
  /** It is an invocation, and its function has run; `causes` names what it was run for. */
  | 'invoke'
  /** A consumer took it from a queue. */
  | 'receive'
  /** A consumer confirmed it. */
  | 'delete'
  /** It went without being consumed: filtered out, expired, purged, dropped. */
  | 'drop';

export interface Fact {
  readonly kind: FactKind;
  /** The event or message it is about. */
  readonly id: string;
  /** The resource it happened at. */
  readonly arn: string;
  readonly atMs: number;
  /** `ok`, or AWS's error code. */
  readonly outcome?: string;
  /** The resource it was handed to. */
  readonly target?: string;
  /** The id it goes on under, where the target gave it a new one. */
  readonly produced?: string;
  /** Ids of the events that led to it. */
  readonly causes?: readonly string[];
  /** A short text for people: a detail-type, a rule's name, an error message. */
  readonly note?: string;
}

export interface Journal {
  readonly on: boolean;
  /** The write that records `fact`; none when the journal is off. */
  record(fact: Fact): readonly Append[];
}

const NOTHING: readonly Append[] = [];

/** `recorded` is called for each fact; it lets the stack keep the journal within its bounds. */
export function journal(on: boolean, recorded: () => void = () => {}, log = JOURNAL): Journal {
  const record = (fact: Fact): readonly Append[] => {
    recorded();
    return [{ kind: 'append', log, record: encodeFact(fact) }];
  };
  return { on, record: on ? record : () => NOTHING };
}

/**
 * Longest text kept of what clients say: bounded by count, the journal is bounded by bytes too. A
 * longer id is nobody's.
 */
const MOST_CHARS = 1_024;

/** A record's body is a JSON array, not an object: member names would be half of its bytes. */
export function encodeFact(fact: Fact): LogRecord {
  const { kind, id, arn, outcome, target, produced } = fact;
  const causes = fact.causes?.filter((cause) => cause.length <= MOST_CHARS);
  const note = fact.note && redact(fact.note.slice(0, MOST_CHARS));
  const body = JSON.stringify([kind, id, arn, outcome, target, produced, causes, note]);
  return { atMs: fact.atMs, body };
}

export function decodeFact(record: LogRecord): Fact {
  const [kind, id, arn, outcome, target, produced, causes, note] = JSON.parse(record.body);
  return {
    kind,
    id,
    arn,
    atMs: record.atMs,
    ...(outcome && { outcome }),
    ...(target && { target }),
    ...(produced && { produced }),
    ...(causes && { causes }),
    ...(note && { note }),
  };
}

/** Keeps the journal within its bounds. Parts of nodes that are gone grow old by themselves. */
export function trimJournal(
  storage: Pick<Storage, 'shared'>,
  nowMs: number,
  keep: number,
  maxAgeMs: number,
): readonly Trim[] {
  const beforeMs = nowMs - maxAgeMs;
  return journalsOf(storage).map((log) => ({ kind: 'trim', log, keep, beforeMs }));
}

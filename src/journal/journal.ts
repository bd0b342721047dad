/**
 * The journal: what happened to every event, one small record per fact.
 *
 * A fact is written in the commit of its own effect, so the journal never tells of something
 * that did not happen, nor misses something that did. It is for those who look: bounded by count
 * and age, it can be switched off.
 */
import { redact } from '../core/redaction.ts';
import type { Append, LogRecord, Storage, Trim } from '../storage/storage.ts';
import { ALL, type Budget } from './budget.ts';
import { encodeContent, type Held } from './contents.ts';
import { besides, JOURNAL, journalsOf } from './logs.ts';

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
  /** The trace that the client put it into, or the run of a function: see trace-context.ts. */
  readonly trace?: string;
}

/** Given up for good: there was no dead-letter queue, or it took nothing. */
export function isLost({ outcome = '' }: Fact): boolean {
  return outcome.startsWith('LOST:');
}

/** A fact as it is told, with what the thing held that came to be. */
export interface Told extends Fact {
  readonly content?: Held | undefined;
}

export interface Journal {
  readonly on: boolean;
  /** Whether contents are kept at all. */
  readonly keepsContents: boolean;
  /** Whether that of a thing which comes to be now would be kept: nobody else needs to make one. */
  wantsContent(): boolean;
  /** The writes that record `fact`; none when the journal is off. */
  record(fact: Told): readonly Append[];
}

const NOTHING: readonly Append[] = [];

export interface JournalOptions {
  readonly on: boolean;
  /** Default false. */
  readonly contents?: boolean;
  /** How many are kept; default: all. */
  readonly budget?: Budget;
  /** Called for each fact; lets the stack keep the journal, and contents, within their bounds. */
  readonly recorded?: (contentChars: number) => void;
  readonly log?: string;
}

export function journal(options: JournalOptions): Journal {
  const { on, contents = false, budget = ALL, recorded = () => {}, log = JOURNAL } = options;
  const beside = besides(log);
  const record = (fact: Told): readonly Append[] => {
    const append: Append = { kind: 'append', log, record: encodeFact(fact) };
    const { content } = fact;
    const isKept = content && contents && budget.take();
    const held = isKept ? encodeContent(beside, fact, content) : undefined;
    recorded(held ? held.record.body.length : 0);
    return held ? [append, held] : [append];
  };
  const keepsContents = on && contents;
  const wantsContent = () => keepsContents && budget.has();
  return { on, keepsContents, wantsContent, record: on ? record : () => NOTHING };
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
  const said = [kind, id, arn, outcome, target, produced, causes, note, fact.trace];
  // Most say little, and each record is shorter without places for the rest.
  while (said.at(-1) === undefined) said.pop();
  return { atMs: fact.atMs, body: JSON.stringify(said) };
}

export function decodeFact(record: LogRecord): Fact {
  const [kind, id, arn, outcome, target, produced, causes, note, trace] = JSON.parse(record.body);
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
    ...(trace && { trace }),
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

/**
 * Appending: read where the stream is, then write what follows under the condition that nobody
 * has written there. A stream only grows, so a version that was read can be passed but never
 * taken back: the condition is enough, and no gap can come about.
 */
import { createHash } from 'node:crypto';
import { atOnce, type Backoff, type Clock } from './clock.ts';
import type { DomainEvent } from './decider.ts';
import { type EventTable, latestVersion, readStream } from './read-events.ts';
import { currentSchema, rowOf, type StoredEvent } from './stored-events.ts';
import { commit, draft, failedWrites, nameOf } from './transaction.ts';

/** A version, or `none` (there is no such stream), `exists` (there is one), `any`. */
export type ExpectedVersion = number | 'none' | 'exists' | 'any';

export interface AppendOptions {
  /** Where the stream must be. Default `any`. */
  readonly expectedVersion?: ExpectedVersion | undefined;
  /**
   * Appends once: when this command's events are in the stream behind the version expected, the
   * append answers them and writes nothing. With `any` and `exists`, where no version tells, the
   * protection lasts ten minutes, as long as AWS remembers the token made of it.
   */
  readonly commandId?: string | undefined;
}

export interface Appended {
  /** The version of the stream's last event of this append. */
  readonly version: number;
  readonly events: readonly StoredEvent[];
}

/** The stream is not where it was expected: someone else has appended. Load, decide, try again. */
export class ConcurrencyError extends Error {
  override readonly name = 'ConcurrencyError';
  readonly streamId: string;
  readonly expected: ExpectedVersion;
  /** The version the stream is at. */
  readonly actual: number;

  constructor(streamId: string, expected: ExpectedVersion, actual: number) {
    super(`Stream ${streamId} is at version ${actual}; expected was ${expected}.`);
    this.streamId = streamId;
    this.expected = expected;
    this.actual = actual;
  }
}

/** More events than one transaction can take. */
export class TooManyEvents extends RangeError {
  override readonly name = 'TooManyEvents';

  constructor(count: number) {
    super(
      `One append takes at most ${MOST_EVENTS} events, because all or none are written: ${count}.`,
    );
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const MOST_EVENTS = 100;
/** How often an append that may land anywhere gives way to others. */
const ANYWHERE_ATTEMPTS = 10;

export interface AppendTable extends EventTable {
  readonly clock: Clock;
  readonly backoff?: Backoff | undefined;
}

export async function appendTo(
  store: AppendTable,
  streamId: string,
  events: readonly DomainEvent[],
  { expectedVersion: expected = 'any', commandId }: AppendOptions,
): Promise<Appended> {
  if (events.length > MOST_EVENTS) throw new TooManyEvents(events.length);
  const { backoff = atOnce } = store;
  const earlier = () => appendedEarlier(store, streamId, expected, commandId);
  const isAnywhere = expected === 'any' || expected === 'exists';
  for (let attempt = 1; ; attempt++) {
    const actual = await latestVersion(store, streamId);
    const missed = () => new ConcurrencyError(streamId, expected, actual);
    if (!isAt(actual, expected)) return (await earlier()) ?? raise(missed());

    const next = place(store, streamId, events, actual, commandId);
    const outcome = await write(store, next, tokenOf(streamId, commandId));
    if (outcome === 'written') return { version: actual + next.length, events: next };
    if (outcome === 'told before') return (await earlier()) ?? raise(missed());
    if (isAnywhere && attempt === ANYWHERE_ATTEMPTS) {
      throw new ConcurrencyError(streamId, expected, await latestVersion(store, streamId));
    }
    // Someone else was faster. What was expected tells whether that matters.
    await backoff(attempt);
  }
}

function raise(cause: Error): never {
  throw cause;
}

function isAt(actual: number, expected: ExpectedVersion): boolean {
  if (expected === 'any') return true;
  if (expected === 'exists') return actual > 0;
  return actual === (expected === 'none' ? 0 : expected);
}

function place(
  { clock, upcasters }: AppendTable,
  streamId: string,
  events: readonly DomainEvent[],
  after: number,
  commandId: string | undefined,
): readonly StoredEvent[] {
  const occurredAt = new Date(clock.now()).toISOString();
  return events.map(({ type, data, metadata }, at) => ({
    ...{ streamId, version: after + at + 1, type, data, metadata },
    schemaVersion: currentSchema(type, upcasters),
    ...{ occurredAt, commandId },
  }));
}

/** `told before`: AWS knows the token, of an append with other bytes (another version or time). */
async function write(
  { client, table, backoff }: AppendTable,
  events: readonly StoredEvent[],
  token: string | undefined,
): Promise<'written' | 'taken' | 'told before'> {
  const tx = draft();
  for (const event of events) {
    tx.put({
      TableName: table,
      Item: rowOf(event),
      ConditionExpression: 'attribute_not_exists(streamId)',
    });
  }
  try {
    await commit(client, tx, { token, backoff });
    return 'written';
  } catch (cause) {
    if (failedWrites(cause).length > 0) return 'taken';
    if (nameOf(cause) === 'IdempotentParameterMismatchException') return 'told before';
    throw cause;
  }
}

/** A token has at most 36 characters, and one command may append to several streams. */
function tokenOf(streamId: string, commandId: string | undefined): string | undefined {
  if (commandId === undefined) return undefined;
  const name = JSON.stringify([streamId, commandId]);
  return createHash('sha256').update(name).digest('hex').slice(0, 36);
}

/** What the command appended behind the version expected, if it did. */
async function appendedEarlier(
  store: EventTable,
  streamId: string,
  expected: ExpectedVersion,
  commandId: string | undefined,
): Promise<Appended | undefined> {
  if (commandId === undefined) return undefined;
  const after = typeof expected === 'number' ? expected : 0;
  const events: StoredEvent[] = [];
  for await (const event of readStream(store, streamId, { after, reverse: true })) {
    if (event.commandId === commandId) events.unshift(event);
    else if (events.length > 0) break;
  }
  const last = events.at(-1);
  return last && { version: last.version, events };
}

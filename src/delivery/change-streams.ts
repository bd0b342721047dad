/**
 * Change streams of tables: what `dynamodb` writes and `dynamodbstreams` reads.
 *
 * A stream is one log. Its shards are stretches of that log, one after another: a row says at
 * which position a shard begins, and it ends where the next one begins. So a writer appends and
 * need not know of shards, and a record whose commit comes late belongs to the shard that is
 * open then. A sequence number is the record's position in the log.
 */
import { createHash } from 'node:crypto';
import { arnOf } from '../core/arn.ts';
import { Collection } from '../storage/collection.ts';
import type { LogEntry, LogName, Storage, Write } from '../storage/storage.ts';
import { schedule, TIMETABLE } from './schedule.ts';
import type { Stack } from './stack.ts';

export type ViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** Partition `<account>/<region>`, key `<table name>/<label>`. */
export interface ChangeStream {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly table: string;
  /** The moment at which it was enabled, as ISO text: the end of the ARN. */
  readonly label: string;
  readonly arn: string;
  readonly view: ViewType;
  readonly keySchema: readonly { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
  readonly enabledAtMs: number;
  /** Since then nothing is written to it; what it holds stays readable until retention ends. */
  readonly disabledAtMs?: number;
}

/** Partition is the stream's id, key the shard's id. */
export interface ChangeShard {
  readonly id: string;
  /** Position of its first record, be it there or still to come. */
  readonly from: number;
  readonly openedAtMs: number;
  readonly parent?: string;
  /** Position behind its last record, once the stream was disabled; else the next one's start. */
  readonly until?: number;
}

/** An item as it stood, with its size by DynamoDB's rule. */
export interface Image {
  /** The item as JSON text in DynamoDB's own JSON, binary as base64. */
  readonly json: string;
  readonly bytes: number;
}

export interface Change {
  readonly name: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: Image;
  readonly before?: Image | undefined;
  readonly after?: Image | undefined;
  /** Time to live removed it, not a client. */
  readonly expired?: boolean;
  /** Journal ids of what led to it. */
  readonly causes: readonly string[];
}

/** A record of the stream as it is kept; what can be told from elsewhere is not. */
export interface KeptChange {
  readonly id: string;
  readonly name: Change['name'];
  readonly bytes: number;
  readonly after?: JsonItem;
  readonly before?: JsonItem;
  readonly expired?: true;
}

export type JsonItem = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** How long records are kept, and how long a shard stays open. */
export const RETENTION_MS = 24 * 3_600_000;
export const SHARD_LIFE_MS = 4 * 3_600_000;

/** The job that opens the next shard and lets go of old records; in `dynamodbstreams`. */
export const ROLL_JOB = 'dynamodbstreams/roll';

const collections = new WeakMap<Storage, ReturnType<typeof openCollections>>();

function openCollections(storage: Storage) {
  return {
    streams: new Collection<ChangeStream>(storage, 'dynamodb/streams'),
    shards: new Collection<ChangeShard>(storage, 'dynamodb/stream-shards'),
  };
}

function collectionsOf(storage: Storage) {
  const opened = collections.get(storage) ?? openCollections(storage);
  collections.set(storage, opened);
  return opened;
}

export const changeStreams = (storage: Storage) => collectionsOf(storage).streams;

export const changeShards = (storage: Storage) => collectionsOf(storage).shards;

export const changeLog = ({ id }: Pick<ChangeStream, 'id'>): LogName => `dynamodb/streams/${id}`;

export const streamPlace = (owner: Pick<ChangeStream, 'account' | 'region'>) =>
  `${owner.account}/${owner.region}`;

export const streamKey = ({ table, label }: Pick<ChangeStream, 'table' | 'label'>) =>
  `${table}/${label}`;

/** A new stream for a table; it begins with the commit of `openingOf`. */
export function newStream(
  stack: Stack,
  of: Pick<ChangeStream, 'account' | 'region' | 'table' | 'view' | 'keySchema'>,
): ChangeStream {
  const enabledAtMs = stack.clock.nowMs();
  const label = new Date(enabledAtMs).toISOString().slice(0, -1);
  const arn = arnOf('dynamodb', of.region, of.account, `table/${of.table}/stream/${label}`);
  return { ...of, id: stack.ids.uuid(), label, arn, enabledAtMs };
}

export function openingOf(stack: Stack, stream: ChangeStream): readonly Write[] {
  const first: ChangeShard = {
    id: shardIdAt(stream, stream.enabledAtMs),
    from: 1,
    openedAtMs: stream.enabledAtMs,
  };
  return [
    changeStreams(stack.storage).put(streamPlace(stream), streamKey(stream), stream),
    changeShards(stack.storage).put(stream.id, first.id, first, 0),
    nextRoll(stack, stream, stream.enabledAtMs + SHARD_LIFE_MS),
  ];
}

/** For a stream that is switched off, or whose table goes. */
export function closingOf(stack: Stack, stream: ChangeStream): readonly Write[] {
  const closed = { ...stream, disabledAtMs: stack.clock.nowMs() };
  return [changeStreams(stack.storage).put(streamPlace(stream), streamKey(stream), closed)];
}

export function nextRoll(stack: Stack, stream: ChangeStream, atMs: number): Write {
  const note = JSON.stringify([streamPlace(stream), streamKey(stream)]);
  return schedule(stack, TIMETABLE, ROLL_JOB, note, atMs);
}

/**
 * Such as `shardId-00000001541626099285-f35f62ef` (observed). Always the same for the same moment,
 * so that two who open a shard at once open one.
 */
export function shardIdAt({ id }: ChangeStream, atMs: number): string {
  const hash = createHash('sha256').update(`${id} ${atMs}`).digest('hex');
  return `shardId-${String(atMs).padStart(20, '0')}-${hash.slice(0, 8)}`;
}

/** The writes that put a change into its stream; to be committed with the item's own. */
export function changeWrites(stack: Stack, stream: ChangeStream, change: Change): readonly Write[] {
  const { view } = stream;
  const { name, keys, causes, expired } = change;
  const after = view === 'KEYS_ONLY' || view === 'OLD_IMAGE' ? undefined : change.after;
  const before = view === 'KEYS_ONLY' || view === 'NEW_IMAGE' ? undefined : change.before;
  // 32 hexadecimal digits, by the quicker of the two ways to such.
  const id = stack.ids.uuid().replaceAll('-', '');
  const atMs = stack.clock.nowMs();
  const bytes = keys.bytes + (after?.bytes ?? 0) + (before?.bytes ?? 0);
  let body = `{"id":"${id}","name":"${name}","bytes":${bytes}`;
  if (after) body += `,"after":${after.json}`;
  if (before) body += `,"before":${before.json}`;
  body += expired ? ',"expired":true}' : '}';
  return [
    { kind: 'append', log: changeLog(stream), record: { atMs, key: keys.json, body } },
    ...stack.journal.record({ kind: 'publish', id, arn: stream.arn, atMs, causes, note: name }),
  ];
}

export function keptChange({ body }: Pick<LogEntry, 'body'>): KeptChange {
  return JSON.parse(body) as KeptChange;
}

/** The keys stand apart from the rest: they say which records must stay in order. */
export function keptKeys({ key = '{}' }: Pick<LogEntry, 'key'>): JsonItem {
  return JSON.parse(key) as JsonItem;
}

/** Sequence numbers have 21 digits, as DynamoDB's shortest have, and grow within a stream. */
const FIRST_SEQUENCE = 10n ** 20n;
/** Between the numbers of two records there is room for the beginning of a shard. */
const STEP = 100n;

export function sequenceNumber(position: number): string {
  return String(FIRST_SEQUENCE + BigInt(position) * STEP);
}

/** Where a shard begins: before its first record, behind the last one of its parent. */
export function startingSequenceNumber({ from }: Pick<ChangeShard, 'from'>): string {
  return String(FIRST_SEQUENCE + BigInt(from) * STEP - STEP / 2n);
}

/** The first position whose record has this number or a greater one. */
export function positionAt(sequence: string): number {
  const steps = BigInt(sequence) - FIRST_SEQUENCE + STEP - 1n;
  return steps <= 0n ? 0 : Number(steps / STEP);
}

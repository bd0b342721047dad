/**
 * Folding a stream into a state, from its beginning or from a snapshot.
 *
 * A snapshot is a cache and nothing else: the state is the same without it, so all of them may be
 * deleted at any time. It is kept under the name of its fold. A fold that changes takes a new
 * name, and the old snapshots are not looked at any more.
 */
import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { fromItem, toItem } from './attribute-values.ts';
import type { DomainEvent, Fold } from './decider.ts';
import { type EventTable, readStream } from './read-events.ts';
import { LAST_VERSION, versionKey } from './stored-events.ts';

export interface SnapshotOptions<State> {
  /** Which fold the state is of, and in which shape: `account-2`. */
  readonly name: string;
  /** After how many events a new snapshot is written. */
  readonly every: number;
  /** How a state is kept, when it is not of plain values. */
  readonly codec?: { encode(state: State): unknown; decode(stored: unknown): State } | undefined;
  /** Told when a snapshot could not be written, which costs time and nothing else. */
  readonly onFailure?: ((cause: unknown) => void) | undefined;
}

export interface LoadOptions<State> {
  /** The state as it was at this version. */
  readonly atVersion?: number | undefined;
  /** The state as it was at this moment. Read from the beginning, without snapshots. */
  readonly atTime?: string | number | Date | undefined;
  readonly snapshot?: SnapshotOptions<State> | undefined;
}

export interface Loaded<State> {
  readonly state: State;
  /** The version of the last event in the state; 0 when there was none. */
  readonly version: number;
}

export async function loadFrom<State, Event extends DomainEvent>(
  store: EventTable,
  streamId: string,
  fold: Fold<State, Event>,
  { atVersion: upTo = LAST_VERSION, atTime, snapshot }: LoadOptions<State>,
): Promise<Loaded<State>> {
  const usable = atTime === undefined ? snapshot : undefined;
  const start = usable && (await readSnapshot(store, streamId, usable, upTo));
  const untilMs = atTime === undefined ? Number.POSITIVE_INFINITY : momentMs(atTime);

  let state = start ? start.state : fold.initialState();
  let version = start?.version ?? 0;
  for await (const event of readStream(store, streamId, { after: version, upTo })) {
    // The order is that of versions: with clocks that differ, a later time may come first.
    if (Date.parse(event.occurredAt) > untilMs) break;
    // What types the stream holds is for its writers to say; the store cannot check it.
    state = fold.evolve(state, event as DomainEvent as Event);
    version = event.version;
  }
  if (usable && version - (start?.version ?? 0) >= usable.every) {
    await writeSnapshot(store, streamId, usable, { state, version });
  }
  return { state, version };
}

function momentMs(moment: string | number | Date): number {
  const ms = new Date(moment).getTime();
  if (Number.isNaN(ms)) throw new RangeError(`${String(moment)} is no moment in time.`);
  return ms;
}

interface SnapshotTable {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The name is encoded, so that no name is another one's beginning. */
const snapshotKey = (name: string, version: number) =>
  `SNAP#${encodeURIComponent(name)}#${versionKey(version)}`;

async function readSnapshot<State>(
  { client, table }: SnapshotTable,
  streamId: string,
  { name, codec }: SnapshotOptions<State>,
  upTo: number,
): Promise<Loaded<State> | undefined> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: '#stream = :stream AND #version BETWEEN :first AND :last',
      ExpressionAttributeNames: { '#stream': 'streamId', '#version': 'version' },
      ExpressionAttributeValues: toItem({
        ':stream': streamId,
        ':first': snapshotKey(name, 0),
        ':last': snapshotKey(name, upTo),
      }),
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  const [item] = Items;
  if (!item) return undefined;
  const { version, state } = fromItem(item);
  return {
    version: Number(String(version).split('#').at(-1)),
    state: codec ? codec.decode(state) : (state as State),
  };
}

async function writeSnapshot<State>(
  { client, table }: SnapshotTable,
  streamId: string,
  { name, codec, onFailure = () => undefined }: SnapshotOptions<State>,
  { state, version }: Loaded<State>,
): Promise<void> {
  try {
    const kept = codec ? codec.encode(state) : state;
    const Item = toItem({ streamId, version: snapshotKey(name, version), state: kept });
    await client.send(new PutItemCommand({ TableName: table, Item }));
  } catch (cause) {
    // A cache that cannot be written is no reason to fail what was asked.
    onFailure(cause);
  }
}

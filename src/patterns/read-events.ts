/** Reading events: one stream in order, or all of them. Reads are strongly consistent. */
import { type DynamoDBClient, paginateQuery, paginateScan } from '@aws-sdk/client-dynamodb';
import { toItem } from './attribute-values.ts';
import {
  eventOf,
  LAST_VERSION,
  type StoredEvent,
  type Upcasters,
  versionKey,
} from './stored-events.ts';

export interface EventTable {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly upcasters: Upcasters;
}

export interface ReadOptions {
  /** Begin behind this version. Default 0, the beginning. */
  readonly after?: number | undefined;
  /** The last version to read. Default: all there are. */
  readonly upTo?: number | undefined;
  /** Newest first. */
  readonly reverse?: boolean | undefined;
  /** How many to ask for at a time. Default: as many as AWS gives in one answer (1 MB). */
  readonly pageSize?: number | undefined;
}

export async function* readStream(
  { client, table, upcasters }: EventTable,
  streamId: string,
  { after = 0, upTo = LAST_VERSION, reverse = false, pageSize }: ReadOptions,
): AsyncGenerator<StoredEvent, void> {
  // BETWEEN refuses bounds the wrong way round.
  if (upTo <= after) return;
  const pages = paginateQuery(
    { client, ...(pageSize !== undefined && { pageSize }) },
    {
      TableName: table,
      KeyConditionExpression: '#stream = :stream AND #version BETWEEN :first AND :last',
      ExpressionAttributeNames: { '#stream': 'streamId', '#version': 'version' },
      ExpressionAttributeValues: toItem({
        ':stream': streamId,
        ':first': versionKey(after + 1),
        ':last': versionKey(upTo),
      }),
      ConsistentRead: true,
      ScanIndexForward: !reverse,
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const event = eventOf(item, upcasters);
      if (event) yield event;
    }
  }
}

/** The version the stream is at; 0 when there is none. */
export async function latestVersion(events: EventTable, streamId: string): Promise<number> {
  for await (const { version } of readStream(events, streamId, { reverse: true, pageSize: 1 })) {
    return version;
  }
  return 0;
}

export interface ReadAllOptions {
  /** Go on behind this event, where an earlier reading stopped. */
  readonly after?: { readonly streamId: string; readonly version: number } | undefined;
  /** Which events to hand out; all are read. */
  readonly filter?: ((event: StoredEvent) => boolean) | undefined;
}

/** A scan keeps the items of one partition together and sorted, which is the order promised. */
export async function* readAllOf(
  { client, table, upcasters }: EventTable,
  { after, filter = () => true }: ReadAllOptions,
): AsyncGenerator<StoredEvent, void> {
  const from = after && { streamId: after.streamId, version: versionKey(after.version) };
  const pages = paginateScan(
    { client, startingToken: from && toItem(from) },
    { TableName: table, ConsistentRead: true },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const event = eventOf(item, upcasters);
      if (event && filter(event)) yield event;
    }
  }
}

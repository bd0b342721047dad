/**
 * Records of a stream: as clients get them, and as functions do, where binary is base64.
 */
import {
  type ChangeStream,
  type JsonItem,
  keptChange,
  keptKeys,
  sequenceNumber,
} from '../../delivery/change-streams.ts';
import type { LogEntry } from '../../storage/storage.ts';
import type { AttributeMap, AttributeValue, Record } from '../../wire/types/dynamodbstreams.ts';

/** A record with what differs between the two: items, and how the one who removed it is told. */
export interface Shown {
  readonly record: {
    readonly eventID: string;
    readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
    readonly eventVersion: '1.1';
    readonly eventSource: 'aws:dynamodb';
    readonly awsRegion: string;
  };
  readonly expired: boolean;
  /** Without items. */
  readonly about: {
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: ChangeStream['view'];
  };
  /** Whole seconds. */
  readonly createdAtMs: number;
  readonly items: {
    readonly Keys: JsonItem;
    readonly NewImage?: JsonItem;
    readonly OldImage?: JsonItem;
  };
}

export function shown({ region, view }: ChangeStream, entry: LogEntry): Shown {
  const { id, name, bytes, after, before, expired = false } = keptChange(entry);
  return {
    record: {
      eventID: id,
      eventName: name,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
    },
    expired,
    about: {
      SequenceNumber: sequenceNumber(entry.position),
      SizeBytes: bytes,
      StreamViewType: view,
    },
    createdAtMs: Math.floor(entry.atMs / 1000) * 1000,
    items: {
      Keys: keptKeys(entry),
      ...(after && { NewImage: after }),
      ...(before && { OldImage: before }),
    },
  };
}

/** Who removes what has outlived its time. */
const TIME_TO_LIVE = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' };

export function recordOf(stream: ChangeStream, entry: LogEntry): Record {
  const { record, expired, about, createdAtMs, items } = shown(stream, entry);
  const images = Object.entries(items).map(([name, item]) => [name, withBytes(item)]);
  return {
    ...record,
    dynamodb: {
      ApproximateCreationDateTime: createdAtMs,
      ...(Object.fromEntries(images) as { [name: string]: AttributeMap }),
      ...about,
    },
    ...(expired && { userIdentity: TIME_TO_LIVE }),
  };
}

function withBytes(item: JsonItem): AttributeMap {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, wireValue(value)]));
}

type JsonValue = JsonItem[string];

/** Base64 becomes bytes, however deep it stands. */
function wireValue(value: JsonValue): AttributeValue {
  if (typeof value.B === 'string') return { B: bytesOf(value.B) };
  if (Array.isArray(value.BS)) return { BS: value.BS.map(bytesOf) };
  if (value.M) return { M: withBytes(value.M as JsonItem) };
  if (Array.isArray(value.L)) return { L: value.L.map(wireValue) };
  return value;
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

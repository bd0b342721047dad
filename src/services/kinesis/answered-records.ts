/**
 * Records as GetRecords and SubscribeToShard answer them. Their JSON is cut from what the log
 * holds: data that is kept as base64 goes out without being decoded and encoded again, and without
 * a look at every character for what JSON would escape. For other protocols, and for callers
 * inside, the records are objects. (bench/kinesis.ts: 132,000 records a second before.)
 */
import type { LogEntry } from '../../storage/storage.ts';
import { withReadyJson } from '../../wire/documents/ready-json.ts';
import type * as Kinesis from '../../wire/types/kinesis.ts';
import { base64Of, dataOf, isEncrypted } from './records.ts';
import { sequenceNumber } from './sequence-numbers.ts';
import type { Shard, Stream } from './store.ts';

function recordOf(stream: Stream, shard: Shard, entry: LogEntry): Kinesis.Record {
  const record = {
    SequenceNumber: sequenceNumber(stream, shard, entry.position),
    ApproximateArrivalTimestamp: entry.atMs,
    Data: dataOf(entry),
    PartitionKey: entry.key ?? '',
  };
  return isEncrypted(entry) ? { ...record, EncryptionType: 'KMS' } : record;
}

/** Characters of a record's JSON besides its data and its key. */
const MOST_AROUND = 200;
/** Bytes of a character of a key, at most, when it is escaped. */
const MOST_ESCAPED = 6;

/**
 * The JSON of an answer, as bytes: written record by record, a megabyte is copied once on its way,
 * and not, as a string that is put together, for each of its parts, its head and the socket.
 */
function jsonOf(stream: Stream, shard: Shard, entries: readonly LogEntry[], rest: string) {
  const bytes = Buffer.allocUnsafe(mostBytes(entries) + Buffer.byteLength(rest) + MOST_AROUND);
  let at = bytes.write('{"Records":[');
  let before = '';
  for (const entry of entries) {
    at += bytes.write(before + recordJson(stream, shard, entry), at);
    before = ',';
  }
  at += bytes.write(`],${rest.slice(1)}`, at);
  return bytes.subarray(0, at);
}

function mostBytes(entries: readonly LogEntry[]): number {
  let total = 0;
  for (const { body, key = '' } of entries) {
    total += Math.ceil(body.length / 3) * 4 + key.length * MOST_ESCAPED + MOST_AROUND;
  }
  return total;
}

/** What the wire would make of `recordOf`. */
function recordJson(stream: Stream, shard: Shard, entry: LogEntry): string {
  const { position, atMs, key = '' } = entry;
  return (
    `{"SequenceNumber":"${sequenceNumber(stream, shard, position)}",` +
    `"ApproximateArrivalTimestamp":${atMs / 1000},"Data":"${base64Of(entry)}",` +
    `"PartitionKey":${JSON.stringify(key)}${isEncrypted(entry) ? ',"EncryptionType":"KMS"}' : '}'}`
  );
}

/** An answer, or an event, with the records first and then `rest`. */
export function withRecords<Rest extends object>(
  stream: Stream,
  shard: Shard,
  entries: readonly LogEntry[],
  rest: Rest,
): Rest & { readonly Records: readonly Kinesis.Record[] } {
  const answer = {
    get Records() {
      return entries.map((entry) => recordOf(stream, shard, entry));
    },
    ...rest,
  };
  return withReadyJson(answer, () => jsonOf(stream, shard, entries, JSON.stringify(rest)));
}

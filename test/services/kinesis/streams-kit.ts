/** Streams for tests: made, filled, and read from end to end. */
import { type QuotaName, quotas } from '../../../src/core/quotas.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';

export const StreamName = 's';
export const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

export type Changes = Partial<Record<QuotaName, number>>;

export function startWith(changes: Changes): Promise<Suite> {
  return startSuite({ settings: { quotas: quotas('current', changes) } });
}

export async function withStream(ShardCount = 1, changes: Changes = {}): Promise<Suite> {
  const aws = await startWith(changes);
  await aws.call('kinesis', 'CreateStream', { StreamName, ShardCount });
  return aws;
}

export const bytes = (text: string) => new Uint8Array(Buffer.from(text));
export const text = (data: Uint8Array) => Buffer.from(data).toString();

export function id(number: number): string {
  return `shardId-${String(number).padStart(12, '0')}`;
}

export function put(aws: Suite, PartitionKey: string, data = PartitionKey, more: object = {}) {
  const record = { StreamName, PartitionKey, Data: bytes(data), ...more };
  return aws.call('kinesis', 'PutRecord', record);
}

export async function iterator(aws: Suite, shard: number, more: object = {}): Promise<string> {
  const answer = await aws.call('kinesis', 'GetShardIterator', {
    StreamName,
    ShardId: id(shard),
    ShardIteratorType: 'TRIM_HORIZON',
    ...more,
  });
  return answer.ShardIterator ?? '';
}

/** The data of a shard's records from an iterator's place on, in one answer. */
export async function read(aws: Suite, shard: number, more: object = {}): Promise<string[]> {
  const ShardIterator = await iterator(aws, shard, more);
  const { Records } = await aws.call('kinesis', 'GetRecords', { ShardIterator });
  return Records.map(({ Data }) => text(Data));
}

export async function shards(aws: Suite, more: object = {}) {
  const { Shards = [] } = await aws.call('kinesis', 'ListShards', { StreamName, ...more });
  return Shards;
}

export async function summary(aws: Suite) {
  const answer = await aws.call('kinesis', 'DescribeStreamSummary', { StreamName });
  return answer.StreamDescriptionSummary;
}

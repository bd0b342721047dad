/** Reading streams as their clients do. */
import type { Record } from '../../../src/wire/types/dynamodbstreams.ts';
import type { Suite } from '../../sdk/suite.ts';

export async function shardsOf(aws: Suite, arn: string) {
  const answer = await aws.call('dynamodbstreams', 'DescribeStream', { StreamArn: arn });
  return answer.StreamDescription?.Shards ?? [];
}

export async function iteratorOf(aws: Suite, arn: string, more: object = {}): Promise<string> {
  const shard = (await shardsOf(aws, arn)).at(-1);
  const { ShardIterator } = await aws.call('dynamodbstreams', 'GetShardIterator', {
    StreamArn: arn,
    ShardId: shard?.ShardId ?? '',
    ShardIteratorType: 'TRIM_HORIZON',
    ...more,
  });
  return ShardIterator ?? '';
}

export async function read(aws: Suite, ShardIterator: string, Limit?: number) {
  const input = { ShardIterator, ...(Limit !== undefined && { Limit }) };
  const answer = await aws.call('dynamodbstreams', 'GetRecords', input);
  const records = answer.Records ?? [];
  return { records, ids: records.map(idOf), next: answer.NextShardIterator };
}

export const idOf = ({ dynamodb }: Record) => dynamodb?.Keys?.id?.S;

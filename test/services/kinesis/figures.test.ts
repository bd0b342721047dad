import { KinesisClient, SubscribeToShardCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { ARN, bytes, id, iterator, put, read, StreamName, withStream } from './streams-kit.ts';

const HALF = '170141183460469231731687303715884105728';

/** What the samples of a metric of AWS/Kinesis add up to. */
const sum = (aws: Suite, metric: string, more: Readonly<Record<string, string>> = {}) =>
  aws.stack.metrics.read('millrace_kinesis', { metric, stream: StreamName, ...more });

const monitor = (aws: Suite, ...ShardLevelMetrics: readonly 'ALL'[]) =>
  aws.call('kinesis', 'EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics });

describe('answers', () => {
  test('records that are put are told by operation, and all together', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'four');
    const Records = ['a', 'bc'].map((data) => ({ PartitionKey: 'k', Data: bytes(data) }));
    await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    const told = async (...metrics: readonly string[]) =>
      Object.fromEntries(
        await Promise.all(metrics.map(async (metric) => [metric, await sum(aws, metric)])),
      );
    expect(
      await told(
        ...['PutRecord.Success', 'PutRecord.Bytes', 'PutRecords.Success', 'PutRecords.Bytes'],
        ...[
          'PutRecords.SuccessfulRecords',
          'PutRecords.TotalRecords',
          'PutRecords.ThrottledRecords',
        ],
        ...['IncomingRecords', 'IncomingBytes', 'WriteProvisionedThroughputExceeded'],
      ),
    ).toEqual({
      'PutRecord.Success': 1,
      'PutRecord.Bytes': 5,
      'PutRecords.Success': 1,
      'PutRecords.Bytes': 5,
      'PutRecords.SuccessfulRecords': 2,
      'PutRecords.TotalRecords': 2,
      'PutRecords.ThrottledRecords': 0,
      IncomingRecords: 3,
      IncomingBytes: 10,
      WriteProvisionedThroughputExceeded: 0,
    });
    expect(await sum(aws, 'PutRecord.Latency')).toBeGreaterThan(0);
  });

  test('records that are read are told, with how far behind the reader is', async () => {
    await using aws = await withStream();
    for (const data of ['a', 'bc', 'd']) await put(aws, 'k', data);
    await aws.clock.advance('5s');
    const ShardIterator = await iterator(aws, 0);
    await aws.call('kinesis', 'GetRecords', { ShardIterator, Limit: 2 });
    expect(await sum(aws, 'GetRecords.Records')).toBe(2);
    expect(await sum(aws, 'GetRecords.Bytes')).toBe(3);
    expect(await sum(aws, 'GetRecords.IteratorAgeMilliseconds')).toBe(5_000);
    expect(await sum(aws, 'GetRecords.Success')).toBe(1);
  });

  test('shards are told for as long as enhanced monitoring is switched on', async () => {
    await using aws = await withStream(2);
    const shard = (number: number) => sum(aws, 'IncomingRecords', { shard: id(number) });
    await put(aws, 'a');
    expect([await shard(0), await shard(1)]).toEqual([undefined, undefined]);
    await monitor(aws, 'ALL');
    await put(aws, 'a');
    await put(aws, 'a', 'x', { ExplicitHashKey: HALF });
    await put(aws, 'a', 'y', { ExplicitHashKey: HALF });
    await read(aws, 1);
    expect([await shard(0), await shard(1)]).toEqual([1, 2]);
    expect(await sum(aws, 'OutgoingRecords', { shard: id(1) })).toBe(2);
    expect(await sum(aws, 'IteratorAgeMilliseconds', { shard: id(1) })).toBe(0);
    await aws.call('kinesis', 'DisableEnhancedMonitoring', {
      StreamName,
      ShardLevelMetrics: ['IncomingRecords'],
    });
    await put(aws, 'a');
    expect(await shard(0)).toBe(1);
    expect(await sum(aws, 'IncomingBytes', { shard: id(0) })).toBe(4);
    expect(await sum(aws, 'IncomingRecords', { shard: '' })).toBe(5);
  });

  test('events of subscriptions are told by consumer, as are refused subscriptions', async () => {
    await using aws = await withStream();
    const { Consumer } = await aws.call('kinesis', 'RegisterStreamConsumer', {
      StreamARN: ARN,
      ConsumerName: 'c',
    });
    await put(aws, 'k', 'data');
    const { endpoint, region } = aws;
    const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
    const client = new KinesisClient({ endpoint, region, credentials, maxAttempts: 1 });
    const subscribe = () =>
      client.send(
        new SubscribeToShardCommand({
          ConsumerARN: Consumer.ConsumerARN,
          ShardId: id(0),
          StartingPosition: { Type: 'TRIM_HORIZON' },
        }),
      );
    const { EventStream = [] } = await subscribe();
    for await (const { SubscribeToShardEvent } of EventStream) {
      if (SubscribeToShardEvent?.Records?.length) break;
    }
    const told = (metric: string) => sum(aws, metric, { consumer: 'c' });
    expect(await told('SubscribeToShardEvent.Records')).toBe(1);
    expect(await told('SubscribeToShardEvent.Bytes')).toBe(4);
    expect(await told('SubscribeToShard.Success')).toBe(1);
    expect(await told('SubscribeToShard.RateExceeded')).toBe(0);
    await expect(subscribe()).rejects.toMatchObject({ name: 'ResourceInUseException' });
    expect(await told('SubscribeToShard.RateExceeded')).toBe(1);
    client.destroy();
  });
});

describe('refusals', () => {
  test('records that a shard does not take are told as throttled', async () => {
    await using aws = await withStream(1, { 'kinesis.shardWriteRecords': 1 });
    await monitor(aws, 'ALL');
    const Records = Array.from({ length: 3 }, () => ({
      PartitionKey: 'k',
      Data: bytes('x'),
    }));
    const { FailedRecordCount } = await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    expect(FailedRecordCount).toBe(2);
    expect(await sum(aws, 'PutRecords.ThrottledRecords')).toBe(2);
    const exceeded = 'WriteProvisionedThroughputExceeded';
    expect(await sum(aws, exceeded, { shard: id(0) })).toBe(2);
    await aws.fails('kinesis', 'PutRecord', { StreamName, ...(Records[0] as (typeof Records)[0]) });
    expect(await sum(aws, exceeded, { shard: '' })).toBe(3);
    expect(await sum(aws, 'PutRecord.Success')).toBe(0);
  });
});

import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { get, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
const ON = { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' } };
const OFF = { TableName, TimeToLiveSpecification: { Enabled: false, AttributeName: 'until' } };

function item(aws: Suite, sk: string, inSeconds: number) {
  const until = N(Math.floor(aws.clock.now() / 1000) + inSeconds);
  return { pk: S('a'), sk: S(sk), until };
}

describe('answers', () => {
  test('it is on, off, and told of', async () => {
    await using aws = await withTable();
    const describes = async () =>
      (await aws.call('dynamodb', 'DescribeTimeToLive', { TableName })).TimeToLiveDescription;
    expect(await describes()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    expect(await aws.call('dynamodb', 'UpdateTimeToLive', ON)).toEqual({
      TimeToLiveSpecification: ON.TimeToLiveSpecification,
    });
    expect(await describes()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'until' });
    await aws.call('dynamodb', 'UpdateTimeToLive', OFF);
    expect(await describes()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });

  test('items go within a minute of their time, be they older than it or not', async () => {
    await using aws = await withTable();
    await put(aws, item(aws, 'before', 90));
    await aws.call('dynamodb', 'UpdateTimeToLive', ON);
    await aws.settled();
    await put(aws, item(aws, 'after', 90), item(aws, 'later', 500));
    await put(aws, { pk: S('a'), sk: S('never'), until: S('1') });
    await put(aws, { pk: S('a'), sk: S('past'), until: N(1) });
    await put(aws, { ...item(aws, 'saved', 90) });
    await put(aws, { ...item(aws, 'saved', 900) });
    await aws.clock.advance('80s');
    expect(await get(aws, 'a', 'before')).toBeDefined();
    await aws.clock.advance('100s');
    const { Items } = await aws.call('dynamodb', 'Scan', { TableName });
    const left = Items?.map(({ sk }) => sk?.S).sort();
    expect(left).toEqual(['later', 'never', 'past', 'saved']);
  });

  test('nothing goes once it is off', async () => {
    await using aws = await withTable();
    await aws.call('dynamodb', 'UpdateTimeToLive', ON);
    await put(aws, item(aws, '1', 30));
    await aws.call('dynamodb', 'UpdateTimeToLive', OFF);
    await aws.clock.advance('5m');
    expect(await get(aws, 'a', '1')).toBeDefined();
  });

  test('the stream tells that nobody deleted the item', async () => {
    await using aws = await withTable({
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'OLD_IMAGE' },
    });
    await aws.call('dynamodb', 'UpdateTimeToLive', ON);
    await put(aws, item(aws, '1', 30));
    await aws.clock.advance('2m');
    const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName });
    const StreamArn = Table?.LatestStreamArn ?? '';
    const { StreamDescription } = await aws.call('dynamodbstreams', 'DescribeStream', {
      StreamArn,
    });
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId ?? '';
    const { ShardIterator = '' } = await aws.call('dynamodbstreams', 'GetShardIterator', {
      ...{ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' },
    });
    const { Records } = await aws.call('dynamodbstreams', 'GetRecords', { ShardIterator });
    expect(Records?.map(({ eventName, userIdentity }) => [eventName, userIdentity])).toEqual([
      ['INSERT', undefined],
      ['REMOVE', { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }],
    ]);
  });
});

describe('refusals', () => {
  test('what is on is not switched on, nor off what is off', async () => {
    await using aws = await withTable();
    expect((await aws.fails('dynamodb', 'UpdateTimeToLive', OFF)).message).toBe(
      'TimeToLive is already disabled',
    );
    await aws.call('dynamodb', 'UpdateTimeToLive', ON);
    expect((await aws.fails('dynamodb', 'UpdateTimeToLive', ON)).message).toBe(
      'TimeToLive is already enabled',
    );
  });

  test('another attribute than the one it goes by', async () => {
    await using aws = await withTable();
    await aws.call('dynamodb', 'UpdateTimeToLive', ON);
    const TimeToLiveSpecification = { Enabled: false, AttributeName: 'other' };
    const input = { TableName, TimeToLiveSpecification };
    expect((await aws.fails('dynamodb', 'UpdateTimeToLive', input)).message).toBe(
      'TimeToLive is active on a different AttributeName: current AttributeName is until',
    );
  });
});

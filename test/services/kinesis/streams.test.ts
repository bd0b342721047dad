import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { ARN, id, StreamName, shards, startWith, summary, withStream } from './streams-kit.ts';

describe('answers', () => {
  test('a stream is there at once, with shards that share the hash keys evenly', async () => {
    await using aws = await withStream(3);
    const { StreamDescription } = await aws.call('kinesis', 'DescribeStream', { StreamName });
    const { Shards, ...rest } = StreamDescription;
    expect(rest).toEqual({
      StreamName,
      StreamARN: ARN,
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      HasMoreShards: false,
      RetentionPeriodHours: 24,
      StreamCreationTimestamp: aws.clock.now(),
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: 'NONE',
    });
    expect(Shards.map(({ ShardId, HashKeyRange }) => [ShardId, HashKeyRange])).toEqual([
      [id(0), range('0', '113427455640312821154458202477256070484')],
      [
        id(1),
        range('113427455640312821154458202477256070485', '226854911280625642308916404954512140969'),
      ],
      [
        id(2),
        range('226854911280625642308916404954512140970', '340282366920938463463374607431768211455'),
      ],
    ]);
    for (const { SequenceNumberRange } of Shards) {
      expect(SequenceNumberRange.StartingSequenceNumber).toMatch(/^49\d{54}$/);
      expect(SequenceNumberRange.EndingSequenceNumber).toBeUndefined();
    }
  });

  test('its summary counts shards and consumers, and names it by its id', async () => {
    await using aws = await withStream(2);
    const consumer = { StreamARN: ARN, ConsumerName: 'c' };
    await aws.call('kinesis', 'RegisterStreamConsumer', consumer);
    const described = await summary(aws);
    expect(described).toMatchObject({
      OpenShardCount: 2,
      ConsumerCount: 1,
      MaxRecordSizeInKiB: 1024,
      StreamId: expect.stringMatching(/^[a-z0-9]{20}-[a-z0-9]{3}$/),
    });
    const { StreamId } = described;
    expect(await inside(aws, { StreamId })).toMatchObject({
      StreamDescriptionSummary: { StreamARN: ARN, StreamId },
    });
    const byArn = await aws.call('kinesis', 'DescribeStreamSummary', { StreamARN: ARN });
    expect(byArn.StreamDescriptionSummary).toEqual(described);
  });

  test('an on-demand stream begins with four shards', async () => {
    await using aws = await startSuite();
    const StreamModeDetails = { StreamMode: 'ON_DEMAND' } as const;
    const made = { StreamName, StreamModeDetails, Tags: { team: 'a' }, MaxRecordSizeInKiB: 2048 };
    await aws.call('kinesis', 'CreateStream', { ...made, WarmThroughputMiBps: 7 });
    expect(await summary(aws)).toMatchObject({
      StreamModeDetails,
      OpenShardCount: 4,
      MaxRecordSizeInKiB: 2048,
      WarmThroughput: { TargetMiBps: 7, CurrentMiBps: 7 },
    });
    const { Tags } = await aws.call('kinesis', 'ListTagsForStream', { StreamName });
    expect(Tags).toEqual([{ Key: 'team', Value: 'a' }]);
  });

  test('shards are described in pages', async () => {
    await using aws = await withStream(3);
    const first = { StreamName, Limit: 2 };
    const { StreamDescription: one } = await aws.call('kinesis', 'DescribeStream', first);
    expect(one.Shards.map(({ ShardId }) => ShardId)).toEqual([id(0), id(1)]);
    expect(one.HasMoreShards).toBe(true);
    const second = { ...first, ExclusiveStartShardId: id(1) };
    const { StreamDescription: two } = await aws.call('kinesis', 'DescribeStream', second);
    expect(two.Shards.map(({ ShardId }) => ShardId)).toEqual([id(2)]);
    expect(two.HasMoreShards).toBe(false);
  });

  test('streams are listed by name, in pages, each account and region for itself', async () => {
    await using aws = await startSuite();
    for (const name of ['b', 'c', 'a']) {
      await aws.call('kinesis', 'CreateStream', { StreamName: name, ShardCount: 1 });
    }
    const one = await aws.call('kinesis', 'ListStreams', { Limit: 2 });
    expect(one).toMatchObject({ StreamNames: ['a', 'b'], HasMoreStreams: true });
    expect(one.StreamSummaries?.[1]).toEqual({
      StreamName: 'b',
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/b',
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamCreationTimestamp: aws.clock.now(),
    });
    const { NextToken = '' } = one;
    const two = await aws.call('kinesis', 'ListStreams', { Limit: 2, NextToken });
    expect(two).toMatchObject({ StreamNames: ['c'], HasMoreStreams: false });
    const after = await aws.call('kinesis', 'ListStreams', { ExclusiveStartStreamName: 'a' });
    expect(after.StreamNames).toEqual(['b', 'c']);
    const abroad = await aws.as({ region: 'eu-west-1' }).call('kinesis', 'ListStreams', {});
    expect(abroad.StreamNames).toEqual([]);
  });

  test('a deleted stream is gone, and one of the same name begins anew', async () => {
    await using aws = await withStream();
    const { StreamId: before } = await summary(aws);
    await aws.call('kinesis', 'DeleteStream', { StreamName });
    expect((await aws.call('kinesis', 'ListStreams', {})).StreamNames).toEqual([]);
    await aws.call('kinesis', 'CreateStream', { StreamName, ShardCount: 2 });
    expect((await summary(aws)).StreamId).not.toBe(before);
    expect(await shards(aws)).toHaveLength(2);
  });

  test('with a quota for it, the states on the way can be seen', async () => {
    await using aws = await withStream(1, { 'kinesis.transitionMs': 5_000 });
    expect(await summary(aws)).toMatchObject({ StreamStatus: 'CREATING', OpenShardCount: 0 });
    await aws.clock.advance('5s');
    expect(await summary(aws)).toMatchObject({ StreamStatus: 'ACTIVE', OpenShardCount: 1 });
    const to = { StreamName, TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' } as const;
    await aws.call('kinesis', 'UpdateShardCount', to);
    expect(await summary(aws)).toMatchObject({ StreamStatus: 'UPDATING', OpenShardCount: 1 });
    expect(await aws.fails('kinesis', 'UpdateShardCount', to)).toMatchObject({
      code: 'ResourceInUseException',
      message: 'Stream s under account 000000000000 not ACTIVE, instead in state UPDATING',
    });
    const deleted = await aws.fails('kinesis', 'DeleteStream', { StreamName });
    expect(deleted.code).toBe('ResourceInUseException');
    await aws.settled();
    expect(await summary(aws)).toMatchObject({ StreamStatus: 'ACTIVE', OpenShardCount: 2 });
    await aws.call('kinesis', 'DeleteStream', { StreamName });
    expect(await summary(aws)).toMatchObject({ StreamStatus: 'DELETING' });
    await aws.settled();
    expect((await aws.call('kinesis', 'ListStreams', {})).StreamNames).toEqual([]);
  });
});

describe('refusals', () => {
  test('a stream that exists is not made again', async () => {
    await using aws = await withStream();
    const again = { StreamName, ShardCount: 1 };
    expect(await aws.fails('kinesis', 'CreateStream', again)).toMatchObject({
      code: 'ResourceInUseException',
      message: 'Stream s under account 000000000000 already exists.',
    });
  });

  test('a stream that is not there is not found, by name, ARN or id', async () => {
    await using aws = await withStream();
    const message = 'Stream t under account 000000000000 not found.';
    const missing = { code: 'ResourceNotFoundException', message };
    const StreamARN = ARN.replace('/s', '/t');
    for (const input of [{ StreamName: 't' }, { StreamARN }]) {
      expect(await aws.fails('kinesis', 'DescribeStream', input)).toMatchObject(missing);
      expect(await aws.fails('kinesis', 'DeleteStream', input)).toMatchObject(missing);
    }
    const StreamId = `${'a'.repeat(20)}-bcd`;
    for (const input of [{ StreamId }, { StreamName, StreamId }]) {
      const answer = inside(aws, input);
      await expect(answer).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    }
    const abroad = aws.as({ region: 'eu-west-1' });
    const { code } = await abroad.fails('kinesis', 'DescribeStream', { StreamARN: ARN });
    expect(code).toBe('ResourceNotFoundException');
    expect(await aws.fails('kinesis', 'DescribeStream', {})).toMatchObject({
      code: 'InvalidArgumentException',
    });
  });

  test.each([
    ['no count of shards', {}],
    ['shards of an on-demand stream', { ShardCount: 1, StreamModeDetails: mode('ON_DEMAND') }],
    ['warm throughput of a provisioned stream', { ShardCount: 1, WarmThroughputMiBps: 5 }],
    ['tags that are AWS’s own', { ShardCount: 1, Tags: { 'aws:x': 'y' } }],
  ])('a stream is not made with %s', async (_, input) => {
    await using aws = await startSuite();
    const { code } = await aws.fails('kinesis', 'CreateStream', { StreamName, ...input });
    expect(code).toBe('InvalidArgumentException');
  });

  test('a stream that spreads records itself is refused by name', async () => {
    await using aws = await startSuite();
    const input = { StreamName, StreamModeDetails: mode('ON_DEMAND') };
    const auto = { ...input, RecordDistributionStrategy: 'AUTO' };
    const { message } = await aws.fails('kinesis', 'CreateStream', auto);
    expect(message).toBe('millrace has not built AUTO record distribution yet.');
  });

  test('a stream with consumers is only deleted along with them', async () => {
    await using aws = await withStream();
    const consumer = { StreamARN: ARN, ConsumerName: 'c' };
    await aws.call('kinesis', 'RegisterStreamConsumer', consumer);
    expect(await aws.fails('kinesis', 'DeleteStream', { StreamName })).toMatchObject({
      code: 'ResourceInUseException',
      message: expect.stringMatching(/^DeleteStream can’t delete 000000000000:s because there are/),
    });
    await aws.call('kinesis', 'DeleteStream', { StreamName, EnforceConsumerDeletion: true });
    expect((await aws.call('kinesis', 'ListStreams', {})).StreamNames).toEqual([]);
  });

  test('a token that was made up is refused', async () => {
    await using aws = await startSuite();
    const { code } = await aws.fails('kinesis', 'ListStreams', { NextToken: 'nonsense' });
    expect(code).toBe('InvalidArgumentException');
  });
});

describe('limits', () => {
  test('an account has so many shards and on-demand streams', async () => {
    await using aws = await startWith({
      'kinesis.shardsPerAccount': 3,
      'kinesis.onDemandStreams': 1,
    });
    await aws.call('kinesis', 'CreateStream', { StreamName, ShardCount: 2 });
    const more = { StreamName: 't', ShardCount: 2 };
    expect(await aws.fails('kinesis', 'CreateStream', more)).toMatchObject({
      code: 'LimitExceededException',
      message: expect.stringContaining(
        'exceed the shard limit for the account 000000000000 in us-east-1. Current shard count ' +
          'for the account: 2. Limit: 3. Number of additional shards that would have resulted ' +
          'from this request: 2.',
      ),
    });
    const onDemand = { StreamModeDetails: mode('ON_DEMAND') };
    await aws.call('kinesis', 'CreateStream', { StreamName: 'u', ...onDemand });
    const fourth = { StreamName: 'v', ...onDemand };
    const { code } = await aws.fails('kinesis', 'CreateStream', fourth);
    expect(code).toBe('LimitExceededException');
  });

  test('five streams are CREATING at once', async () => {
    await using aws = await startWith({ 'kinesis.transitionMs': 1_000 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await aws.call('kinesis', 'CreateStream', { StreamName: name, ShardCount: 1 });
    }
    const sixth = { StreamName: 'f', ShardCount: 1 };
    const { code } = await aws.fails('kinesis', 'CreateStream', sixth);
    expect(code).toBe('LimitExceededException');
    await aws.settled();
    await aws.call('kinesis', 'CreateStream', sixth);
  });
});

/** Past the SDKs, which take the host's name from a StreamId, whatever endpoint they are told. */
function inside({ stack, account, region }: Suite, input: object) {
  const as = { account, region, principalArn: `arn:aws:iam::${account}:root` };
  return stack.invoke('kinesis', 'DescribeStreamSummary', input, as);
}

function range(StartingHashKey: string, EndingHashKey: string) {
  return { StartingHashKey, EndingHashKey };
}

function mode<Mode extends 'ON_DEMAND' | 'PROVISIONED'>(StreamMode: Mode) {
  return { StreamMode };
}

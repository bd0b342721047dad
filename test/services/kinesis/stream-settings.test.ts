import { describe, expect, test } from 'vitest';
import { ARN, StreamName, startWith, summary, withStream } from './streams-kit.ts';

const mode = (StreamMode: 'ON_DEMAND' | 'PROVISIONED') => {
  return { StreamARN: ARN, StreamModeDetails: { StreamMode } };
};

describe('answers', () => {
  test('a stream goes on demand and back, and keeps its shards', async () => {
    await using aws = await withStream(3);
    await aws.call('kinesis', 'UpdateStreamMode', { ...mode('ON_DEMAND'), WarmThroughputMiBps: 5 });
    expect(await summary(aws)).toMatchObject({
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      WarmThroughput: { TargetMiBps: 5, CurrentMiBps: 5 },
      OpenShardCount: 3,
      StreamStatus: 'ACTIVE',
    });
    const warm = { StreamName, WarmThroughputMiBps: 9 };
    expect(await aws.call('kinesis', 'UpdateStreamWarmThroughput', warm)).toEqual({
      StreamName,
      StreamARN: ARN,
      WarmThroughput: { TargetMiBps: 9, CurrentMiBps: 9 },
    });
    await aws.call('kinesis', 'UpdateStreamMode', mode('PROVISIONED'));
    const described = await summary(aws);
    expect(described.StreamModeDetails?.StreamMode).toBe('PROVISIONED');
    expect(described.WarmThroughput).toBeUndefined();
  });

  test('the largest record is set', async () => {
    await using aws = await withStream();
    await aws.call('kinesis', 'UpdateMaxRecordSize', {
      StreamARN: ARN,
      MaxRecordSizeInKiB: 10_240,
    });
    expect(await summary(aws)).toMatchObject({ MaxRecordSizeInKiB: 10_240 });
  });
});

describe('refusals', () => {
  test('warm throughput without on-demand mode', async () => {
    await using aws = await withStream();
    const warm = { StreamName, WarmThroughputMiBps: 9 };
    expect(await aws.fails('kinesis', 'UpdateStreamWarmThroughput', warm)).toMatchObject({
      code: 'ValidationException',
    });
    const input = { ...mode('PROVISIONED'), WarmThroughputMiBps: 9 };
    expect((await aws.fails('kinesis', 'UpdateStreamMode', input)).code).toBe(
      'InvalidArgumentException',
    );
  });
});

describe('limits', () => {
  test('the mode changes twice a day', async () => {
    await using aws = await withStream();
    await aws.call('kinesis', 'UpdateStreamMode', mode('ON_DEMAND'));
    await aws.call('kinesis', 'UpdateStreamMode', mode('PROVISIONED'));
    await aws.call('kinesis', 'UpdateStreamMode', mode('PROVISIONED')); // Changes nothing.
    const { code } = await aws.fails('kinesis', 'UpdateStreamMode', mode('ON_DEMAND'));
    expect(code).toBe('LimitExceededException');
    await aws.clock.advance('24h');
    await aws.call('kinesis', 'UpdateStreamMode', mode('ON_DEMAND'));
  });

  test('there are so many on-demand streams', async () => {
    await using aws = await startWith({ 'kinesis.onDemandStreams': 0 });
    await aws.call('kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
    const { code } = await aws.fails('kinesis', 'UpdateStreamMode', mode('ON_DEMAND'));
    expect(code).toBe('LimitExceededException');
  });
});

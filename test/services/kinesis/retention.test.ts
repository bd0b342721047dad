import { describe, expect, test } from 'vitest';
import { put, read, StreamName, summary, withStream } from './streams-kit.ts';

const hours = (RetentionPeriodHours: number) => ({ StreamName, RetentionPeriodHours });

describe('answers', () => {
  test('longer retention keeps the records that are there', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'a');
    await aws.call('kinesis', 'IncreaseStreamRetentionPeriod', hours(48));
    expect(await summary(aws)).toMatchObject({ RetentionPeriodHours: 48, StreamStatus: 'ACTIVE' });
    await aws.clock.advance('47h');
    expect(await read(aws, 0)).toEqual(['a']);
    await aws.clock.advance('2h');
    expect(await read(aws, 0)).toEqual([]);
  });

  test('shorter retention lets go of them at once', async () => {
    await using aws = await withStream();
    await aws.call('kinesis', 'IncreaseStreamRetentionPeriod', hours(72));
    await put(aws, 'k', 'a');
    await aws.clock.advance('30h');
    expect(await read(aws, 0)).toEqual(['a']);
    await aws.call('kinesis', 'DecreaseStreamRetentionPeriod', hours(24));
    expect(await read(aws, 0)).toEqual([]);
  });

  test('what is past retention leaves the storage, and empty shards do too', async () => {
    await using aws = await withStream(2);
    await put(aws, 'k', 'a', { ExplicitHashKey: '0' });
    const to = { StreamName, TargetShardCount: 1, ScalingType: 'UNIFORM_SCALING' } as const;
    await aws.call('kinesis', 'UpdateShardCount', to);
    const { StreamId } = await summary(aws);
    const kept = async (shard: number) => {
      const { first, next } = await aws.stack.storage.bounds(`kinesis/${StreamId}/${shard}`);
      return next - first;
    };
    expect(await kept(0)).toBe(2); // The record and the mark behind it.
    await aws.clock.advance('26h');
    expect(await kept(0)).toBe(0);
    const { StreamDescription } = await aws.call('kinesis', 'DescribeStream', { StreamName });
    expect(StreamDescription.Shards).toHaveLength(1);
  });
});

describe('refusals', () => {
  test.each([
    [
      'IncreaseStreamRetentionPeriod',
      30,
      'Requested retention period (30 hours) for stream s can not be shorter than existing ' +
        'retention period (48 hours). Use DecreaseRetentionPeriod API.',
    ],
    [
      'DecreaseStreamRetentionPeriod',
      50,
      'Requested retention period (50 hours) for stream s can not be longer than existing ' +
        'retention period (48 hours). Use IncreaseRetentionPeriod API.',
    ],
    [
      'DecreaseStreamRetentionPeriod',
      23,
      'Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is ' +
        'too short.',
    ],
    [
      'IncreaseStreamRetentionPeriod',
      8761,
      'Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) ' +
        'is too long.',
    ],
  ] as const)('%s to %i hours', async (operation, to, message) => {
    await using aws = await withStream();
    await aws.call('kinesis', 'IncreaseStreamRetentionPeriod', hours(48));
    const code = 'InvalidArgumentException';
    expect(await aws.fails('kinesis', operation, hours(to))).toMatchObject({ code, message });
  });
});

describe('limits', () => {
  test('records are kept for a day to a year', async () => {
    await using aws = await withStream();
    await aws.call('kinesis', 'IncreaseStreamRetentionPeriod', hours(8760));
    await aws.call('kinesis', 'DecreaseStreamRetentionPeriod', hours(24));
    expect(await summary(aws)).toMatchObject({ RetentionPeriodHours: 24 });
  });
});

import { describe, expect, test } from 'vitest';
import { ARN, StreamName, summary, withStream } from './streams-kit.ts';

const metrics = (...ShardLevelMetrics: ('ALL' | 'IncomingBytes' | 'OutgoingBytes')[]) => {
  return { StreamName, ShardLevelMetrics };
};

describe('answers', () => {
  test('metrics are switched on and off, one by one or all of them', async () => {
    await using aws = await withStream();
    const on = metrics('OutgoingBytes', 'IncomingBytes');
    expect(await aws.call('kinesis', 'EnableEnhancedMonitoring', on)).toEqual({
      StreamName,
      StreamARN: ARN,
      CurrentShardLevelMetrics: [],
      DesiredShardLevelMetrics: ['IncomingBytes', 'OutgoingBytes'],
    });
    const off = metrics('OutgoingBytes');
    const less = await aws.call('kinesis', 'DisableEnhancedMonitoring', off);
    expect(less.DesiredShardLevelMetrics).toEqual(['IncomingBytes']);
    const all = await aws.call('kinesis', 'EnableEnhancedMonitoring', metrics('ALL'));
    expect(all.DesiredShardLevelMetrics).toHaveLength(7);
    const { EnhancedMonitoring } = await summary(aws);
    expect(EnhancedMonitoring[0]?.ShardLevelMetrics).toEqual(all.DesiredShardLevelMetrics);
    await aws.call('kinesis', 'DisableEnhancedMonitoring', metrics('ALL'));
    expect((await summary(aws)).EnhancedMonitoring).toEqual([{ ShardLevelMetrics: [] }]);
  });
});

describe('refusals', () => {
  test('a metric that is none', async () => {
    await using aws = await withStream();
    const input = { StreamName, ShardLevelMetrics: ['Nonsense'] };
    const { code } = await aws.fails('kinesis', 'EnableEnhancedMonitoring', input);
    expect(code).toBe('ValidationException');
  });
});

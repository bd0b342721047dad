import { describe, expect, test } from 'vitest';
import { StreamName, startWith } from './streams-kit.ts';

const ON_DEMAND = { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } as const;

describe('answers', () => {
  test('open shards of provisioned streams and on-demand streams are counted', async () => {
    await using aws = await startWith({ 'kinesis.shardsPerAccount': 9 });
    await aws.call('kinesis', 'CreateStream', { StreamName, ShardCount: 2 });
    await aws.call('kinesis', 'CreateStream', { StreamName: 't', ...ON_DEMAND });
    const to = { StreamName, TargetShardCount: 3, ScalingType: 'UNIFORM_SCALING' } as const;
    await aws.call('kinesis', 'UpdateShardCount', to);
    expect(await aws.call('kinesis', 'DescribeLimits', {})).toEqual({
      ShardLimit: 9,
      OpenShardCount: 3,
      OnDemandStreamCount: 1,
      OnDemandStreamCountLimit: 50,
    });
  });
});

/** On-demand streams grow with what is written to them, by the stack's clock. */
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { sharedView } from '../../delivery/nodes.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { ARN, bytes, put, StreamName, shards, summary } from './streams-kit.ts';

const ON_DEMAND = { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } as const;
const HOT = 800_000;

async function write(aws: Suite, records: number, size: number): Promise<void> {
  for (let at = 0; at < records; at += 1) await put(aws, `key-${at}`, 'x'.repeat(size));
}

async function openCount(aws: Suite): Promise<number> {
  await aws.settled();
  return (await summary(aws)).OpenShardCount;
}

/** So much that a minute's average is `megabytes` a second. */
async function load(aws: Suite, megabytes: number): Promise<void> {
  const Data = bytes('x'.repeat(HOT));
  const count = Math.ceil((megabytes * 2 ** 20 * 60) / HOT);
  for (let at = 0; at < count; at += 10) {
    const batch = Array.from({ length: Math.min(10, count - at) }, (_, index) => at + index);
    const Records = batch.map((index) => ({ PartitionKey: `key-${index}`, Data }));
    await aws.call('kinesis', 'PutRecords', { StreamName, Records });
  }
}

describe('answers', () => {
  test('a stream that takes more than half of what it can doubles its shards', async () => {
    await using aws = await startSuite();
    await aws.call('kinesis', 'CreateStream', { StreamName, ...ON_DEMAND });
    await load(aws, 2.5);
    expect(await openCount(aws)).toBe(4);
    await aws.clock.advance('60s');
    expect(await openCount(aws)).toBe(8);
    const all = await shards(aws);
    const parents = all.map(({ ParentShardId }) => ParentShardId).filter(Boolean);
    expect(new Set(parents).size).toBe(4);
  }, 30_000);

  test('a stream that takes less keeps its shards', async () => {
    await using aws = await startSuite();
    await aws.call('kinesis', 'CreateStream', { StreamName, ...ON_DEMAND });
    await write(aws, 50, 10_000);
    await aws.clock.advance('60s');
    await write(aws, 50, 10_000);
    await aws.clock.advance('60s');
    expect(await openCount(aws)).toBe(4);
  });

  test('warm throughput is there when it is first written to', async () => {
    await using aws = await startSuite();
    await aws.call('kinesis', 'CreateStream', { StreamName, ...ON_DEMAND, WarmThroughputMiBps: 9 });
    await write(aws, 1, 1);
    await aws.clock.advance('60s');
    expect(await openCount(aws)).toBe(16);
  });

  test('a provisioned stream is left alone', async () => {
    await using aws = await startSuite();
    await aws.call('kinesis', 'CreateStream', { StreamName, ...ON_DEMAND, WarmThroughputMiBps: 9 });
    await write(aws, 1, 1);
    const StreamModeDetails = { StreamMode: 'PROVISIONED' } as const;
    await aws.call('kinesis', 'UpdateStreamMode', { StreamARN: ARN, StreamModeDetails });
    await aws.clock.advance('60s');
    expect(await openCount(aws)).toBe(4);
  });

  test('several nodes that are written to double once', async () => {
    const storage = await openSqlite({ path: ':memory:' });
    await using one = await startSuite({ storage: sharedView(storage) });
    await using other = await startSuite({ storage: sharedView(storage), seed: 2 });
    const stream = { StreamName, ...ON_DEMAND, WarmThroughputMiBps: 8 };
    await one.call('kinesis', 'CreateStream', stream);
    await Promise.all([write(one, 3, 10), write(other, 3, 10)]);
    await Promise.all([one.clock.advance('60s'), other.clock.advance('60s')]);
    await other.settled();
    expect(await openCount(one)).toBe(8);
    expect(await shards(other)).toHaveLength(12);
  });
});

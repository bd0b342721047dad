/** On-demand streams grow with what is written to them, by the stack's clock. */
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Write } from '../../../src/storage/storage.ts';
import { sharedView } from '../../delivery/nodes.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { ARN, put, StreamName, shards, summary, withStream } from './streams-kit.ts';

const ON_DEMAND = { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } as const;

async function write(aws: Suite, records: number, size: number): Promise<void> {
  for (let at = 0; at < records; at += 1) await put(aws, `key-${at}`, 'x'.repeat(size));
}

async function openCount(aws: Suite): Promise<number> {
  await aws.settled();
  return (await summary(aws)).OpenShardCount;
}

/** So many records, as if they had been put, which would take its time. */
async function load(aws: Suite, records: number, body = 't'): Promise<void> {
  await write(aws, 1, 1);
  const { StreamId = '' } = await summary(aws);
  const log = `kinesis/${StreamId}/0`;
  const record = { atMs: aws.clock.now(), key: 'k', body };
  for (let left = records; left > 0; left -= 10_000) {
    const writes = Array.from({ length: Math.min(left, 10_000) }, (): Write => {
      return { kind: 'append', log, record };
    });
    await aws.stack.storage.commit(writes);
  }
}

describe('answers', () => {
  test('a stream that takes more than half of what it can doubles its shards', async () => {
    await using aws = await startSuite();
    await aws.call('kinesis', 'CreateStream', { StreamName, ...ON_DEMAND });
    await load(aws, 60 * 2_500);
    expect(await openCount(aws)).toBe(4);
    await aws.clock.advance('60s');
    expect(await openCount(aws)).toBe(8);
    const all = await shards(aws);
    const parents = all.map(({ ParentShardId }) => ParentShardId).filter(Boolean);
    expect(new Set(parents).size).toBe(4);
  });

  test('few records that are large count by their bytes', async () => {
    await using aws = await withStream(1);
    await aws.call('kinesis', 'UpdateStreamMode', { StreamARN: ARN, ...ON_DEMAND });
    await load(aws, 13, `t${'x'.repeat(2.5 * 2 ** 20)}`);
    await aws.clock.advance('60s');
    expect(await openCount(aws)).toBe(2);
  });

  test('a stream that takes less keeps its shards', async () => {
    await using aws = await startSuite();
    await aws.call('kinesis', 'CreateStream', { StreamName, ...ON_DEMAND });
    await load(aws, 60 * 1_900);
    await aws.clock.advance('60s');
    await write(aws, 10, 10_000);
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

import { expect, test } from 'vitest';
import type { Feeder, Start } from '../../../src/delivery/sources.ts';
import { Refused } from '../../../src/delivery/targets.ts';
import { streamSource } from '../../../src/services/kinesis/source.ts';
import type { Suite } from '../../sdk/suite.ts';
import { ARN, put, StreamName, withStream } from './streams-kit.ts';

const RULES = {
  ...{ lanes: 1, mostRetries: 0, mostAgeMs: Number.POSITIVE_INFINITY, bisects: false },
  ...{ tumblingMs: 0, roleArn: 'arn:aws:iam::000000000000:role/r' },
};
const WISH = { batches: 10, size: 10, windowMs: 0, timeoutMs: 1_000, rules: RULES };

async function feederOf(aws: Suite, start: Start = { at: 'TRIM_HORIZON' }, sourceArn = ARN) {
  const { account, region } = aws;
  const feed = { id: 'mapping', sourceArn, account, region, consumerArn: 'consumer', start };
  return streamSource.open(aws.stack, feed);
}

async function dataOf(feeder: Feeder): Promise<readonly (readonly string[])[]> {
  const takings = await feeder.take(WISH);
  return takings.map(({ records }) =>
    records.map(({ event }) => {
      const { data } = event.kinesis as { readonly data: string };
      return Buffer.from(data, 'base64').toString();
    }),
  );
}

test('each open shard gives a batch, and nothing more until that has ended', async () => {
  await using aws = await withStream(2);
  for (const key of ['a', 'b', 'c', 'd']) await put(aws, key);
  const feeder = await feederOf(aws);
  const batches = await dataOf(feeder);
  expect(batches.flat().toSorted()).toEqual(['a', 'b', 'c', 'd']);
  expect(batches.length).toBeLessThanOrEqual(2);
  expect(await feeder.take(WISH)).toEqual([]);
});

test('bytes that are no text arrive as they were put', async () => {
  await using aws = await withStream();
  const Data = Uint8Array.of(0, 255, 10, 200);
  await aws.call('kinesis', 'PutRecord', { StreamName, PartitionKey: 'k', Data });
  const feeder = await feederOf(aws);
  const [taking] = await feeder.take(WISH);
  expect(taking?.records[0]?.event.kinesis).toMatchObject({
    data: Buffer.from(Data).toString('base64'),
  });
});

test('a closed shard gives way to its children when it was read to its end', async () => {
  await using aws = await withStream();
  await put(aws, 'a');
  await aws.call('kinesis', 'SplitShard', {
    StreamName,
    ShardToSplit: 'shardId-000000000000',
    NewStartingHashKey: '2',
  });
  await aws.settled();
  await put(aws, 'b');
  const feeder = await feederOf(aws);
  const [taking] = await feeder.take(WISH);
  expect(taking?.records.map(({ id }) => id)).toHaveLength(1);
  expect(await feeder.take(WISH)).toEqual([]);
  if (taking) {
    const writes = await feeder.end({ consumed: taking.records }, taking);
    await aws.stack.storage.commit(writes);
    feeder.settled?.(taking, true);
  }
  expect(await dataOf(feeder)).toEqual([['b']]);
});

test('who is told of a stream that is not there is refused', async () => {
  await using aws = await withStream();
  for (const arn of [ARN.replace(/s$/, 'other'), `${ARN}/consumer/c:1`]) {
    const feeder = await feederOf(aws, { at: 'LATEST' }, arn);
    await expect(feeder.take(WISH)).rejects.toThrow(Refused);
  }
  await expect(feederOf(aws, { at: 'LATEST' }, 'no ARN')).rejects.toThrow(Refused);
});

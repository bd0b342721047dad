/**
 * Several nodes on one storage: what one of them knows of a stream, its consumers and its limits
 * binds the others.
 */
import { KinesisClient, SubscribeToShardCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { quotas } from '../../../src/core/quotas.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { sharedView } from '../../delivery/nodes.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { missing, onPostgres } from '../../storage/postgres/cluster.ts';
import { twoNodes as enginesOnPostgres } from '../../storage/postgres/nodes.ts';
import { ARN, bytes, type Changes, id, put, read, StreamName } from './streams-kit.ts';

const HALF = String(2n ** 127n);

type Engine = () => Promise<readonly [Storage, Storage]>;

const onSqlite: Engine = async () => {
  const storage = await openSqlite({ path: ':memory:' });
  return [sharedView(storage), sharedView(storage)];
};

async function twoNodes(engine: Engine, changes: Changes = {}): Promise<readonly [Suite, Suite]> {
  const settings = { quotas: quotas('current', changes) };
  const [one, other] = await engine();
  return [
    await startSuite({ storage: one, settings }),
    await startSuite({ storage: other, settings, seed: 2 }),
  ];
}

async function events({ endpoint, region }: Suite, ConsumerARN: string) {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
  const client = new KinesisClient({ endpoint, region, credentials, maxAttempts: 1 });
  const StartingPosition = { Type: 'TRIM_HORIZON' } as const;
  const input = { ConsumerARN, ShardId: id(0), StartingPosition };
  const { EventStream } = await client.send(new SubscribeToShardCommand(input));
  if (!EventStream) throw new Error('The answer has no stream of events.');
  const iterator = EventStream[Symbol.asyncIterator]();
  return { next: () => iterator.next(), end: () => client.destroy() };
}

function holdsOn(engine: Engine): void {
  test('a subscription on one node is refused and then taken over by another', async () => {
    const [one, other] = await twoNodes(engine);
    await using _one = one;
    await using _other = other;
    await one.call('kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
    const consumer = { StreamARN: ARN, ConsumerName: 'c' };
    const { Consumer } = await other.call('kinesis', 'RegisterStreamConsumer', consumer);
    const held = await events(one, Consumer.ConsumerARN);
    await held.next();
    await expect(events(other, Consumer.ConsumerARN)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: expect.stringContaining(`000000000000:s:${id(0)}:c`),
    });
    await Promise.all([one.clock.advance('6s'), other.clock.advance('6s')]);
    const taking = await events(other, Consumer.ConsumerARN);
    const ended = (async () => {
      for (;;) if ((await held.next()).done) return 'done';
    })();
    await expect(ended).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await put(one, 'k', 'for the other');
    for (;;) {
      const { value } = await taking.next();
      const records = value?.SubscribeToShardEvent?.Records ?? [];
      if (records.length > 0) break;
    }
    held.end();
    taking.end();
  });

  test('a shard gives no more for being asked on two nodes', async () => {
    const [one, other] = await twoNodes(engine, {
      'kinesis.shardWriteRecords': 5,
      'kinesis.shardReadCalls': 2,
    });
    await using _one = one;
    await using _other = other;
    await one.call('kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
    const Records = Array.from({ length: 4 }, () => ({ PartitionKey: 'k', Data: bytes('x') }));
    const put = (aws: Suite) => aws.call('kinesis', 'PutRecords', { StreamName, Records });
    const answers = await Promise.all([put(one), put(other)]);
    const failed = answers.map(({ FailedRecordCount = 0 }) => FailedRecordCount);
    expect(failed.reduce((total, count) => total + count, 0)).toBe(3);
    expect((await read(one, 0)).length).toBe(5);
    await read(other, 0);
    await expect(read(one, 0)).rejects.toMatchObject({
      code: 'ProvisionedThroughputExceededException',
    });
  });

  test('records put while another node splits the shard are read once, in order', async () => {
    const [one, other] = await twoNodes(engine);
    await using _one = one;
    await using _other = other;
    await one.call('kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
    const split = { StreamName, ShardToSplit: id(0), NewStartingHashKey: HALF };
    const puts = Array.from({ length: 30 }, (_, at) => String(at));
    const writing = (async () => {
      for (const data of puts) await put(one, 'k', data);
    })();
    await put(other, 'other', 'first');
    await other.call('kinesis', 'SplitShard', split);
    await writing;
    const all = [await read(one, 0), await read(other, 1), await read(one, 2)].flat();
    expect(all.filter((data) => data !== 'first')).toEqual(puts);
  });

  test('a stream that is deleted while a consumer is registered leaves none behind', async () => {
    const [one, other] = await twoNodes(engine);
    await using _one = one;
    await using _other = other;
    await one.call('kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
    const consumer = { StreamARN: ARN, ConsumerName: 'c' };
    // The stream goes between the look of RegisterStreamConsumer and its commit.
    const { storage } = other.stack;
    const { commit } = storage;
    let isFirst = true;
    storage.commit = async (writes) => {
      if (isFirst && writes.some((write) => write.kind === 'check')) {
        isFirst = false;
        await one.call('kinesis', 'DeleteStream', { StreamName });
      }
      return commit.call(storage, writes);
    };
    expect(await other.fails('kinesis', 'RegisterStreamConsumer', consumer)).toMatchObject({
      code: 'ResourceNotFoundException',
    });
    expect(isFirst).toBe(false);
  });
}

describe('one process with two views of its storage', () => {
  holdsOn(onSqlite);
});

describe.skipIf(missing)(`two engines on ${onPostgres}`, () => {
  holdsOn(enginesOnPostgres);
});

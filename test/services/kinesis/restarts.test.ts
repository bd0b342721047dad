/** Streams over restarts: what was acknowledged is there, and what was begun is ended. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { VirtualClock } from '../../../src/core/clock.ts';
import { quotas } from '../../../src/core/quotas.ts';
import { allServices } from '../../../src/services/all.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Operations } from '../../../src/wire/types/kinesis.ts';
import { bytes, id, StreamName, text } from './streams-kit.ts';

const as = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };

async function ask<Name extends keyof Operations & string>(
  stack: RunningStack,
  operation: Name,
  input: Operations[Name]['input'],
): Promise<Operations[Name]['output']> {
  return (await stack.invoke('kinesis', operation, input, as)) as Operations[Name]['output'];
}

async function statusOf(stack: RunningStack) {
  const { StreamDescriptionSummary } = await ask(stack, 'DescribeStreamSummary', { StreamName });
  const { StreamStatus, OpenShardCount } = StreamDescriptionSummary;
  return [StreamStatus, OpenShardCount];
}

test('records, iterators and half-done changes survive', async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-kinesis-'));
  const clock = new VirtualClock(Date.parse('2026-01-15T10:00:00Z'));
  const settings = { quotas: quotas('current', { 'kinesis.transitionMs': 5_000 }) };
  let stack = await createStack({
    storage: await openSqlite({ path }),
    services: allServices,
    clock,
    settings,
  });
  const restart = async () => {
    await stack.close();
    const storage = await openSqlite({ path });
    stack = await createStack({ storage, services: allServices, clock, settings });
  };
  try {
    await ask(stack, 'CreateStream', { StreamName, ShardCount: 1 });
    await restart();
    expect(await statusOf(stack)).toEqual(['CREATING', 0]);
    await stack.settled();
    expect(await statusOf(stack)).toEqual(['ACTIVE', 1]);

    const from = { StreamName, ShardId: id(0), ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator = '' } = await ask(stack, 'GetShardIterator', from);
    const Records = ['a', 'b'].map((data) => ({ PartitionKey: 'k', Data: bytes(data) }));
    const put = await ask(stack, 'PutRecords', { StreamName, Records });
    const to = { StreamName, TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' } as const;
    await ask(stack, 'UpdateShardCount', to);
    await restart();
    expect(await statusOf(stack)).toEqual(['UPDATING', 1]);
    await stack.settled();
    expect(await statusOf(stack)).toEqual(['ACTIVE', 2]);

    const read = await ask(stack, 'GetRecords', { ShardIterator });
    expect(read.Records.map(({ Data }) => text(Data))).toEqual(['a', 'b']);
    expect(read.Records.map(({ SequenceNumber }) => SequenceNumber)).toEqual(
      put.Records.map(({ SequenceNumber }) => SequenceNumber),
    );
    expect(read.ChildShards).toHaveLength(2);

    await ask(stack, 'DeleteStream', { StreamName });
    await restart();
    await stack.settled();
    expect((await ask(stack, 'ListStreams', {})).StreamNames).toEqual([]);
  } finally {
    await stack.close();
    rmSync(path, { recursive: true });
  }
});

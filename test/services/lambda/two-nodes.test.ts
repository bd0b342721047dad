/** Mappings on two nodes with the same data: shared out, taken over, and never both at a stream. */
import type { KinesisStreamEvent, SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { nextTurn, VirtualClock } from '../../../src/core/clock.ts';
import { TENURE_MS } from '../../../src/delivery/tenure.ts';
import { allServices } from '../../../src/services/all.ts';
import { registerFunction } from '../../../src/services/lambda/registered-functions.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { mortalView, sharedView } from '../../delivery/nodes.ts';

const as = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };
const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:q';

interface Node {
  readonly stack: RunningStack;
  /** What its function was handed, a list for each batch. */
  readonly received: string[][];
}

async function world() {
  const storage = await openSqlite({ path: ':memory:' });
  const clock = new VirtualClock(Date.parse('2026-01-15T10:00:00Z'));
  const nodes: Node[] = [];
  const node = async (of: Storage = sharedView(storage)): Promise<Node> => {
    const stack = await createStack({ storage: of, services: allServices, clock });
    const received: string[][] = [];
    await registerFunction(stack, { ...as, name: 'worker' }, ((event: unknown) => {
      received.push(textsOf(event));
    }) as never);
    nodes.push({ stack, received });
    return { stack, received };
  };
  const settled = async () => {
    for (const { stack } of [...nodes, ...nodes]) await stack.quiet();
  };
  const passes = (ms: number) => clock.advanceTo(clock.nowMs() + ms, settled);
  const close = async () => {
    for (const { stack } of nodes) await stack.close();
    await storage.close();
  };
  return { storage, nodes, node, settled, passes, [Symbol.asyncDispose]: close };
}

function textsOf(event: unknown): string[] {
  const records = (event as KinesisStreamEvent | SQSEvent).Records;
  return records.map((record) =>
    'kinesis' in record ? Buffer.from(record.kinesis.data, 'base64').toString() : record.body,
  );
}

async function put({ stack }: Node, ...texts: readonly string[]): Promise<void> {
  const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
  await stack.invoke('kinesis', 'PutRecords', { StreamName: 's', Records }, as);
}

async function follow({ stack }: Node, EventSourceArn: string): Promise<void> {
  const start = EventSourceArn === STREAM && { StartingPosition: 'TRIM_HORIZON' };
  const input = { EventSourceArn, FunctionName: 'worker', BatchSize: 2, ...start };
  await stack.invoke('lambda', 'CreateEventSourceMapping', input, as);
}

test('a stream is pulled by one node, wherever its records are put', async () => {
  await using w = await world();
  const [one, two] = [await w.node(), await w.node()];
  await one.stack.invoke('kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 }, as);
  await w.passes(1_000);
  await follow(two, STREAM);
  await w.passes(1_000);
  await put(one, 'a', 'b');
  await put(two, 'c', 'd');
  await w.passes(1_000);
  const batches = [
    ['a', 'b'],
    ['c', 'd'],
  ];
  expect([...one.received, ...two.received]).toEqual(batches);
  expect(one.received.length === 0 || two.received.length === 0).toBe(true);
});

test('another node goes on with a stream where a dead one has left it', async () => {
  await using w = await world();
  const dying = mortalView(w.storage);
  const one = await w.node(dying.storage);
  await one.stack.invoke('kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 }, as);
  await one.stack.settled();
  await follow(one, STREAM);
  await one.stack.settled();
  await put(one, 'a', 'b');
  await one.stack.settled();
  dying.die();
  w.nodes.pop();

  const two = await w.node();
  await put(two, 'c');
  await w.passes(TENURE_MS + 2_000);
  expect(one.received).toEqual([['a', 'b']]);
  expect(two.received).toEqual([['c']]);
});

test('a mapping made at one node pulls at all of them, and ends at all of them', async () => {
  await using w = await world();
  const [one, two] = [await w.node(), await w.node()];
  await one.stack.invoke('sqs', 'CreateQueue', { QueueName: 'q' }, as);
  await follow(one, QUEUE);
  await w.passes(1_000);
  const names = () =>
    [one, two].map(({ stack }) =>
      stack.workers.list().filter(({ name }) => name.startsWith('lambda/mapping/')),
    );
  expect(names().map(({ length }) => length)).toEqual([1, 1]);
  const listed = await two.stack.invoke('lambda', 'ListEventSourceMappings', {}, as);
  const [{ UUID = '' } = {}] = (listed as { EventSourceMappings: { UUID: string }[] })
    .EventSourceMappings;
  await two.stack.invoke('lambda', 'DeleteEventSourceMapping', { UUID }, as);
  await w.passes(1_000);
  expect(names().map(({ length }) => length)).toEqual([0, 0]);
});

test('what is reserved for a function holds for both nodes together', async () => {
  await using w = await world();
  const [one, two] = [await w.node(), await w.node()];
  const began = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  await registerFunction(one.stack, { ...as, name: 'slow' }, async () => {
    began.resolve();
    await end.promise;
  });
  const FunctionName = 'slow';
  const reserve = { FunctionName, ReservedConcurrentExecutions: 1 };
  await one.stack.invoke('lambda', 'PutFunctionConcurrency', reserve, as);
  const first = one.stack.invoke('lambda', 'Invoke', { FunctionName }, as);
  await began.promise;
  const second = two.stack.invoke('lambda', 'Invoke', { FunctionName }, as);
  await expect(second).rejects.toMatchObject({ code: 'TooManyRequestsException' });
  end.resolve();
  await first;
  await w.settled();
  const third = one.stack.invoke('lambda', 'Invoke', { FunctionName }, as);
  await expect(third).resolves.toMatchObject({ StatusCode: 200 });
});

test('whoever has the answer finds room within what is reserved, at any node', async () => {
  await using w = await world();
  const view = sharedView(w.storage);
  const slow: Storage = {
    ...view,
    commit: async (writes) => {
      for (let turns = 5; turns > 0; turns -= 1) await nextTurn();
      return view.commit(writes);
    },
  };
  const [one, two] = [await w.node(slow), await w.node()];
  const reserve = { FunctionName: 'worker', ReservedConcurrentExecutions: 1 };
  await one.stack.invoke('lambda', 'PutFunctionConcurrency', reserve, as);
  const Payload = Buffer.from('{"Records":[]}');
  for (const { stack } of [one, one, two]) {
    const answer = stack.invoke('lambda', 'Invoke', { FunctionName: 'worker', Payload }, as);
    await expect(answer).resolves.toMatchObject({ StatusCode: 200 });
  }
});

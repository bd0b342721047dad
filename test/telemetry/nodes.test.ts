/** Nodes that share their data: one of them tells the spans of all. */
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { TENURE_MS } from '../../src/delivery/tenure.ts';
import { sqs } from '../../src/services/sqs/index.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { HOLD_MS } from '../../src/telemetry/exporter.ts';
import { startTelemetry } from '../../src/telemetry/start.ts';
import { mortalView, sharedView } from '../delivery/nodes.ts';
import { aCollector } from './a-collector.ts';

const AS = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };

test('what nodes write is told once, in one trace, and by another one when one dies', async () => {
  await using collector = await aCollector();
  const storage = await openSqlite({ path: ':memory:' });
  const clock = new VirtualClock(1_768_471_200_000);
  const first = mortalView(storage);
  const nodes: RunningStack[] = [];
  for (const view of [first.storage, sharedView(storage)]) {
    const node = await createStack({ storage: view, services: [sqs], clock });
    startTelemetry(node, { endpoint: collector.url });
    nodes.push(node);
  }
  const [one, two] = nodes as [RunningStack, RunningStack];
  let alive = nodes;
  const quiet = async () => {
    for (const node of alive) await node.quiet();
  };
  const advance = (ms: number) => clock.advanceTo(clock.nowMs() + ms, quiet);
  await quiet();
  const made = await one.invoke('sqs', 'CreateQueue', { QueueName: 'orders' }, AS);
  const send = (node: RunningStack) =>
    node.invoke('sqs', 'SendMessage', { ...made, MessageBody: 'hello' }, AS);
  await send(one);
  await two.invoke('sqs', 'ReceiveMessage', { ...made, VisibilityTimeout: 3_600 }, AS);
  await advance(2 * HOLD_MS);
  const names = () =>
    collector
      .spans()
      .map(({ name }) => name)
      .toSorted();
  // All of it happened in one millisecond, and the parts of the journal have no order.
  expect(names()).toEqual(['receive orders', 'send orders']);
  expect(new Set(collector.spans().map(({ traceId }) => traceId)).size).toBe(1);

  first.die();
  alive = [two];
  await send(two);
  await advance(TENURE_MS + 3 * HOLD_MS);
  expect(names()).toEqual(['receive orders', 'send orders', 'send orders']);
  expect(new Set(collector.spans().map(({ spanId }) => spanId)).size).toBe(3);
  await two.close();
  await storage.close();
});

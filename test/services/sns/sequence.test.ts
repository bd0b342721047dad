/** Sequence numbers of FIFO topics, at one node and at several. */
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { VirtualClock } from '../../../src/core/clock.ts';
import { seededIds } from '../../../src/core/ids.ts';
import { allServices } from '../../../src/services/all.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { sharedView } from '../../delivery/nodes.ts';

const as = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:t.fifo';
const START_MS = Date.parse('2026-01-15T10:00:00Z');

async function world(...aheadMs: readonly number[]) {
  const storage = await openSqlite({ path: ':memory:' });
  const nodes: RunningStack[] = [];
  for (const [index, ahead] of aheadMs.entries()) {
    const clock = new VirtualClock(START_MS + ahead);
    const of = { storage: sharedView(storage), services: allServices, clock };
    nodes.push(await createStack({ ...of, ids: seededIds(index + 1) }));
  }
  const close = async () => {
    for (const node of nodes) await node.close();
    await storage.close();
  };
  await nodes[0]?.invoke(
    'sns',
    'CreateTopic',
    { Name: 't.fifo', Attributes: { FifoTopic: 'true', ContentBasedDeduplication: 'true' } },
    as,
  );
  return { nodes, [Symbol.asyncDispose]: close };
}

async function publish(node: RunningStack | undefined, text: string): Promise<bigint> {
  const input = { TopicArn: TOPIC, Message: text, MessageGroupId: 'g' };
  const answer = (await node?.invoke('sns', 'Publish', input, as)) as { SequenceNumber: string };
  return BigInt(answer.SequenceNumber);
}

test('numbers grow from node to node, although one node’s clock is behind', async () => {
  await using w = await world(900, 0);
  const numbers: bigint[] = [];
  for (let index = 0; index < 20; index += 1) {
    numbers.push(await publish(w.nodes[index % 3 === 0 ? 0 : 1], `m${index}`));
  }
  expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
  expect(new Set(numbers).size).toBe(20);
});

test('nodes that publish at once give out no number twice', async () => {
  await using w = await world(0, 0);
  const numbers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => publish(w.nodes[index % 2], `m${index}`)),
  );
  expect(new Set(numbers).size).toBe(12);
});

test('a node alone goes on within its turn', async () => {
  await using w = await world(0);
  const first = await publish(w.nodes[0], 'a');
  expect(await publish(w.nodes[0], 'b')).toBe(first + 1n);
});

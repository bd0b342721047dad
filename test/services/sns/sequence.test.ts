/** Sequence numbers of FIFO topics, at one node and at several. */
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { VirtualClock } from '../../../src/core/clock.ts';
import { seededIds } from '../../../src/core/ids.ts';
import { allServices } from '../../../src/services/all.ts';
import { turnOf } from '../../../src/services/sns/sequence.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { sharedView } from '../../delivery/nodes.ts';

const as = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:t.fifo';
const START_MS = Date.parse('2026-01-15T10:00:00Z');

async function world(...aheadMs: readonly number[]) {
  const storage = await openSqlite({ path: ':memory:' });
  const nodes: RunningStack[] = [];
  const clocks: VirtualClock[] = [];
  for (const [index, ahead] of aheadMs.entries()) {
    const clock = new VirtualClock(START_MS + ahead);
    clocks.push(clock);
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
  return { nodes, clocks, [Symbol.asyncDispose]: close };
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
  const second = await publish(w.nodes[0], 'b');
  expect(second).toBeGreaterThan(first);
  expect(second).toBeLessThan(first + 1_000n);
});

test('a turn gives out no number above its bound, however late they are asked for', async () => {
  await using w = await world(0);
  const [[node], [clock]] = [w.nodes, w.clocks];
  if (!node || !clock) throw new Error('There is no node.');
  await node.storage.commit((await turnOf(node, 'topic')).writes);
  const row = await node.storage.get('sns/turns', 'topic', 'turn');
  const { upTo } = JSON.parse(row?.value ?? '');
  await clock.advanceTo(START_MS + 9_999, () => node.quiet());
  const turn = await turnOf(node, 'topic');
  expect(turn.writes).toMatchObject([{ kind: 'check' }]);
  await clock.advanceTo(START_MS + 20_000, () => node.quiet());
  const numbers = Array.from({ length: 10 }, () => BigInt(turn.next()) - 10n ** 19n);
  expect(new Set(numbers).size).toBe(10);
  for (const number of numbers) expect(number).toBeLessThanOrEqual(BigInt(upTo));
  expect(BigInt((await turnOf(node, 'topic')).next()) - 10n ** 19n).toBeGreaterThan(BigInt(upTo));
});

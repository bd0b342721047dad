/** `kill -9` of a function at work: what it worked on fails, and comes again as its source says. */
import { expect, test } from 'vitest';
import { call, createQueue } from '../../../bench/api.ts';
import { feed, hire, invoke, left, openShop, type Shop, until } from './shop.ts';

const VISIBILITY_MS = 2_000;

test('an invocation fails when its process is killed, and the next one has another', async () => {
  await using shop = await openShop();
  await hire(shop, 'waits', { timeoutSeconds: 30 });
  const answer = invoke(shop, 'waits');
  const pid = await firstPid(shop);
  process.kill(pid, 'SIGKILL');
  const { status, text } = await answer;
  expect(status).toBe(200);
  const { errorType, errorMessage } = JSON.parse(text);
  expect(errorType).toBe('Runtime.ExitError');
  expect(errorMessage).toMatch(
    /^RequestId: [-0-9a-f]{36} Error: Runtime exited with error: signal: killed$/,
  );
  await hire(shop, 'idle');
  expect(await invoke(shop, 'idle')).toEqual({ status: 200, text: 'null' });
});

test('a message comes back after its visibility time-out', async () => {
  await using shop = await openShop();
  const seconds = String(VISIBILITY_MS / 1_000);
  const queue = await createQueue(shop.port, 'work', { VisibilityTimeout: seconds });
  await hire(shop, 'waits', { timeoutSeconds: 2 });
  await feed(shop, 'waits', queue.arn);
  const sentAtMs = performance.now();
  await call(shop.port, 'sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: 'work' });
  const first = await firstPid(shop);
  process.kill(first, 'SIGKILL');
  await until('the second hand-over', () => shop.books.told().length > 1);
  // Not before the lease ends, which was taken after the send.
  expect(performance.now() - sentAtMs).toBeGreaterThan(VISIBILITY_MS);
  await until('its delete', async () => (await left(shop, queue.url)) === 0);
  const told = shop.books.told();
  expect(told.map(({ what }) => what)).toEqual(['received 1', 'received 2']);
  expect(told[1]?.pid).not.toBe(first);
});

async function firstPid({ books }: Shop): Promise<number> {
  await until('the function at work', () => books.told().length > 0);
  return books.told()[0]?.pid ?? 0;
}

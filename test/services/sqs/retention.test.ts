import { expect, test } from 'vitest';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';

test('a message past retention is neither received nor counted', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws, 'orders', { MessageRetentionPeriod: '60' });
  await queue.send('old');
  await aws.clock.advance('30s');
  await queue.send('young');
  await aws.clock.advance('31s');
  expect(await queue.bodies({ VisibilityTimeout: 0 })).toEqual(['young']);
  expect(await queue.counts()).toEqual([1, 0, 0]);
});

test('a message may run out of retention while it is in flight', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws, 'orders', { MessageRetentionPeriod: '60' });
  await queue.send('a');
  const held = await queue.one({ VisibilityTimeout: 600 });
  await aws.clock.advance('61s');
  expect(await queue.counts()).toEqual([0, 0, 0]);
  await queue.remove(held);
});

test('what retention takes is no dead letter', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 1, { MessageRetentionPeriod: '60' });
  await queue.send('a');
  await queue.receive({ VisibilityTimeout: 0 });
  await aws.clock.advance('61s');
  expect(await queue.bodies()).toEqual([]);
  expect(await dead.counts()).toEqual([0, 0, 0]);
});

test('a new retention is for the messages that are there, too', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('a');
  await aws.clock.advance('2m');
  await queue.set({ MessageRetentionPeriod: '60' });
  expect(await queue.bodies()).toEqual([]);
});

test('the sweeper takes old messages away without being asked', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws, 'orders', { MessageRetentionPeriod: '600' });
  for (let index = 0; index < 3; index += 1) await queue.send(`m${index}`);
  const storage = `sqs/${aws.account}/${aws.region}/orders`;
  await aws.clock.advance('5m');
  expect(await aws.stack.storage.queues('sqs/')).toEqual([storage]);
  await aws.clock.advance('2h');
  expect(await aws.stack.storage.queues('sqs/')).toEqual([]);
});

test('what a deleted queue left behind goes with the next sweep', async () => {
  await using aws = await startSqs();
  const message = { id: 'x', body: 'x', sentAtMs: 0, visibleAtMs: 0 };
  const queue = `sqs/${aws.account}/${aws.region}/nowhere`;
  await aws.stack.storage.commit([{ kind: 'enqueue', queue, message }]);
  await aws.clock.advance('2h');
  expect(await aws.stack.storage.queues('sqs/')).toEqual([]);
});

test('a group of a FIFO queue goes on behind a message past retention', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws, 'orders.fifo', {
    ContentBasedDeduplication: 'true',
    MessageRetentionPeriod: '60',
  });
  await queue.send('old', { MessageGroupId: 'g' });
  await queue.receive({ VisibilityTimeout: 3600 });
  await aws.clock.advance('30s');
  await queue.send('young', { MessageGroupId: 'g' });
  expect(await queue.bodies()).toEqual([]);
  await aws.clock.advance('31s');
  expect(await queue.bodies()).toEqual(['young']);
});

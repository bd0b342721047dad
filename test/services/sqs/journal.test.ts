/** What the journal is told: every message's way from its sending to its end. */
import { expect, test } from 'vitest';
import { journalOfSuite } from '../../sdk/facts.ts';
import type { Suite } from '../../sdk/suite.ts';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';

const now = { VisibilityTimeout: 0 } as const;

const facts = (aws: Suite) => journalOfSuite(aws);

test('a message is published, received and deleted', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  const { MessageId: id } = await queue.send('a');
  await queue.remove(await queue.one());
  const common = { id, arn: queue.arn, atMs: aws.clock.now() };
  expect(await facts(aws)).toEqual([
    { ...common, kind: 'publish' },
    { ...common, kind: 'receive' },
    { ...common, kind: 'delete' },
  ]);
});

test('a dead letter and its way back can be followed', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 1);
  const { MessageId: id } = await queue.send('a');
  for (let receives = 0; receives < 2; receives += 1) await queue.receive(now);
  await aws.call('sqs', 'StartMessageMoveTask', { SourceArn: dead.arn });
  await aws.settled();
  const { MessageId: produced } = await queue.one();
  const told = (await facts(aws)).map(({ atMs: _any, ...fact }) => fact);
  expect(told.slice(2)).toEqual([
    { kind: 'dead-letter', id, arn: queue.arn, target: dead.arn, note: 'received 1 times' },
    {
      ...{ kind: 'deliver', id, arn: dead.arn, target: queue.arn },
      ...{ outcome: 'ok', produced, note: 'moved by a task' },
    },
    { kind: 'receive', id: produced, arn: queue.arn },
  ]);
});

test('what is dropped says why', async () => {
  await using aws = await startSqs();
  const fifo = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
  const { MessageId: first } = await fifo.send('a', { MessageGroupId: 'g' });
  await fifo.send('a', { MessageGroupId: 'g' });
  await aws.settled();
  const short = await aQueue(aws, 'short', { MessageRetentionPeriod: '60' });
  await short.send('b');
  await aws.call('sqs', 'PurgeQueue', { QueueUrl: short.url });
  await short.send('c');
  await aws.clock.advance('61s');
  await short.counts();
  const notes = (await facts(aws))
    .filter(({ kind }) => kind === 'drop')
    .map(({ note, arn }) => [arn, note]);
  expect(notes).toEqual([
    [fifo.arn, `duplicate of ${first}`],
    [short.arn, 'purged'],
    [short.arn, 'expired'],
  ]);
});

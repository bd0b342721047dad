/** Rules that did not take an event: why not. */
import { expect, test } from 'vitest';
import type { Way, Why } from '../../../src/admin-api/index.ts';
import { looked } from '../../admin/asked.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from './receivers.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';

async function wayOf(aws: Suite, id: string): Promise<Way | undefined> {
  const { ways } = await looked<Why>(aws, 'why', { id });
  expect(ways).toHaveLength(1);
  return ways[0];
}

test('the first field to blame, and how near the pattern comes', async () => {
  await using aws = await startSuite();
  const queue = await openQueue(aws, 'q');
  const pattern = { source: ['com.shop'], detail: { total: [{ numeric: ['>', 100] }] } };
  const arn = await sendsTo(aws, 'r', pattern, { Arn: queue.arn });
  const id = await put(aws, { total: 20 });
  expect(await wayOf(aws, id)).toEqual({
    arn,
    name: 'r',
    kind: 'rule',
    targets: [queue.arn],
    verdict: 'not-matched',
    because: 'detail.total is 20; wanted is [{"numeric":[">",100]}].',
    mismatch: {
      path: 'detail.total',
      wanted: '[{"numeric":[">",100]}]',
      found: [20],
      nearness: 0.5,
    },
    attempts: [],
  });
});

test('every digit of a number counts', async () => {
  await using aws = await startSuite();
  await sendsTo(aws, 'r', { detail: { n: [1] } }, { Arn: (await openQueue(aws, 'q')).arn });
  const id = await put(aws, '{"n":9223372036854775807}');
  expect((await wayOf(aws, id))?.mismatch?.found).toEqual([9223372036854775807n]);
});

test('a disabled rule, which might not match either', async () => {
  await using aws = await startSuite();
  const Arn = (await openQueue(aws, 'q')).arn;
  await sendsTo(aws, 'r', EVERYTHING, { Arn });
  await aws.call('events', 'DisableRule', { Name: 'r' });
  const id = await put(aws, { n: 1 });
  expect(await wayOf(aws, id)).toMatchObject({
    verdict: 'disabled',
    because: 'The rule is disabled.',
  });
  await aws.call('events', 'PutRule', {
    Name: 'r',
    EventPattern: '{"detail":{"n":[2]}}',
    State: 'DISABLED',
  });
  expect(await wayOf(aws, id)).toMatchObject({
    verdict: 'disabled',
    because: 'The rule is disabled. It would not match either: detail.n is 1; wanted is [2].',
    mismatch: { path: 'detail.n' },
  });
});

test('a rule that was made later', async () => {
  await using aws = await startSuite();
  const id = await put(aws, {});
  await sendsTo(aws, 'r', EVERYTHING, { Arn: (await openQueue(aws, 'q')).arn });
  expect(await wayOf(aws, id)).toMatchObject({
    verdict: 'not-then',
    because: 'The rule would take it now, and did not then: it was made, changed or enabled later.',
  });
});

test('an archive, and a rule without a target', async () => {
  await using aws = await startSuite();
  await aws.call('events', 'CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS });
  const id = await put(aws, {});
  expect(await wayOf(aws, id)).toMatchObject({
    name: 'Events-Archive-a',
    kind: 'archive',
    targets: [],
    verdict: 'delivered',
    because: 'It is in the archive.',
  });
  await aws.call('events', 'DeleteArchive', { ArchiveName: 'a' });
  await aws.call('events', 'PutRule', { Name: 'r', EventPattern: '{"source":["com.shop"]}' });
  const other = await put(aws, {});
  expect(await wayOf(aws, other)).toMatchObject({
    verdict: 'delivered',
    because: 'The rule took it, and has no target to hand it to.',
  });
});

test('a rule that follows a timetable alone is no way', async () => {
  await using aws = await startSuite();
  await aws.call('events', 'PutRule', { Name: 'r', ScheduleExpression: 'rate(1 day)' });
  const id = await put(aws, {});
  expect((await looked<Why>(aws, 'why', { id })).ways).toEqual([]);
});

test('an event that is not kept cannot be looked at', async () => {
  await using aws = await startSuite();
  const id = await put(aws, {});
  await sendsTo(aws, 'r', EVERYTHING, { Arn: (await openQueue(aws, 'q')).arn });
  const log = 'contents-of-journal';
  const contents = aws.stack.storage.shared
    ? Array.from({ length: 16 }, (_, part) => `${log}/${part}`)
    : [log];
  await aws.stack.storage.commit(contents.map((one) => ({ kind: 'trim', log: one, keep: 0 })));
  expect(await wayOf(aws, id)).toMatchObject({ verdict: 'unknown', attempts: [] });
});

/** Dead letters of rules, read and sent again; the inbox of all is test/services/sqs. */
import { expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { letters, named, redrive } from '../sqs/admin.ts';
import { listen } from './listener.ts';
import { EVERYTHING, openQueue, put, sendsTo } from './receivers.ts';

const LATE = 'arn:aws:sqs:us-east-1:000000000000:late';

async function aLetter(aws: Suite, queue: string) {
  const [letter, ...others] = await letters(aws, queue);
  if (!letter || others.length > 0) throw new Error(`${others.length} others are there.`);
  return letter;
}

test('an API destination is asked again, and what it refuses comes back', async () => {
  await using aws = await startSuite();
  let status = 400;
  await using endpoint = await listen(() => ({ status }));
  const dead = await openQueue(aws, 'dead');
  const Arn = await endpoint.destination(aws);
  await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig: { Arn: dead.arn } });
  await put(aws, { n: 1 });
  await aws.settled();
  const first = await aLetter(aws, dead.arn);
  const { body } = await redrive(aws, dead.arn, [named(first)]);
  // It goes outside, so it has no id there; the trace goes on under its own.
  expect(body.moved).toEqual([{ id: first.id, newId: first.id, to: Arn }]);
  await aws.settled();
  const second = await aLetter(aws, dead.arn);
  expect(second).toMatchObject({ groupKey: first.groupKey, redriven: 1, body: first.body });
  expect(second.history.map(({ outcome }) => outcome)).toEqual([
    ...[first.code, 'redriven', first.code],
  ]);
  status = 200;
  await redrive(aws, dead.arn, [named(second)]);
  await aws.settled();
  expect(await letters(aws, dead.arn)).toEqual([]);
  expect(endpoint.heard.map((request) => JSON.parse(request.body).detail)).toEqual([
    ...[{ n: 1 }, { n: 1 }, { n: 1 }],
  ]);
});

test('an event may be edited, into an event, and its numbers keep their digits', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead');
  await sendsTo(aws, 'r', EVERYTHING, { Arn: LATE, DeadLetterConfig: { Arn: dead.arn } });
  await put(aws, { n: 1 });
  const letter = await aLetter(aws, dead.arn);
  const late = await openQueue(aws, 'late');
  for (const body of ['{', '[]', '{"id":"x"}', letter.body.replace('{"n":1}', '7')]) {
    const refused = await redrive(aws, dead.arn, [{ ...named(letter), body }]);
    expect([refused.status, refused.body.message]).toEqual([
      ...[400, expect.stringContaining('The message is no event.')],
    ]);
  }
  const body = letter.body.replace('{"n":1}', '{ "n": 12345678901234567890.10 }');
  expect((await redrive(aws, dead.arn, [{ ...named(letter), body }])).status).toBe(200);
  const [message] = await late.messages();
  expect(message?.Body).toContain('"detail":{"n":12345678901234567890.10}');
});

test('the dead-letter queue of a target is asked for as the rule names it now', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead');
  await using endpoint = await listen(() => ({ status: 400 }));
  const Arn = await endpoint.destination(aws);
  await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig: { Arn: dead.arn } });
  await put(aws, { n: 1 });
  await aws.settled();
  // The rule has none any more; the letter is not lost for that.
  await sendsTo(aws, 'r', EVERYTHING, { Arn });
  await redrive(aws, dead.arn, [named(await aLetter(aws, dead.arn))]);
  await aws.settled();
  expect(await aLetter(aws, dead.arn)).toMatchObject({ redriven: 1 });
});

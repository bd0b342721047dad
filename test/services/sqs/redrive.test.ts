import { describe, expect, test } from 'vitest';
import { journalOfSuite } from '../../sdk/facts.ts';
import { startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from '../events/receivers.ts';
import { configure, failing, onFailure, sendEvent, watched } from '../lambda/async-world.ts';
import { aTopic, RAW } from '../sns/a-topic.ts';
import { type AQueue, aQueue, startSqs, withDeadLetters } from './a-queue.ts';
import { letters, named, order, redrive } from './admin.ts';

const now = { VisibilityTimeout: 0 } as const;

/** Sends `bodies`, and receives them once too often. */
async function bury(queue: AQueue, dead: AQueue, ...bodies: readonly string[]) {
  const [before = 0] = await dead.counts();
  for (const body of bodies) await queue.send(body);
  for (let receives = 0; receives < 2; receives += 1) await queue.bodies(now);
  expect(await dead.counts()).toEqual([before + bodies.length, 0, 0]);
}

describe('answers', () => {
  test('chosen messages go back to their queue as new ones, the others stay', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1);
    await bury(queue, dead, 'a', 'b', 'c');
    const [a, b, c] = (await letters(aws, dead.arn)).map(named);
    if (!a || !b || !c) throw new Error('Not all are there.');
    await aws.clock.advance('1m');
    const { status, body } = await redrive(aws, dead.arn, [c, a]);
    expect(status).toBe(200);
    expect(body.moved).toEqual([
      { id: c.id, newId: expect.any(String), to: queue.arn },
      { id: a.id, newId: expect.any(String), to: queue.arn },
    ]);
    expect(await dead.counts()).toEqual([1, 0, 0]);
    const all = { MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] } as const;
    const received = await queue.receive(all);
    expect(received.map(({ Body, MessageId }) => [Body, MessageId])).toEqual([
      ['c', body.moved[0]?.newId],
      ['a', body.moved[1]?.newId],
    ]);
    expect(received[0]?.Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      SentTimestamp: String(aws.clock.now()),
    });
    const left = await dead.one();
    expect(left).toMatchObject({ MessageId: b.id, Attributes: { ApproximateReceiveCount: '2' } });
  });

  test('a body is edited on the way, and checked as one that is sent', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1, { MaximumMessageSize: '1024' });
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
    await queue.send('{"n":1', { MessageAttributes });
    for (let receives = 0; receives < 2; receives += 1) await queue.bodies(now);
    const [letter] = await letters(aws, dead.arn);
    if (!letter) throw new Error('It is not there.');
    for (const wrong of ['', '\u0000', 'x'.repeat(1_024)]) {
      const { status, body } = await redrive(aws, dead.arn, [{ ...named(letter), body: wrong }]);
      expect([status, typeof body.message]).toEqual([400, 'string']);
    }
    expect(await dead.counts()).toEqual([1, 0, 0]);
    const { body } = await redrive(aws, dead.arn, [{ ...named(letter), body: '{"n":1}' }]);
    const received = await queue.one();
    expect(received).toMatchObject({ Body: '{"n":1}', MessageAttributes });
    const newId = body.moved[0]?.newId;
    const told = (await journalOfSuite(aws)).map(({ atMs: _any, ...fact }) => fact);
    expect(told).toContainEqual({
      ...{ kind: 'publish', id: newId, arn: queue.arn, causes: [letter.id], note: 'edited' },
    });
    expect(told).toContainEqual({
      ...{ kind: 'deliver', id: letter.id, arn: dead.arn, target: queue.arn, outcome: 'ok' },
      ...{ produced: newId, note: 'edited and redriven' },
    });
  });

  test('a message that came back tells how often it was redriven', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1);
    await bury(queue, dead, 'a');
    for (let times = 1; times <= 2; times += 1) {
      const [before] = await letters(aws, dead.arn);
      if (!before) throw new Error('It is not there.');
      expect(before.redriven).toBe(times === 1 ? undefined : times - 1);
      await aws.clock.advance('1m');
      expect((await redrive(aws, dead.arn, [named(before)])).status).toBe(200);
      await aws.clock.advance('1m');
      for (let receives = 0; receives < 2; receives += 1) await queue.bodies(now);
    }
    const [letter] = await letters(aws, dead.arn);
    expect(letter?.redriven).toBe(2);
    expect(letter?.history.map(({ outcome }) => outcome)).toEqual([
      ...['received', 'redriven', 'received', 'redriven', 'received'],
    ]);
  });

  test('a group keeps its order in a FIFO queue, and is not taken for a repetition', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1, {
      name: 'orders.fifo',
      ContentBasedDeduplication: 'true',
    });
    for (const body of ['a', 'b']) await queue.send(body, { MessageGroupId: 'g' });
    for (let receives = 0; receives < 2; receives += 1) await queue.bodies(now);
    const chosen = (await letters(aws, dead.arn)).map(named);
    const [a, b] = chosen;
    if (!a || !b) throw new Error('Not all are there.');
    expect((await redrive(aws, dead.arn, [a, { ...b, body: 'B' }])).status).toBe(200);
    expect(await queue.bodies()).toEqual(['a', 'B']);
  });

  test('a queue, a function or a topic can be chosen', async () => {
    await using aws = await startSuite();
    const dead = await aQueue(aws, 'dead');
    const elsewhere = await aQueue(aws, 'elsewhere');
    const f = await watched(aws, 'f');
    const topic = await aTopic(aws);
    const heard = await openQueue(aws, 'heard');
    await topic.subscribe('sqs', heard.arn, RAW);
    for (const to of [elsewhere.arn, f.arn, topic.arn]) {
      await dead.send('{"n":1}');
      const [letter] = await letters(aws, dead.arn);
      if (!letter) throw new Error('It is not there.');
      const { body } = await redrive(aws, dead.arn, [named(letter)], { to });
      expect(body.moved).toEqual([{ id: letter.id, newId: expect.any(String), to }]);
      await aws.settled();
    }
    expect(await elsewhere.bodies()).toEqual(['{"n":1}']);
    expect(f.received).toEqual([{ n: 1 }]);
    expect((await heard.messages()).map(({ Body }) => Body)).toEqual(['{"n":1}']);
    expect(await dead.counts()).toEqual([0, 0, 0]);
  });
});

describe('dead letters of other services', () => {
  test('one of a rule goes to the target that did not get it, and to no other', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const other = await openQueue(aws, 'other');
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:late';
    const DeadLetterConfig = { Arn: dead.arn };
    await sendsTo(aws, 'r', EVERYTHING, { Arn, InputPath: '$.detail', DeadLetterConfig });
    await sendsTo(aws, 's', EVERYTHING, { Arn: other.arn });
    await put(aws, { n: 1 });
    const [letter] = await letters(aws, dead.arn);
    if (!letter) throw new Error('It is not there.');

    const refused = await redrive(aws, dead.arn, [named(letter)]);
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain(`The queue ${Arn} does not exist.`);
    expect(await letters(aws, dead.arn)).toEqual([letter]);

    const late = await openQueue(aws, 'late');
    const { body } = await redrive(aws, dead.arn, [named(letter)]);
    const [message] = await late.messages();
    expect(message).toMatchObject({ Body: '{"n":1}', MessageId: body.moved[0]?.newId });
    expect(await other.messages()).toHaveLength(1);
    expect(await letters(aws, dead.arn)).toEqual([]);
  });

  test('one of a rule that is gone stays until a goal is chosen', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:late';
    await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig: { Arn: dead.arn } });
    const id = await put(aws, { n: 1 });
    const { Targets = [] } = await aws.call('events', 'ListTargetsByRule', { Rule: 'r' });
    await aws.call('events', 'RemoveTargets', { Rule: 'r', Ids: Targets.map(({ Id }) => Id) });
    const [letter] = await letters(aws, dead.arn);
    if (!letter) throw new Error('It is not there.');
    const refused = await redrive(aws, dead.arn, [named(letter)]);
    expect(refused.body.message).toMatch(/has no target .*late any more\. Choose where/);
    await aws.call('events', 'DeleteRule', { Name: 'r' });
    const gone = await redrive(aws, dead.arn, [named(letter)]);
    expect(gone.body.message).toMatch(/The rule .* is gone\. Choose where/);
    const late = await openQueue(aws, 'late');
    expect((await redrive(aws, dead.arn, [named(letter)], { to: late.arn })).status).toBe(200);
    expect(await late.events()).toMatchObject([{ id, detail: { n: 1 } }]);
  });

  test('an event goes onto a bus that is chosen', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const seen = await openQueue(aws, 'seen');
    await aws.call('events', 'CreateEventBus', { Name: 'second' });
    await sendsTo(aws, 's', EVERYTHING, { Arn: seen.arn }, 'second').catch(() => undefined);
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:late';
    await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig: { Arn: dead.arn } });
    await put(aws, { n: 1 });
    const [letter] = await letters(aws, dead.arn);
    if (!letter) throw new Error('It is not there.');
    const to = 'arn:aws:events:us-east-1:000000000000:event-bus/second';
    const wrong = await redrive(aws, dead.arn, [{ ...named(letter), body: '{}' }], { to });
    expect(wrong.body.message).toContain('The message is no event.');
    expect((await redrive(aws, dead.arn, [named(letter)], { to })).status).toBe(200);
    expect(await letters(aws, dead.arn)).toEqual([]);
  });

  test.each([
    ['in its envelope', {}],
    ['raw', RAW],
  ])('one of a subscription goes to its endpoint, %s', async (_, attributes) => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const topic = await aTopic(aws);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:late';
    await topic.subscribe('sqs', Arn, { ...attributes, RedrivePolicy });
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
    await topic.publish('hello', { Subject: 'news', MessageAttributes });
    await aws.settled();
    const [letter] = await letters(aws, dead.arn);
    if (!letter) throw new Error('It is not there.');
    const late = await openQueue(aws, 'late');
    expect((await redrive(aws, dead.arn, [named(letter)])).status).toBe(200);
    const [message] = await late.messages();
    if (attributes === RAW) {
      expect(message).toMatchObject({ Body: 'hello', MessageAttributes });
    } else {
      expect(JSON.parse(message?.Body ?? '')).toEqual({
        ...JSON.parse(letter.body),
        Signature: expect.any(String),
      });
    }
  });

  test('one of a subscription that a function listens to is put as SNS puts it', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const topic = await aTopic(aws);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:late';
    await topic.subscribe('lambda', arn, { RedrivePolicy });
    const { MessageId } = await topic.publish('hello');
    await aws.settled();
    const f = await watched(aws, 'late');
    await aws.call('lambda', 'AddPermission', {
      ...{ FunctionName: 'late', StatementId: 's', Action: 'lambda:InvokeFunction' },
      ...{ Principal: 'sns.amazonaws.com', SourceArn: topic.arn },
    });
    const [letter] = await letters(aws, dead.arn);
    if (!letter) throw new Error('It is not there.');
    expect((await redrive(aws, dead.arn, [named(letter)])).status).toBe(200);
    await aws.settled();
    expect(f.received).toMatchObject([{ Records: [{ Sns: { MessageId, Message: 'hello' } }] }]);
  });

  test('events and records of functions are their events again', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    let fails = true;
    const orFail = () => (fails ? failing()() : 'done');
    const f = await watched(aws, 'f', orFail, { deadLetterArn: dead.arn });
    await configure(aws, 'f', { ...onFailure(dead.arn), maximumRetryAttempts: 0 });
    await sendEvent(aws, 'f', { n: 1.5 });
    await aws.settled();
    fails = false;
    const chosen = (await letters(aws, dead.arn)).map(named);
    expect(chosen).toHaveLength(2);
    const { status, body } = await redrive(aws, dead.arn, chosen);
    expect([status, body.moved[0]?.to]).toEqual([200, `${f.arn}:$LATEST`]);
    await aws.settled();
    expect(f.received).toEqual([{ n: 1.5 }, { n: 1.5 }, { n: 1.5 }]);
    expect(f.runs.at(-1)?.requestId).not.toBe(f.runs[0]?.requestId);
    expect(await letters(aws, dead.arn)).toEqual([]);
  });

  test('one that fails again comes back with its whole history', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    await watched(aws, 'f', failing('no'), { deadLetterArn: dead.arn });
    await configure(aws, 'f', { maximumRetryAttempts: 0 });
    await sendEvent(aws, 'f', { n: 1 });
    await aws.settled();
    const [first] = await letters(aws, dead.arn);
    if (!first) throw new Error('It is not there.');
    await aws.clock.advance('1m');
    expect((await redrive(aws, dead.arn, [named(first)])).status).toBe(200);
    await aws.settled();
    const [second, ...others] = await letters(aws, dead.arn);
    expect(others).toEqual([]);
    expect(second).toMatchObject({ groupKey: first.groupKey, redriven: 1 });
    const outcomes = second?.history.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['Error', 'redriven', 'Error']);
  });
});

describe('refusals', () => {
  test('a message that was taken meanwhile stays, and all others of the request', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1);
    await bury(queue, dead, 'a', 'b');
    const chosen = (await letters(aws, dead.arn)).map(named);
    const [taken] = await dead.receive({ VisibilityTimeout: 30 });
    const held = await redrive(aws, dead.arn, chosen);
    expect(held).toMatchObject({ status: 409, body: { message: /held by a consumer until/ } });
    await aws.clock.advance('30s');
    const again = await redrive(aws, dead.arn, chosen);
    expect(again.body.message).toMatch(/was received meanwhile\. Look again\.$/);
    expect([again.status, await dead.counts()]).toEqual([409, [2, 0, 0]]);
    if (taken) await dead.remove(taken);
    const gone = await redrive(aws, dead.arn, chosen);
    expect(gone.body.message).toMatch(/is not there any more\. Look again\.$/);
    expect([gone.status, await dead.counts()]).toEqual([409, [1, 0, 0]]);
    expect(await queue.counts()).toEqual([0, 0, 0]);
  });

  test('a message that tells of no origin, or whose queue is gone, needs a goal', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1);
    await bury(queue, dead, 'a');
    await dead.send('sent right here');
    const [buried, sent] = (await letters(aws, dead.arn)).map(named);
    if (!buried || !sent) throw new Error('Not all are there.');
    const unknown = await redrive(aws, dead.arn, [buried, sent]);
    expect(unknown.status).toBe(400);
    expect(unknown.body.message).toBe(
      `Message ${sent.id} stays, and with it all others: Nothing tells where the message came ` +
        'from. Choose where it is to go.',
    );
    await aws.call('sqs', 'DeleteQueue', { QueueUrl: queue.url });
    const gone = await redrive(aws, dead.arn, [buried]);
    expect(gone.body.message).toContain(`The queue ${queue.arn} is gone. Choose where`);
    expect(await dead.counts()).toEqual([2, 0, 0]);
  });

  test('what is no redrive changes nothing', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1);
    const fifo = await aQueue(aws, 'other.fifo');
    const abroad = await aQueue(aws.as({ account: '111111111111' }), 'abroad');
    await bury(queue, dead, 'a');
    const [letter] = (await letters(aws, dead.arn)).map(named);
    if (!letter) throw new Error('It is not there.');
    const messages = [letter];
    const wrong: readonly (readonly [number, object])[] = [
      [400, {}],
      [400, { queue: 'dead' }],
      [404, { queue: `${dead.arn}-not`, messages }],
      [400, { queue: dead.arn, messages: [] }],
      [400, { queue: dead.arn, messages: [{ id: letter.id }] }],
      [400, { queue: dead.arn, messages: [letter, letter] }],
      [400, { queue: dead.arn, messages, group: 'g' }],
      [400, { queue: dead.arn, messages, to: dead.arn }],
      [400, { queue: dead.arn, messages, to: fifo.arn }],
      [400, { queue: dead.arn, messages, to: abroad.arn }],
      [400, { queue: dead.arn, messages, to: 'https://example.com' }],
      [404, { queue: dead.arn, messages, to: `${dead.arn}-not` }],
      [400, { queue: dead.arn, perSecond: 0 }],
      [400, { queue: dead.arn, perSecond: 501 }],
      [400, { queue: dead.arn, group: 7 }],
    ];
    for (const [status, asked] of wrong) {
      const answer = await order<{ message: string }>(aws, 'dead-letters/redrive', asked);
      expect([answer.status, asked]).toEqual([status, asked]);
      expect(answer.body.message).toMatch(/\.$/);
    }
    expect(await dead.counts()).toEqual([1, 0, 0]);
  });
});

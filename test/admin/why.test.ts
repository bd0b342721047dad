/** Why an event arrived or did not: what rules made of it, up to the last letter. */
import { describe, expect, test } from 'vitest';
import type { Runs, Why } from '../../src/admin-api/index.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { listen } from '../services/events/listener.ts';
import { EVERYTHING, openQueue, put, sendsTo } from '../services/events/receivers.ts';
import { watched } from '../services/lambda/async-world.ts';
import { asked, looked } from './asked.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';

const whyOf = (aws: Suite, id: string, of?: string) => looked<Why>(aws, 'why', { id, of });

/** A queue that nobody but its own account may send to. */
async function closedQueue(aws: Suite, name = 'closed'): Promise<string> {
  await aws.call('sqs', 'CreateQueue', { QueueName: name });
  return `arn:aws:sqs:us-east-1:000000000000:${name}`;
}

describe('an event that a rule took', () => {
  test('was delivered, and each hand-over is told', async () => {
    await using aws = await startSuite();
    const [a, b] = [await openQueue(aws, 'a'), await openQueue(aws, 'b')];
    const arn = await sendsTo(aws, 'r', EVERYTHING, { Arn: a.arn });
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: 'u', Arn: b.arn }] });
    const id = await put(aws, { orderId: 7 });
    const atMs = aws.clock.now();
    expect(await whyOf(aws, id)).toEqual({
      id,
      arn: BUS,
      ways: [
        {
          arn,
          name: 'r',
          kind: 'rule',
          targets: [a.arn, b.arn],
          verdict: 'delivered',
          because: 'Handed over to sqs:a, sqs:b.',
          attempts: [
            { atMs, target: a.arn, outcome: 'ok' },
            { atMs, target: b.arn, outcome: 'ok' },
          ],
        },
      ],
    });
  });

  test('is tried again, with the refusal and the time of the next attempt', async () => {
    await using aws = await startSuite();
    await using endpoint = await listen(() => ({ status: 503 }));
    const Arn = await endpoint.destination(aws);
    await sendsTo(aws, 'r', EVERYTHING, { Arn });
    const id = await put(aws, {});
    await aws.clock.advance('0ms');
    const [way] = (await whyOf(aws, id)).ways;
    expect(way).toMatchObject({
      verdict: 'retrying',
      attempts: [{ target: Arn, outcome: expect.any(String), note: expect.any(String) }],
    });
    expect(way?.because).toMatch(/refused it with .*It is tried again: attempt 2 at 2026-01-15T/);
  });

  test('was put into a dead-letter queue', async () => {
    await using aws = await startSuite();
    const letters = await openQueue(aws, 'letters');
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:nowhere';
    await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig: { Arn: letters.arn } });
    const id = await put(aws, {});
    expect((await whyOf(aws, id)).ways).toMatchObject([
      {
        verdict: 'dead-lettered',
        because:
          'sqs:nowhere refused it with NO_RESOURCE: ' +
          `The queue ${Arn} does not exist. ` +
          'Given up after one attempt, and put into sqs:letters.',
        attempts: [{ target: Arn, outcome: 'NO_RESOURCE' }],
      },
    ]);
  });

  test('was lost for want of a permission, and it says which', async () => {
    await using aws = await startSuite();
    const Arn = await closedQueue(aws);
    const open = await openQueue(aws, 'open');
    const arn = await sendsTo(aws, 'r', EVERYTHING, { Arn });
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: 'u', Arn: open.arn }] });
    const id = await put(aws, {});
    const [way] = (await whyOf(aws, id)).ways;
    expect(way).toMatchObject({
      verdict: 'lost',
      attempts: [{ outcome: 'NO_PERMISSIONS' }, { target: open.arn, outcome: 'ok' }],
    });
    expect(way?.because).toContain(
      `The policy of sqs:closed must let events.amazonaws.com (aws:SourceArn ${arn}) ` +
        'do sqs:SendMessage.',
    );
    expect(way?.because).toContain('Given up after one attempt and lost');
  });

  test('was lost at the bus of another account, and it says who must be let in', async () => {
    await using aws = await startSuite();
    await aws.as({ account: '111111111111' }).call('events', 'CreateEventBus', { Name: 'theirs' });
    const Arn = 'arn:aws:events:us-east-1:111111111111:event-bus/theirs';
    await sendsTo(aws, 'r', EVERYTHING, { Arn });
    const [way] = (await whyOf(aws, await put(aws, {}))).ways;
    expect(way).toMatchObject({ verdict: 'lost', attempts: [{ outcome: 'NO_PERMISSIONS' }] });
    expect(way?.because).toContain(
      'The policy of events:event-bus/theirs must let account 000000000000 do events:PutEvents.',
    );
  });

  test('reached a function that then failed with it', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f', () => {
      throw new RangeError('no');
    });
    const RuleArn = await sendsTo(aws, 'r', EVERYTHING, { Arn: f.arn });
    await aws.call('lambda', 'AddPermission', {
      FunctionName: 'f',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: RuleArn,
    });
    const id = await put(aws, {});
    await aws.settled();
    expect((await whyOf(aws, id)).ways).toMatchObject([
      {
        verdict: 'delivered',
        because:
          'Handed over to lambda:function:f. ' +
          'lambda:function:f then failed with it (RangeError), and it was given up.',
      },
    ]);
  });

  test('is told of although the rule is gone', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    const arn = await sendsTo(aws, 'r', EVERYTHING, { Arn: queue.arn });
    const id = await put(aws, {});
    await aws.call('events', 'RemoveTargets', { Rule: 'r', Ids: ['t'] });
    await aws.call('events', 'DeleteRule', { Name: 'r' });
    expect((await whyOf(aws, id)).ways).toMatchObject([
      {
        arn,
        kind: 'rule',
        targets: [queue.arn],
        verdict: 'delivered',
        because: 'Handed over to sqs:q. The rule has been removed since.',
      },
    ]);
  });

  test('went through another bus, and on from there', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'other' });
    const Arn = BUS.replace('default', 'other');
    const queue = await openQueue(aws, 'q');
    await sendsTo(aws, 'pass', EVERYTHING, { Arn });
    await sendsTo(aws, 'r', EVERYTHING, { Arn: queue.arn }, 'other');
    await sendsTo(aws, 'not', { source: ['x'] }, { Arn: queue.arn }, 'other');
    const id = await put(aws, {});
    const { arn, ways } = await whyOf(aws, id);
    expect(arn).toBe(BUS);
    expect(ways.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['pass', 'delivered'],
      ['r', 'delivered'],
      ['not', 'not-matched'],
    ]);
  });
});

describe('all ways of an event', () => {
  test('come with those in trouble first, then the nearest', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    const event = { source: ['com.shop'], 'detail-type': ['OrderPlaced'] };
    await sendsTo(aws, 'a-good', EVERYTHING, { Arn: queue.arn });
    await sendsTo(aws, 'b-far', { source: ['x'], detail: { n: [1] } }, { Arn: queue.arn });
    await sendsTo(aws, 'c-near', { ...event, detail: { n: [1] } }, { Arn: queue.arn });
    await sendsTo(aws, 'd-bad', EVERYTHING, { Arn: await closedQueue(aws) });
    await sendsTo(aws, 'e-off', EVERYTHING, { Arn: queue.arn });
    await aws.call('events', 'DisableRule', { Name: 'e-off' });
    const id = await put(aws, { n: 2 });
    await sendsTo(aws, 'f-late', EVERYTHING, { Arn: queue.arn });
    const { ways } = await whyOf(aws, id);
    expect(ways.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'd-bad lost',
      'a-good delivered',
      'f-late not-then',
      'e-off disabled',
      'c-near not-matched',
      'b-far not-matched',
    ]);
    const { ways: only } = await whyOf(aws, id, ways[4]?.arn);
    expect(only).toEqual([ways[4]]);
  });

  test('lead on: a mapping of a queue that a rule fills', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    await sendsTo(aws, 'r', EVERYTHING, { Arn: queue.arn });
    const f = await aws.lambda('f', () => 'done');
    f.fail(1, new TypeError('no'));
    const uuid = await f.feedFrom(queue.arn);
    await aws.settled();
    const id = await put(aws, {});
    await aws.clock.advance('1s');
    const of = `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${uuid}`;
    const why = await whyOf(aws, id, of);
    expect(why).toMatchObject({
      arn: queue.arn,
      ways: [{ arn: of, verdict: 'retrying', attempts: [{ outcome: 'TypeError' }] }],
    });
    expect(why.id).not.toBe(id);
  });

  test('of an invocation are none: it says how it ended', async () => {
    await using aws = await startSuite();
    await watched(aws, 'f', () => {
      throw new RangeError('no');
    });
    await aws.call('lambda', 'Invoke', { FunctionName: 'f', InvocationType: 'Event' });
    await aws.settled();
    const [run] = (await looked<Runs>(aws, 'runs')).runs;
    expect(await whyOf(aws, run?.id ?? '')).toMatchObject({
      ways: [],
      because: 'The function failed with it (RangeError), and it was given up.',
    });
  });

  test('are none where nothing listens, and it says so', async () => {
    await using aws = await startSuite();
    const id = await put(aws, {});
    expect(await whyOf(aws, id)).toEqual({
      ...{ id, arn: BUS, ways: [] },
      because: 'The bus has no rule with a pattern.',
    });
    const lost = await put(aws, {}, { EventBusName: 'nowhere' });
    expect((await whyOf(aws, lost)).because).toMatch(/^There was no such event bus/);
    const { TopicArn } = await aws.call('sns', 'CreateTopic', { Name: 'news' });
    const { MessageId = '' } = await aws.call('sns', 'Publish', { TopicArn, Message: 'm' });
    expect((await whyOf(aws, MessageId)).because).toBe('The topic had no subscription.');
  });

  test('of a message that nothing feeds from are none: it says where it is', async () => {
    await using aws = await startSuite();
    await closedQueue(aws, 'letters');
    const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', {
      QueueName: 'q',
      Attributes: {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:letters',
          maxReceiveCount: 1,
        }),
      },
    });
    const send = async () => {
      const { MessageId } = await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'm' });
      return MessageId ?? '';
    };
    const receive = async () =>
      (await aws.call('sqs', 'ReceiveMessage', { QueueUrl })).Messages?.[0]?.ReceiptHandle ?? '';
    const because = async (id: string) => (await whyOf(aws, id)).because;
    const id = await send();
    expect(await because(id)).toBe('Nothing listens at sqs:q.');
    const ReceiptHandle = await receive();
    expect(await because(id)).toBe('A consumer has received it, and has not confirmed it.');
    await aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
    expect(await because(id)).toBe('A consumer received it and confirmed it.');
    const other = await send();
    await receive();
    await aws.clock.advance('1m');
    await receive();
    expect(await because(other)).toBe('It was received too often and put into sqs:letters.');
  });
});

describe('refusals', () => {
  test('no id, an unknown one, and a way that does not lead there', async () => {
    await using aws = await startSuite();
    const id = await put(aws, {});
    expect((await asked(aws, 'why')).status).toBe(400);
    expect((await asked(aws, 'why', { id: 'nobody' })).status).toBe(404);
    expect(await asked(aws, 'why', { id, of: 'x' })).toMatchObject({
      status: 404,
      body: { message: expect.stringMatching(`^x does not lead away from ${BUS}`) },
    });
    expect((await asked(aws, 'why/else', { id })).status).toBe(404);
  });
});

/** Records of asynchronous invocations: what they say, and where they go. */
import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, sendsTo } from '../events/receivers.ts';
import { aTopic, RAW } from '../sns/a-topic.ts';
import { aFunction, zipOf } from './a-function.ts';
import {
  bytesOf,
  configure,
  facts,
  failing,
  onFailure,
  onSuccess,
  sendEvent,
  watched,
} from './async-world.ts';

const ACCOUNT = '000000000000';
const at = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;

/** A queue as CreateQueue makes it: no policy lets anybody in. */
async function closedQueue(aws: Suite, name: string) {
  return openQueue(aws, name, { Policy: '' });
}

async function recordIn(queue: Awaited<ReturnType<typeof openQueue>>) {
  const [message, ...more] = await queue.messages();
  expect(more).toEqual([]);
  return message && JSON.parse(message.Body ?? '');
}

describe('a record', () => {
  test('of a success goes to its queue, which needs no policy', async () => {
    await using aws = await startSuite();
    const queue = await closedQueue(aws, 'records');
    const f = await watched(aws, 'f', () => ({ answer: 42 }));
    await configure(aws, 'f', onSuccess(queue.arn));
    await sendEvent(aws, 'f', { orderId: 7 });
    await aws.settled();
    expect(await recordIn(queue)).toEqual({
      version: '1.0',
      timestamp: '2026-01-15T10:00:00.000Z',
      requestContext: {
        requestId: f.runs[0]?.requestId,
        functionArn: `${f.arn}:$LATEST`,
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: { orderId: 7 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { answer: 42 },
    });
  });

  test('of an answer that is no JSON has it as a string', async () => {
    await using aws = await startSuite();
    const queue = await closedQueue(aws, 'records');
    const source =
      "export const handler = awslambda.streamifyResponse(async (_, s) => s.end('hi'));";
    await aFunction(aws, { Code: { ZipFile: zipOf({ 'index.mjs': source }) } });
    await configure(aws, 'f', onSuccess(queue.arn));
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(await recordIn(queue)).toMatchObject({ responsePayload: 'hi' });
  });

  test('of a failure says how it ended and what the function said last', async () => {
    await using aws = await startSuite();
    const queue = await closedQueue(aws, 'records');
    const f = await watched(aws, 'f', failing('out of stock'));
    await configure(aws, 'f', onFailure(queue.arn));
    await sendEvent(aws, 'f', { orderId: 7 });
    await aws.settled();
    expect(await recordIn(queue)).toMatchObject({
      timestamp: '2026-01-15T10:03:00.000Z',
      requestContext: {
        requestId: f.runs[0]?.requestId,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { orderId: 7 },
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: 'Unhandled',
      },
      responsePayload: { errorType: 'Error', errorMessage: 'out of stock' },
    });
  });

  test('of an event that grew too old says so', async () => {
    await using aws = await startSuite();
    const queue = await closedQueue(aws, 'records');
    await watched(aws, 'f', failing());
    await configure(aws, 'f', { ...onFailure(queue.arn), maximumEventAgeSeconds: 60 });
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(await recordIn(queue)).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 1 },
      responseContext: { functionError: 'Unhandled' },
    });
  });

  test('of an event that was never run has no response', async () => {
    await using aws = await startSuite();
    const queue = await closedQueue(aws, 'records');
    await watched(aws, 'f', () => 'done', { reservedConcurrency: 0 });
    await configure(aws, 'f', onFailure(queue.arn));
    await sendEvent(aws, 'f', { orderId: 7 });
    await aws.settled();
    const record = await recordIn(queue);
    expect(record.requestContext).toMatchObject({
      condition: 'ZeroReservedConcurrency',
      approximateInvokeCount: 0,
    });
    expect(Object.keys(record)).toEqual([
      'version',
      'timestamp',
      'requestContext',
      'requestPayload',
    ]);
  });

  test('is not made where only the other end has a destination', async () => {
    await using aws = await startSuite();
    const queue = await closedQueue(aws, 'records');
    const f = await watched(aws, 'f');
    await configure(aws, 'f', onFailure(queue.arn));
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(f.runs).toHaveLength(1);
    expect(await queue.messages()).toEqual([]);
  });

  test('keeps the digits of numbers', async () => {
    await using aws = await startSuite();
    const queue = await closedQueue(aws, 'records');
    await watched(aws, 'f');
    await configure(aws, 'f', onSuccess(queue.arn));
    const Payload = bytesOf('{"id":12345678901234567890.50}');
    await aws.call('lambda', 'Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload });
    await aws.settled();
    const [message] = await queue.messages();
    expect(message?.Body).toContain('"requestPayload":{"id":12345678901234567890.50}');
  });

  test('that is too large for its destination goes there without the payloads', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws, 'records');
    const queue = await openQueue(aws, 'inbox');
    await topic.subscribe('sqs', queue.arn, RAW);
    await watched(aws, 'f');
    await configure(aws, 'f', onSuccess(topic.arn));
    await sendEvent(aws, 'f', 'x'.repeat(300_000));
    await aws.settled();
    const record = await recordIn(queue);
    expect(record.requestContext.condition).toBe('Success');
    expect(record.responseContext).toBeDefined();
    expect(record).not.toHaveProperty('requestPayload');
    expect(record).not.toHaveProperty('responsePayload');
  });
});

describe('a destination', () => {
  test('may be a topic', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws, 'records');
    const queue = await openQueue(aws, 'inbox');
    await topic.subscribe('sqs', queue.arn, RAW);
    await watched(aws, 'f');
    await configure(aws, 'f', onSuccess(topic.arn));
    await sendEvent(aws, 'f', { orderId: 7 });
    await aws.settled();
    expect(await recordIn(queue)).toMatchObject({ requestPayload: { orderId: 7 } });
  });

  test('may be another function, which gets the record as its event', async () => {
    await using aws = await startSuite();
    const after = await watched(aws, 'after');
    await watched(aws, 'f');
    await configure(aws, 'f', onSuccess(after.arn));
    await sendEvent(aws, 'f', { orderId: 7 });
    await aws.settled();
    expect(after.received).toMatchObject([
      { requestContext: { condition: 'Success' }, requestPayload: { orderId: 7 } },
    ]);
  });

  test.each([
    ['Success', onSuccess, (): unknown => 'done'],
    ['Failure', onFailure, failing()],
  ])('may be a bus, for which a %s is a new event', async (result, on, handler) => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'results' });
    const queue = await openQueue(aws, 'inbox');
    await sendsTo(aws, 'all', EVERYTHING, { Arn: queue.arn }, 'results');
    const f = await watched(aws, 'f', handler);
    const bus = at('events', 'event-bus/results');
    await configure(aws, 'f', { ...on(bus), maximumRetryAttempts: 0 });
    await sendEvent(aws, 'f', { orderId: 7 });
    await aws.settled();
    const events = await queue.events();
    expect(events).toMatchObject([
      {
        source: 'lambda',
        'detail-type': `Lambda Function Invocation Result - ${result}`,
        account: ACCOUNT,
        region: 'us-east-1',
        time: '2026-01-15T10:00:00Z',
        resources: [bus, `${f.arn}:$LATEST`],
        detail: { version: '1.0', requestPayload: { orderId: 7 } },
      },
    ]);
  });

  test('may forward from its bus to another, as the event is new there', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'results' });
    await aws.call('events', 'CreateEventBus', { Name: 'all' });
    const queue = await openQueue(aws, 'inbox');
    await sendsTo(aws, 'on', EVERYTHING, { Arn: at('events', 'event-bus/all') }, 'results');
    await sendsTo(aws, 'in', EVERYTHING, { Arn: queue.arn }, 'all');
    await watched(aws, 'f');
    await configure(aws, 'f', onSuccess(at('events', 'event-bus/results')));
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(await queue.events()).toHaveLength(1);
  });

  test('that is gone loses the record, and the journal says so', async () => {
    await using aws = await startSuite();
    await watched(aws, 'f');
    await configure(aws, 'f', onSuccess(at('sqs', 'nowhere')));
    await sendEvent(aws, 'f');
    await aws.settled();
    const lost = (await facts(aws)).filter(({ kind }) => kind === 'dead-letter');
    expect(lost).toMatchObject([{ outcome: 'LOST:NO_RESOURCE', target: at('sqs', 'nowhere') }]);
  });

  test('whose policy denies it to the role gets nothing', async () => {
    await using aws = await startSuite();
    const statement = { Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const queue = await openQueue(aws, 'records', { Policy });
    await watched(aws, 'f');
    await configure(aws, 'f', onSuccess(queue.arn));
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(await queue.messages()).toEqual([]);
  });

  test.each([
    ['with a policy for the role', `arn:aws:iam::${ACCOUNT}:role/f`, 1],
    ['with a policy for another role', `arn:aws:iam::${ACCOUNT}:role/g`, 0],
  ])('may be in another account, %s', async (_, role, count) => {
    await using aws = await startSuite();
    const other = aws.as({ account: '111111111111' });
    const Statement = [
      { Effect: 'Allow', Principal: { AWS: role }, Action: 'sqs:SendMessage', Resource: '*' },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const queue = await openQueue(other, 'records', { Policy });
    await watched(aws, 'f');
    await configure(aws, 'f', onSuccess(queue.arn));
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(await queue.messages()).toHaveLength(count);
  });
});

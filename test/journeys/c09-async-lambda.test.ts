/**
 * C-09: orders are shipped by a function that is invoked asynchronously. It is tried again for
 * some minutes, what it has done is told on a bus, and what it could not do is told to people.
 */
import { expect, test } from 'vitest';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { EVERYTHING, openQueue, sendsTo } from '../services/events/receivers.ts';
import { bytesOf, offsets, sendEvent, watched } from '../services/lambda/async-world.ts';

const ORDER = { orderId: 'o-1', items: 3 };

/** Ships each order once, however often it is asked to; fails the first `failures` times. */
async function shipping(aws: Suite, failures: number, registration: object = {}) {
  const parcels = new Map<string, typeof ORDER>();
  let asked = 0;
  const ship = (order: typeof ORDER) => {
    parcels.set(order.orderId, order);
    asked += 1;
    if (asked <= failures) throw new Error('The carrier does not answer.');
    return { shipped: order.orderId };
  };
  const f = await watched(aws, 'ship', ship, registration);
  await aws.call('events', 'CreateEventBus', { Name: 'results' });
  const shipped = await openQueue(aws, 'shipped');
  await sendsTo(aws, 'shipped', EVERYTHING, { Arn: shipped.arn }, 'results');
  const failed = await openQueue(aws, 'failed');
  const bus = `arn:aws:events:${aws.region}:${aws.account}:event-bus/results`;
  await aws.call('lambda', 'PutFunctionEventInvokeConfig', {
    FunctionName: 'ship',
    DestinationConfig: {
      OnSuccess: { Destination: bus },
      OnFailure: { Destination: failed.arn },
    },
  });
  return { f, parcels, shipped, failed };
}

type Shipping = Awaited<ReturnType<typeof shipping>>;

/** The only record of a failure. */
async function failureIn({ failed }: Shipping) {
  const records = await failed.messages();
  expect(records).toHaveLength(1);
  return JSON.parse(records[0]?.Body ?? '');
}

test.each([0, 1, 2])('an order that fails %i times is shipped once', async (failures) => {
  await using aws = await startSuite();
  const world = await shipping(aws, failures);
  await sendEvent(aws, 'ship', ORDER);
  await aws.settled();
  expect(offsets(world.f.runs)).toEqual([0, 60, 180].slice(0, failures + 1));
  expect([...world.parcels.values()]).toEqual([ORDER]);
  expect(await world.shipped.events()).toMatchObject([
    {
      source: 'lambda',
      'detail-type': 'Lambda Function Invocation Result - Success',
      detail: {
        requestContext: { condition: 'Success', approximateInvokeCount: failures + 1 },
        requestPayload: ORDER,
        responsePayload: { shipped: 'o-1' },
      },
    },
  ]);
  expect(await world.failed.messages()).toEqual([]);
});

test('an order that cannot be shipped is told of after three attempts', async () => {
  await using aws = await startSuite();
  const world = await shipping(aws, Number.POSITIVE_INFINITY);
  await sendEvent(aws, 'ship', ORDER);
  await aws.settled();
  expect(await failureIn(world)).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: ORDER,
    responsePayload: { errorMessage: 'The carrier does not answer.' },
  });
  expect(world.parcels.size).toBe(1);
  expect(await world.shipped.events()).toEqual([]);
});

test('an order that may wait for a minute is told of when that has passed', async () => {
  await using aws = await startSuite();
  const world = await shipping(aws, Number.POSITIVE_INFINITY);
  await aws.call('lambda', 'UpdateFunctionEventInvokeConfig', {
    FunctionName: 'ship',
    MaximumEventAgeInSeconds: 60,
  });
  await sendEvent(aws, 'ship', ORDER);
  await aws.settled();
  expect(await failureIn(world)).toMatchObject({
    requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 1 },
  });
});

test('a stopped carrier sends orders back at once, with what they were', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead');
  const world = await shipping(aws, 0, { deadLetterArn: dead.arn });
  const stopped = { FunctionName: 'ship', ReservedConcurrentExecutions: 0 };
  await aws.call('lambda', 'PutFunctionConcurrency', stopped);
  const startMs = aws.clock.now();
  await sendEvent(aws, 'ship', ORDER);
  await aws.settled();
  expect(aws.clock.now()).toBe(startMs);
  const failure = await failureIn(world);
  const { requestId, condition } = failure.requestContext;
  expect(condition).toBe('ZeroReservedConcurrency');
  expect(await dead.messages()).toMatchObject([
    {
      Body: JSON.stringify(ORDER),
      MessageAttributes: {
        RequestID: { StringValue: requestId },
        ErrorCode: { DataType: 'Number', StringValue: '429' },
        ErrorMessage: { StringValue: 'Rate Exceeded.' },
      },
    },
  ]);
});

test('an order that is no JSON is refused at the door', async () => {
  await using aws = await startSuite();
  await shipping(aws, 0);
  const input = { FunctionName: 'ship', InvocationType: 'Event', Payload: bytesOf('{orderId') };
  const refused = await aws.fails('lambda', 'Invoke', input);
  expect(refused.code).toBe('InvalidRequestContentException');
});

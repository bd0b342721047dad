import { PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventBridgePublisher, type OutgoingEvent } from '../../src/patterns/publisher.ts';
import { type Aws, startAws } from '../../src/testing/index.ts';
import { type Bus, createBus } from './buses.ts';

let aws: Aws;
let bus: Bus;
let requests: number[];

beforeEach(async () => {
  aws = await startAws();
  bus = await createBus(aws);
  requests = [];
  bus.client.middlewareStack.add(
    (next) => (given) => {
      requests.push((given.input as PutEventsCommandInput).Entries?.length ?? 0);
      return next(given);
    },
    { step: 'initialize' },
  );
});
afterEach(() => aws[Symbol.asyncDispose]());

const event = (id: string, data: unknown = { orderId: id }): OutgoingEvent => ({
  ...{ id, source: 'shop', type: 'OrderPlaced', data },
});
const publisher = (options = {}) =>
  eventBridgePublisher({ client: bus.client, bus: bus.name, ...options });

/** Lets each entry fail with the next code, if there is one. */
function failing(...codes: (string | undefined)[]) {
  bus.client.middlewareStack.add(
    (next) => async (given) => {
      const answer = await next(given);
      const output = answer.output as { Entries: { ErrorCode?: string }[] };
      for (const entry of output.Entries) {
        const ErrorCode = codes.shift();
        if (ErrorCode) Object.assign(entry, { ErrorCode, ErrorMessage: 'Not now.' });
      }
      return answer;
    },
    { step: 'initialize' },
  );
}

test('an event carries its id, its metadata and its data', async () => {
  const placed = { ...event('e1'), metadata: { correlationId: 'c1', 'idempotency-key': 'k1' } };
  expect(await publisher().publish([placed])).toEqual([]);
  expect(await bus.received()).toMatchObject([
    {
      ...{ source: 'shop', 'detail-type': 'OrderPlaced' },
      detail: {
        metadata: { eventId: 'e1', 'idempotency-key': 'k1', correlationId: 'c1' },
        data: { orderId: 'e1' },
      },
    },
  ]);
});

test('requests hold ten entries and no more than 256 KB', async () => {
  await publisher().publish(Array.from({ length: 23 }, (_, at) => event(`e${at}`)));
  expect(requests).toEqual([10, 10, 3]);
  const large = 'x'.repeat(100_000);
  await publisher().publish(['a', 'b', 'c'].map((id) => event(id, large)));
  expect(requests.slice(3)).toEqual([2, 1]);
  expect(await bus.received()).toHaveLength(26);
});

test('entries that may succeed later are tried again, and those alone', async () => {
  failing('ThrottlingException', undefined, 'InternalFailure');
  const waits: number[] = [];
  const patient = publisher({ backoff: async (attempt: number) => void waits.push(attempt) });
  expect(await patient.publish(['a', 'b', 'c'].map((id) => event(id)))).toEqual([]);
  expect(requests).toEqual([3, 2]);
  expect(waits).toEqual([1]);
});

test('what is refused for good is answered', async () => {
  failing('NotAuthorizedForSourceException', undefined);
  expect(await publisher().publish([event('a'), event('b')])).toEqual([
    { event: event('a'), code: 'NotAuthorizedForSourceException', message: 'Not now.' },
  ]);
  expect(requests).toEqual([2]);
});

test('what does not pass is answered after the last retry', async () => {
  failing(...Array.from({ length: 9 }, () => 'ThrottlingException'));
  expect(await publisher({ retries: 2 }).publish([event('a')])).toMatchObject([
    { code: 'ThrottlingException' },
  ]);
  expect(requests).toEqual([1, 1, 1]);
});

test('a whole request that fails throws', async () => {
  await expect(publisher({ bus: 'a/b c' }).publish([event('a')])).rejects.toThrow();
  await expect(bus.client.send(new PutEventsCommand({ Entries: [] }))).rejects.toThrow();
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { toItem } from '../../src/patterns/attribute-values.ts';
import {
  eventStoreStream,
  NotStored,
  outgoing,
  storedEventIn,
} from '../../src/patterns/envelopes.ts';
import { dynamoEventStore } from '../../src/patterns/event-store.ts';
import { eventBridgePublisher } from '../../src/patterns/publisher.ts';
import { rowOf } from '../../src/patterns/stored-events.ts';
import { createBus, remembering } from './buses.ts';
import { createTable, startTables, type Tables } from './tables.ts';

let tables: Tables;
beforeEach(async () => {
  tables = await startTables();
  await createTable(tables.client, 'events', ['streamId', 'version']);
});
afterEach(() => tables[Symbol.asyncDispose]());

const storeOf = () =>
  dynamoEventStore({ client: tables.client, table: 'events', clock: tables.aws.clock });

test('a stored event comes back from the bus as it was', async () => {
  const bus = await createBus(tables.aws);
  const event = { type: 'Deposited', data: { amount: 5 }, metadata: { correlationId: 'c1' } };
  const [stored] = (await storeOf().append('a', [event])).events;
  if (!stored) throw new Error('One event was appended.');
  const publisher = eventBridgePublisher({ client: bus.client, bus: bus.name });
  await publisher.publish([outgoing(stored, 'bank')]);
  const [received] = await bus.received();
  expect(received).toMatchObject({ source: 'bank', detail: { metadata: { eventId: 'a@1' } } });
  expect(storedEventIn(JSON.stringify(received))).toMatchObject({
    ...{ streamId: 'a', version: 1, schemaVersion: 1, occurredAt: stored.occurredAt },
    ...event,
  });
});

test.each(['hello', 'null', '1', '{}', '{"detail-type":"T","detail":{"metadata":{"sequence":0}}}'])(
  'a body of %s is none',
  (body) => {
    expect(() => storedEventIn(body)).toThrow(NotStored);
  },
);

test('a stream publishes appended events, and no snapshots', async () => {
  const bus = remembering();
  const store = storeOf();
  const { events } = await store.append('a', [
    { type: 'Deposited', data: 1 },
    { type: 'Deposited', data: 2 },
  ]);
  const images = [...events.map(rowOf), { streamId: 'a', version: 'SNAP#x#000000000001' }];
  const Records = images.map((image, at) => ({
    eventName: 'INSERT' as const,
    dynamodb: { SequenceNumber: String(at), NewImage: toItem(image) },
  }));
  const handler = eventStoreStream({ store, publisher: bus, source: 'bank' });
  expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
  expect(bus.published.map(({ id }) => id)).toEqual(['a@1', 'a@2']);
});

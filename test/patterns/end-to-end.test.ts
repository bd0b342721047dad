/** The patterns behind real streams, buses, queues and functions. */
import { UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { idempotent } from '../../src/patterns/idempotent.ts';
import { dynamoOutbox } from '../../src/patterns/outbox.ts';
import { eventBridgePublisher, type Publisher } from '../../src/patterns/publisher.ts';
import { outboxStream, type StreamEvent } from '../../src/patterns/stream-to-event.ts';
import { type Bus, createBus } from './buses.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

let tables: Tables;
let bus: Bus;

beforeEach(async () => {
  tables = await startTables();
  bus = await createBus(tables.aws);
  await createTable(tables.client, 'outbox', ['aggregateId', 'position']);
});
afterEach(() => tables[Symbol.asyncDispose]());

const outboxTable = () => ({ client: tables.client, table: 'outbox', clock: tables.aws.clock });

async function streamInto(handler: (event: StreamEvent) => Promise<unknown>): Promise<void> {
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;
  const { TableDescription } = await tables.client.send(
    new UpdateTableCommand({ TableName: 'outbox', StreamSpecification }),
  );
  const relay = await tables.aws.lambda<StreamEvent>('relay', handler);
  await relay.feedFrom(TableDescription?.LatestStreamArn ?? '', {
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  await tables.aws.settled();
}

test('a bus that is down for a while gets every event, in order', async () => {
  const publisher = eventBridgePublisher({ client: bus.client, bus: bus.name });
  let outages = 2;
  const order: unknown[] = [];
  const shaky: Publisher = {
    publish: (events) => {
      const data = events.map((event) => event.data);
      const isDown = data.includes(3) && outages-- > 0;
      if (isDown) return Promise.reject(new Error('The bus is down.'));
      order.push(...data);
      return publisher.publish(events);
    },
  };
  await streamInto(outboxStream({ ...outboxTable(), publisher: shaky }));

  let ids = 0;
  const newId = () => `e${++ids}`;
  const outbox = dynamoOutbox({ ...outboxTable(), newId });
  await outbox.transact((tx) => {
    for (const data of [1, 2, 3, 4, 5]) {
      tx.emit({ source: 'shop', type: 'Step', data, aggregateId: 'a' });
    }
  });

  const received = await bus.received();
  expect(order).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(received.map(({ detail }) => detail.data))).toEqual(new Set([1, 2, 3, 4, 5]));
  const statuses = (await itemsOf(tables.client, 'outbox')).map(({ status }) => status);
  expect(statuses).toEqual(Array.from({ length: 5 }, () => 'SENT'));
});

test('a function that fails after its effect has it once', async () => {
  await createTable(tables.client, 'idempotency');
  let effects = 0;
  const once = idempotent(async (_: string) => ++effects, {
    ...outboxTable(),
    table: 'idempotency',
    key: (id) => id,
  });
  let crashes = 2;
  await streamInto(async ({ Records }) => {
    for (const { eventID = '' } of Records) await once(eventID);
    if (crashes-- > 0) throw new Error('crashed after the effect');
    return { batchItemFailures: [] };
  });
  const outbox = dynamoOutbox({ ...outboxTable(), newId: () => 'e1' });
  await outbox.transact((tx) => void tx.emit({ source: 's', type: 'T', data: 1 }));
  await tables.aws.settled();
  expect(crashes).toBe(-1);
  expect(effects).toBe(1);
});

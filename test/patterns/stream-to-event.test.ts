import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toItem } from '../../src/patterns/attribute-values.ts';
import { dynamoOutbox } from '../../src/patterns/outbox.ts';
import {
  NotPublished,
  outboxStream,
  type StreamRecord,
  streamToEvent,
} from '../../src/patterns/stream-to-event.ts';
import { type Remembering, remembering } from './buses.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

let bus: Remembering;
beforeEach(() => {
  bus = remembering();
});

let sequence = 100;
function record(
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE',
  { before, after }: { readonly before?: object; readonly after?: object },
): StreamRecord {
  sequence += 1;
  return {
    ...{ eventName, eventID: `r${sequence}` },
    dynamodb: {
      SequenceNumber: String(sequence),
      ...(before && { OldImage: toItem(before) }),
      ...(after && { NewImage: toItem(after) }),
    },
  };
}

describe('changes of a table', () => {
  const paid = () =>
    streamToEvent({
      publisher: bus,
      on: ['INSERT', 'MODIFY'],
      when: ({ before, after }) => before?.status !== 'PAID' && after?.status === 'PAID',
      to: ({ after }) => ({ source: 'shop', type: 'OrderPaid', data: { orderId: after?.id } }),
    });

  test('become events, with the id of their record', async () => {
    const Records = [
      record('INSERT', { after: { id: 'o1', status: 'NEW' } }),
      record('MODIFY', {
        before: { id: 'o1', status: 'NEW' },
        after: { id: 'o1', status: 'PAID' },
      }),
      record('MODIFY', {
        before: { id: 'o1', status: 'PAID' },
        after: { id: 'o1', status: 'PAID' },
      }),
      record('REMOVE', { before: { id: 'o1', status: 'NEW' } }),
    ];
    expect(await paid()({ Records })).toEqual({ batchItemFailures: [] });
    const id = Records[1]?.eventID;
    expect(bus.published).toEqual([
      { id, source: 'shop', type: 'OrderPaid', data: { orderId: 'o1' } },
    ]);
  });

  test('go on from the first that was not published', async () => {
    const causes: unknown[] = [];
    const handler = streamToEvent({
      ...{ publisher: bus, on: 'INSERT' as const },
      to: ({ after }) => ({ source: 's', type: 'T', data: null, id: String(after?.id) }),
      onFailure: (cause) => causes.push(cause),
    });
    bus.refused.add('b');
    const Records = ['a', 'b', 'c'].map((id) => record('INSERT', { after: { id } }));
    const itemIdentifier = Records[1]?.dynamodb?.SequenceNumber;
    expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier }] });
    expect(bus.published.map(({ id }) => id)).toEqual(['a']);
    expect(causes).toEqual([new NotPublished('b', 'NotAuthorized', 'No.')]);
  });

  test('without a place in the stream fail as a whole', async () => {
    bus.outages.push(new Error('down'));
    const Records = [{ eventName: 'INSERT' as const }];
    const handler = streamToEvent({
      ...{ publisher: bus, on: 'INSERT' as const },
      to: () => ({ source: 's', type: 'T', data: null }),
    });
    await expect(handler({ Records })).rejects.toThrow('down');
  });

  test('come as Lambda’s types describe them', async () => {
    const handler: (event: DynamoDBStreamEvent) => Promise<unknown> = paid();
    expect(await handler({ Records: [] })).toEqual({ batchItemFailures: [] });
  });
});

describe('the stream of an outbox', () => {
  let tables: Tables;
  beforeEach(async () => {
    tables = await startTables();
    await createTable(tables.client, 'outbox', ['aggregateId', 'position']);
  });
  afterEach(() => tables[Symbol.asyncDispose]());

  test('is published and marked as sent', async () => {
    const { client, aws } = tables;
    const table = { client, table: 'outbox', clock: aws.clock };
    const outbox = dynamoOutbox({ ...table, newId: () => 'e1' });
    await outbox.transact((tx) => void tx.emit({ source: 'shop', type: 'T', data: 1 }));
    const [row = {}] = await itemsOf(client, 'outbox');
    const handler = outboxStream({ ...table, publisher: bus });
    const Records = [
      record('INSERT', { after: row }),
      record('MODIFY', { before: row, after: { ...row, status: 'SENT' } }),
      record('REMOVE', { before: row }),
    ];
    await handler({ Records });
    expect(bus.published).toEqual([{ id: 'e1', source: 'shop', type: 'T', data: 1 }]);
    expect(await itemsOf(client, 'outbox')).toMatchObject([{ status: 'SENT' }]);
  });

  test('leaves a row that was removed meanwhile removed', async () => {
    const { client, aws } = tables;
    const event = { id: 'e1', source: 'shop', type: 'T', data: 1 };
    const row = { aggregateId: 'e1', position: 'p', status: 'PENDING', event };
    const handler = outboxStream({ client, table: 'outbox', clock: aws.clock, publisher: bus });
    const Records = [record('INSERT', { after: row })];
    expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
    expect(await itemsOf(client, 'outbox')).toEqual([]);
  });
});

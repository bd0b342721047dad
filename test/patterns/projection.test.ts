import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toItem } from '../../src/patterns/attribute-values.ts';
import { dynamoEventStore, type EventStore } from '../../src/patterns/event-store.ts';
import {
  NotCaughtUp,
  type Projection,
  ProjectionGap,
  projection,
} from '../../src/patterns/projection.ts';
import { rowOf, type StoredEvent } from '../../src/patterns/stored-events.ts';
import type { Transaction } from '../../src/patterns/transaction.ts';
import { deposited, withdrawn } from './accounts.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

let tables: Tables;
let store: EventStore;

beforeEach(async () => {
  tables = await startTables();
  const { client, aws } = tables;
  await createTable(client, 'events', ['streamId', 'version']);
  await createTable(client, 'positions');
  await createTable(client, 'balances');
  store = dynamoEventStore({ client, table: 'events', clock: aws.clock });
});
afterEach(() => tables[Symbol.asyncDispose]());

/** Balances by account, counted by additions: applied twice, an event would show. */
function balances(table = 'balances', name = table): Projection {
  const add =
    (sign: number) =>
    ({ streamId, data }: StoredEvent, tx: Transaction): void =>
      tx.update({
        ...{ TableName: table, Key: { id: streamId }, UpdateExpression: 'ADD balance :amount' },
        ExpressionAttributeValues: { ':amount': sign * Number(data) },
      });
  return projection({
    ...{ client: tables.client, name, positions: 'positions' },
    on: { Deposited: add(1), Withdrawn: add(-1) },
  });
}

const model = async (table = 'balances') =>
  Object.fromEntries((await itemsOf(tables.client, table)).map(({ id, balance }) => [id, balance]));

async function appended(streamId: string): Promise<readonly StoredEvent[]> {
  const events = [deposited(50), withdrawn(30), deposited(80)];
  return (await store.append(streamId, events)).events;
}

describe('applying', () => {
  test('moves model and position on together', async () => {
    const accounts = balances();
    for (const event of await appended('a')) expect(await accounts.apply(event)).toBe('applied');
    expect(await model()).toEqual({ a: 100 });
    expect(await accounts.versionOf('a')).toBe(3);
    expect(await accounts.versionOf('b')).toBe(0);
  });

  test('skips what was applied, and refuses what comes too early', async () => {
    const accounts = balances();
    const [first, second, third] = await appended('a');
    if (!first || !second || !third) throw new Error('Three events were appended.');
    await expect(accounts.apply(second)).rejects.toThrow(new ProjectionGap('balances', second, 1));
    await accounts.apply(first);
    expect(await accounts.apply(first)).toBe('skipped');
    await expect(accounts.apply(third)).rejects.toMatchObject({ streamId: 'a', next: 2 });
    expect(await model()).toEqual({ a: 50 });
  });

  test('passes over types that the model does not tell of', async () => {
    await store.append('a', [deposited(1), { type: 'Renamed', data: 'x' }, deposited(2)]);
    const accounts = balances();
    await accounts.rebuild(store.readAll());
    expect(await model()).toEqual({ a: 3 });
    expect(await accounts.versionOf('a')).toBe(3);
  });

  test('of one event by many at once happens once', async () => {
    const [first] = await appended('a');
    if (!first) throw new Error('Three events were appended.');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => balances().apply(first)));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(await model()).toEqual({ a: 50 });
  });

  test('leaves the position when a write of the model is refused', async () => {
    const broken = projection({
      ...{ client: tables.client, name: 'broken', positions: 'positions' },
      on: {
        Deposited: (_, tx) =>
          tx.check({
            ...{ TableName: 'balances', Key: { id: 'a' } },
            ConditionExpression: 'attribute_exists(id)',
          }),
      },
    });
    const [first] = await appended('a');
    if (!first) throw new Error('Three events were appended.');
    await expect(broken.apply(first)).rejects.toThrow('ConditionalCheckFailed');
    expect(await broken.versionOf('a')).toBe(0);
    await tables.client.send(
      new PutItemCommand({ TableName: 'balances', Item: { id: { S: 'a' } } }),
    );
    expect(await broken.apply(first)).toBe('applied');
  });

  test('two models of one store do not know of each other', async () => {
    await createTable(tables.client, 'others');
    await appended('a');
    await balances('balances').rebuild(store.readAll());
    await balances('others').rebuild(store.readAll());
    expect([await model(), await model('others')]).toEqual([{ a: 100 }, { a: 100 }]);
  });
});

describe('a queue’s handler', () => {
  const message = (event: StoredEvent, at: number) => ({
    ...{ messageId: `m${at}`, body: JSON.stringify(event) },
  });
  const read = (body: string) => JSON.parse(body) as StoredEvent;

  test('makes the same model of any order and any duplicates', async () => {
    const events = [...(await appended('a')), ...(await appended('b'))];
    let run = 0;
    const arrivals = fc
      .tuple(fc.shuffledSubarray(events, { minLength: 6 }), fc.subarray(events))
      .map((parts) => parts.flat());
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrived) => {
        const table = await createTable(tables.client, `model-${run++}`);
        const handler = balances(table).queueHandler({ read });
        let Records = arrived.map(message);
        // What fails comes again, as from a queue.
        for (let receives = 0; Records.length > 0; receives++) {
          expect(receives).toBeLessThan(6);
          const failed = new Set(
            (await handler({ Records })).batchItemFailures.map((one) => one.itemIdentifier),
          );
          Records = Records.filter(({ messageId }) => failed.has(messageId));
        }
        expect(await model(table)).toEqual({ a: 100, b: 100 });
      }),
      { numRuns: 10 },
    );
  });

  test('fails the message that it cannot read, and tells why', async () => {
    const causes: unknown[] = [];
    const handler = balances().queueHandler({ onFailure: (cause) => causes.push(cause) });
    const answer = await handler({ Records: [{ messageId: 'm1', body: 'hello' }] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(causes).toMatchObject([{ name: 'NotStored' }]);
  });
});

test('a stream’s handler applies what is inserted, and stops at a gap', async () => {
  const events = await appended('a');
  const record = (event: StoredEvent, eventName: 'INSERT' | 'MODIFY' = 'INSERT') => ({
    eventName,
    dynamodb: { SequenceNumber: String(event.version), NewImage: toItem(rowOf(event)) },
  });
  const [first, second, third] = events;
  if (!first || !second || !third) throw new Error('Three events were appended.');
  const handler = balances().streamHandler(store);
  const Records = [record(first), record(first, 'MODIFY'), record(third), record(second)];
  expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
  expect(await model()).toEqual({ a: 50 });
});

describe('rebuilding', () => {
  test('into other tables catches up with what happens meanwhile', async () => {
    await createTable(tables.client, 'shadow');
    await appended('a');
    const live = balances();
    await live.rebuild(store.readAll());

    const shadow = balances('shadow');
    expect(await shadow.rebuild(store.readAll())).toEqual({ applied: 3, skipped: 0 });
    await store.append('a', [deposited(1)]);
    await store.append('b', [deposited(2)]);
    expect(await shadow.rebuild(store.readAll())).toEqual({ applied: 2, skipped: 3 });
    await live.rebuild(store.readAll());
    expect(await model('shadow')).toEqual(await model());
  });
});

describe('waiting for a version', () => {
  test('ends when the model has it', async () => {
    const events = await appended('a');
    const accounts = balances();
    const backoff = async (attempt: number) => {
      const event = events[attempt - 1];
      if (event) await accounts.apply(event);
    };
    await accounts.waitForVersion('a', 2, { attempts: 5, backoff });
    expect(await accounts.versionOf('a')).toBe(2);
  });

  test('ends when that takes too long', async () => {
    const waiting = balances().waitForVersion('a', 1, {
      ...{ attempts: 3, backoff: () => Promise.resolve() },
    });
    await expect(waiting).rejects.toThrow(NotCaughtUp);
  });
});

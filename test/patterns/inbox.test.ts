import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dynamoInbox, type Inbox } from '../../src/patterns/inbox.ts';
import type { Transaction } from '../../src/patterns/transaction.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

let tables: Tables;
let inbox: Inbox;

beforeEach(async () => {
  tables = await startTables();
  await createTable(tables.client, 'inbox');
  await createTable(tables.client, 'stock');
  const { client, aws } = tables;
  inbox = dynamoInbox({ client, table: 'inbox', clock: aws.clock, ttl: '1h' });
});
afterEach(() => tables[Symbol.asyncDispose]());

const reserve = (tx: Transaction) =>
  tx.update({
    TableName: 'stock',
    Key: { id: 'A1' },
    UpdateExpression: 'ADD reserved :one',
    ExpressionAttributeValues: { ':one': 1 },
  });

const reserved = async () => (await itemsOf(tables.client, 'stock'))[0]?.reserved;

test('an event takes effect once', async () => {
  expect(await inbox.once('e1', reserve)).toBe(true);
  expect(await inbox.once('e1', reserve)).toBe(false);
  expect(await inbox.once('e2', reserve)).toBe(true);
  expect(await reserved()).toBe(2);
});

test('of ten duplicates at once one takes effect', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => inbox.once('e1', reserve)));
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await reserved()).toBe(1);
});

test('an effect that fails leaves no marker', async () => {
  const failing = inbox.once('e1', async (tx) => {
    reserve(tx);
    throw new Error('no such article');
  });
  await expect(failing).rejects.toThrow('no such article');
  expect(await itemsOf(tables.client, 'inbox')).toEqual([]);
  expect(await inbox.once('e1', reserve)).toBe(true);
});

test('a condition of the effect’s own that does not hold leaves no marker', async () => {
  await tables.client.send(new PutItemCommand({ TableName: 'stock', Item: { id: { S: 'A1' } } }));
  const refused = inbox.once('e1', (tx) =>
    tx.put({
      TableName: 'stock',
      Item: { id: 'A1' },
      ConditionExpression: 'attribute_not_exists(id)',
    }),
  );
  await expect(refused).rejects.toThrow('ConditionalCheckFailed');
  expect(await itemsOf(tables.client, 'inbox')).toEqual([]);
});

test('a marker expires, and is then no marker any more', async () => {
  await inbox.once('e1', reserve);
  await tables.aws.clock.advance('2h');
  expect(await inbox.once('e1', reserve)).toBe(true);
  expect(await reserved()).toBe(2);
});

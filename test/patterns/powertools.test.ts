/**
 * One table, two libraries: what Powertools for AWS Lambda wrote is honoured here, and the other
 * way round. On the real clock, because Powertools reads the machine's.
 */
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { powertoolsKey } from '../../src/patterns/idempotency-record.ts';
import { AlreadyInProgress, idempotent, PayloadMismatch } from '../../src/patterns/idempotent.ts';
import { createTable, startTables, type Tables } from './tables.ts';

interface Order {
  readonly id: string;
  readonly amount: number;
}

let tables: Tables;
let charges: number;

beforeEach(async () => {
  tables = await startTables({ clock: 'real' });
  await createTable(tables.client, 'idempotency');
  charges = 0;
});
afterEach(() => tables[Symbol.asyncDispose]());

const pay = async ({ id }: Order) => {
  charges += 1;
  return { receipt: `R-${id}`, lines: [1, 2] };
};

function ours(handler: (order: Order) => Promise<unknown> = pay) {
  return idempotent(handler, {
    client: tables.client,
    table: 'idempotency',
    clock: Date,
    key: ({ id }) => powertoolsKey('payments', id),
    payload: ({ amount }) => amount,
  });
}

function theirs(handler: (order: Order) => Promise<unknown> = pay) {
  const config = new IdempotencyConfig({
    ...{ eventKeyJmesPath: 'id', payloadValidationJmesPath: 'amount' },
  });
  // What tells Powertools how long this run may take.
  const context = { getRemainingTimeInMillis: () => 60_000 };
  config.registerLambdaContext(context as Parameters<typeof config.registerLambdaContext>[0]);
  const persistenceStore = new DynamoDBPersistenceLayer({
    ...{ tableName: 'idempotency', awsSdkV3Client: tables.client },
  });
  return makeIdempotent(handler, { persistenceStore, config, keyPrefix: 'payments' });
}

const ORDER = { id: '7', amount: 50 };
const RECEIPT = { receipt: 'R-7', lines: [1, 2] };

test('a result of Powertools is returned here', async () => {
  expect(await theirs()(ORDER)).toEqual(RECEIPT);
  expect(await ours()(ORDER)).toEqual(RECEIPT);
  expect(charges).toBe(1);
});

test('a result of here is returned by Powertools', async () => {
  expect(await ours()(ORDER)).toEqual(RECEIPT);
  expect(await theirs()(ORDER)).toEqual(RECEIPT);
  expect(charges).toBe(1);
});

test('either sees that the other is at work', async () => {
  const outer = ours(() => theirs()(ORDER));
  await expect(outer(ORDER)).rejects.toMatchObject({ name: 'IdempotencyAlreadyInProgressError' });
  const other = theirs(() => ours()(ORDER));
  await expect(other(ORDER)).rejects.toThrow(AlreadyInProgress);
  expect(charges).toBe(0);
});

test('either refuses another payload under the key', async () => {
  await ours()(ORDER);
  const another = { ...ORDER, amount: 51 };
  await expect(theirs()(another)).rejects.toMatchObject({ name: 'IdempotencyValidationError' });
  await expect(ours()(another)).rejects.toThrow(PayloadMismatch);
});

/** Faults over HTTP, so that a test in any language can ask for them. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { startAws } from '../../src/testing/index.ts';
import { posted } from './posted.ts';

const RULE = { at: 'api', service: 'dynamodb', error: 'ThrottlingException' };

async function listed(aws: { readonly endpoint: string }): Promise<unknown> {
  return (await fetch(`${aws.endpoint}/_millrace/v1/faults`)).json();
}

test('a fault is added, strikes, is listed and removed', async () => {
  await using aws = await startAws();
  const { status, body } = await posted(aws, 'faults', { ...RULE, times: 3, seed: 7 });
  const rule = { ...RULE, id: 'fault-1', probability: 1, times: 3, seed: 7, hits: 0, misses: 0 };
  expect({ status, body }).toEqual({ status: 200, body: rule });
  const dynamodb = aws.client(DynamoDBClient, { maxAttempts: 1 });
  await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject({
    name: 'ThrottlingException',
  });
  expect(await listed(aws)).toEqual({ faults: [{ ...rule, hits: 1 }] });
  const left = await posted(aws, 'faults/remove', { id: 'fault-1' });
  expect(left.body).toEqual({ faults: [] });
  await dynamodb.send(new ListTablesCommand({}));
});

test('operations that the admin API is asked for are struck too', async () => {
  await using aws = await startAws();
  await posted(aws, 'faults', RULE);
  const done = await posted(aws, 'operations/dynamodb/ListTables', {});
  expect(done).toMatchObject({ status: 400, body: { code: 'ThrottlingException' } });
});

test('all are removed at once', async () => {
  await using aws = await startAws();
  await posted(aws, 'faults', RULE);
  await posted(aws, 'faults', { at: 'delivery', arn: 'arn:*', duplicate: true });
  expect((await posted(aws, 'faults/remove', { all: true })).body).toEqual({ faults: [] });
});

test.each([
  [{ error: 'X' }, '"at" is "api" or "delivery".'],
  [{ ...RULE, arn: 'a' }, 'A fault of the API has no "arn".'],
  [{ ...RULE, probability: '1' }, '"probability" must be a number.'],
  [{ ...RULE, rate: 1 }, 'A fault has no "rate".'],
  [{ ...RULE, service: 'dynamo' }, 'There is no service dynamo'],
  [[], 'must be a JSON object'],
])('%j is refused, and adds nothing', async (value, why) => {
  await using aws = await startAws();
  const refused = await posted(aws, 'faults', value);
  expect(refused.status).toBe(400);
  expect(refused.body.message).toContain(why);
  expect(await listed(aws)).toEqual({ faults: [] });
});

test('what is not there cannot be removed', async () => {
  await using aws = await startAws();
  expect((await posted(aws, 'faults/remove', { id: 'fault-9' })).status).toBe(404);
  expect((await posted(aws, 'faults/remove', {})).status).toBe(400);
  expect((await posted(aws, 'faults/remove', { all: true, id: 'fault-1' })).status).toBe(400);
});

import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/app.ts';
import { quotas } from '../../../src/core/quotas.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { INDEXED, N, put, S, SIMPLE } from './a-table.ts';

const TableName = 'orders';
const UNITS = { ReadCapacityUnits: 2, WriteCapacityUnits: 2 };
const KEY = { pk: S('a'), sk: S('1') };
/** What two units a second leave for later. */
const BURST = 600;

async function throttling(table: object): Promise<Suite> {
  const settings = { ...DEFAULT_SETTINGS, quotas: quotas('current', { 'dynamodb.throttle': 1 }) };
  const aws = await startSuite({ settings });
  await aws.call('dynamodb', 'CreateTable', { ...SIMPLE, ...table });
  return aws;
}

const provisioned = () => throttling({ BillingMode: 'PROVISIONED', ProvisionedThroughput: UNITS });

/** An item that takes as many units. */
function item(units: number, sk = '1') {
  return { pk: S('a'), sk: S(sk), body: S('x'.repeat(1024 * units - 100)) };
}

async function useUp(aws: Suite): Promise<void> {
  for (let left = BURST; left > 0; left -= 300) await put(aws, item(300, `big ${left}`));
}

describe('answers', () => {
  test('a table gives what it has saved up, and then what it is provisioned with', async () => {
    await using aws = await provisioned();
    await useUp(aws);
    const asked = { TableName, Item: KEY };
    expect(await aws.fails('dynamodb', 'PutItem', asked)).toMatchObject({
      code: 'ProvisionedThroughputExceededException',
      message:
        'The level of configured provisioned throughput for the table was exceeded. ' +
        'Consider increasing your provisioning level with the UpdateTable API.',
    });
    await aws.clock.advance('1s');
    await put(aws, KEY, KEY);
    expect((await aws.fails('dynamodb', 'PutItem', asked)).status).toBe(400);
    expect((await aws.call('dynamodb', 'GetItem', { TableName, Key: KEY })).Item).toEqual(KEY);
  });

  test('reads are counted apart', async () => {
    await using aws = await provisioned();
    await useUp(aws);
    const scan = { TableName, ConsistentRead: true };
    for (let page = 0; page < 4; page += 1) await aws.call('dynamodb', 'Scan', scan);
    const { code } = await aws.fails('dynamodb', 'GetItem', { TableName, Key: KEY });
    expect(code).toBe('ProvisionedThroughputExceededException');
    const query = {
      ...{ TableName, KeyConditionExpression: 'pk = :a' },
      ExpressionAttributeValues: { ':a': S('a') },
    };
    expect((await aws.fails('dynamodb', 'Query', query)).code).toBe(code);
  });

  test('batches name what they could not do, and fail where that is all', async () => {
    await using aws = await provisioned();
    await put(aws, item(300, 'a'), item(299, 'b'));
    const RequestItems = {
      [TableName]: ['1', '2', '3'].map((sk) => ({ PutRequest: { Item: item(1, sk) } })),
    };
    const { UnprocessedItems = {} } = await aws.call('dynamodb', 'BatchWriteItem', {
      RequestItems,
    });
    const left = UnprocessedItems[TableName]?.length ?? 0;
    expect(left).toBeLessThan(3);
    const { code } = await aws.fails('dynamodb', 'BatchWriteItem', { RequestItems });
    expect(code).toBe('ProvisionedThroughputExceededException');
  });

  test('a transaction is cancelled for what has nothing left', async () => {
    await using aws = await provisioned();
    await useUp(aws);
    const TransactItems = [{ Put: { TableName, Item: KEY } }];
    expect(await aws.fails('dynamodb', 'TransactWriteItems', { TransactItems })).toMatchObject({
      code: 'TransactionCanceledException',
      message: expect.stringContaining('[ProvisionedThroughputExceeded]'),
    });
  });

  test('a global index has units of its own', async () => {
    const [index] = INDEXED.GlobalSecondaryIndexes ?? [];
    const few = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    await using aws = await throttling({
      ...{ ...INDEXED, BillingMode: 'PROVISIONED' },
      ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 100 },
      GlobalSecondaryIndexes: [{ ...index, ProvisionedThroughput: few }],
    });
    const owned = { ...KEY, owner: S('me'), at: N(1), note: S('x'.repeat(310 * 1024)) };
    await put(aws, owned);
    const asked = { TableName, Item: { ...owned, at: N(2) } };
    const { message } = await aws.fails('dynamodb', 'PutItem', asked);
    expect(message).toContain('one or more global secondary indexes');
    await put(aws, { pk: S('b'), sk: S('1') });
  });

  test('an on-demand table has a maximum where it is given one', async () => {
    await using aws = await throttling({
      OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 2 },
    });
    await put(aws, KEY, KEY);
    const asked = { TableName, Item: { ...KEY, n: N(1) } };
    expect((await aws.fails('dynamodb', 'PutItem', asked)).code).toBe('ThrottlingException');
    for (let reads = 0; reads < 20; reads += 1) {
      await aws.call('dynamodb', 'GetItem', { TableName, Key: KEY });
    }
    await aws.clock.advance('2s');
    await put(aws, { ...KEY, n: N(1) });
  });

  test('the error says which table or index, and why', async () => {
    await using aws = await provisioned();
    await useUp(aws);
    const response = await fetch(aws.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.PutItem',
      },
      body: JSON.stringify({ TableName, Item: KEY }),
    });
    expect(await response.json()).toMatchObject({
      ThrottlingReasons: [
        {
          reason: 'TableWriteProvisionedThroughputExceeded',
          resource: `arn:aws:dynamodb:${aws.region}:${aws.account}:table/orders`,
        },
      ],
    });
  });
});

describe('limits', () => {
  test('nothing is throttled unless it is asked for', async () => {
    await using aws = await startSuite();
    const few = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    await aws.call('dynamodb', 'CreateTable', {
      ...{ ...SIMPLE, BillingMode: 'PROVISIONED', ProvisionedThroughput: few },
    });
    for (let puts = 0; puts < 3; puts += 1) await put(aws, item(300, String(puts)));
  });
});

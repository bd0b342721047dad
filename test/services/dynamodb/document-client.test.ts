/** The document client, paginators and waiters: what most programs in JavaScript talk through. */
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  TransactionCanceledException,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  paginateScan,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { type Aws, startAws } from '../../../src/testing/index.ts';

const TableName = 'orders';
const TABLE: CreateTableCommandInput = {
  TableName,
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
};

async function clients(aws: Aws) {
  const client = aws.client(DynamoDBClient);
  await client.send(new CreateTableCommand(TABLE));
  const wait = { client, minDelay: 1, maxDelay: 1, maxWaitTime: 5 };
  await waitUntilTableExists(wait, { TableName });
  return { client, wait, documents: DynamoDBDocumentClient.from(client) };
}

describe('the document client', () => {
  test('puts and gets plain values', async () => {
    await using aws = await startAws();
    const { documents } = await clients(aws);
    const Item = {
      ...{ pk: 'a', sk: 1, list: [1, 'two', null, true], deep: { set: new Set(['x', 'y']) } },
      bytes: new Uint8Array([1, 2, 255]),
    };
    await documents.send(new PutCommand({ TableName, Item }));
    const Key = { pk: 'a', sk: 1 };
    const { Item: found } = await documents.send(new GetCommand({ TableName, Key }));
    expect({ ...found, bytes: new Uint8Array(found?.bytes) }).toEqual(Item);
    const { Attributes } = await documents.send(
      new UpdateCommand({
        ...{ TableName, Key, UpdateExpression: 'ADD hits :one SET #l[0] = :ten' },
        ExpressionAttributeNames: { '#l': 'list' },
        ExpressionAttributeValues: { ':one': 1, ':ten': 10 },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    expect(Attributes).toEqual({ hits: 1, list: [10] });
  });

  test('paginators see every item, in the order of numbers', async () => {
    await using aws = await startAws();
    const { documents } = await clients(aws);
    const numbers = [-10, -9.5, 0, 2, 10, 100];
    for (const sk of numbers.toReversed()) {
      await documents.send(new PutCommand({ TableName, Item: { pk: 'a', sk } }));
    }
    const query = {
      ...{ TableName, KeyConditionExpression: 'pk = :p' },
      ExpressionAttributeValues: { ':p': 'a' },
    };
    const seen: unknown[] = [];
    for await (const { Items = [] } of paginateQuery({ client: documents, pageSize: 2 }, query)) {
      seen.push(...Items.map(({ sk }) => sk));
    }
    expect(seen).toEqual(numbers);
    let scanned = 0;
    for await (const page of paginateScan({ client: documents, pageSize: 4 }, { TableName })) {
      scanned += page.Count ?? 0;
    }
    expect(scanned).toBe(numbers.length);
  });

  test('a condition that fails shows the item that was in the way', async () => {
    await using aws = await startAws();
    const { documents } = await clients(aws);
    const put = new PutCommand({
      ...{ TableName, Item: { pk: 'a', sk: 1 }, ConditionExpression: 'attribute_not_exists(pk)' },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await documents.send(put);
    const refused = await documents.send(put).catch((cause: unknown) => cause);
    if (!(refused instanceof ConditionalCheckFailedException)) throw refused;
    expect(refused.Item).toBeDefined();
  });

  test('a cancelled transaction shows its reasons, and the item that was in the way', async () => {
    await using aws = await startAws();
    const { documents } = await clients(aws);
    await documents.send(new PutCommand({ TableName, Item: { pk: 'a', sk: 1 } }));
    const put = (sk: number) => ({
      Put: {
        ...{ TableName, Item: { pk: 'a', sk }, ConditionExpression: 'attribute_not_exists(pk)' },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      },
    });
    const refused = await documents
      .send(new TransactWriteCommand({ TransactItems: [put(2), put(1)] }))
      .catch((cause: unknown) => cause);
    if (!(refused instanceof TransactionCanceledException)) throw refused;
    expect(refused.CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: expect.anything() },
    ]);
  });

  test('waiters see that a table is gone', async () => {
    await using aws = await startAws();
    const { client, wait } = await clients(aws);
    await client.send(new DeleteTableCommand({ TableName }));
    const { state } = await waitUntilTableNotExists(wait, { TableName });
    expect(state).toBe('SUCCESS');
  });
});

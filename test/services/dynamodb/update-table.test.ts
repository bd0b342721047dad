import { describe, expect, test } from 'vitest';
import type { Input } from '../../sdk/suite.ts';
import { INDEXED, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
type UpdateInput = Input<'dynamodb', 'UpdateTable'>;

const BY_AMOUNT: UpdateInput = {
  TableName,
  AttributeDefinitions: [{ AttributeName: 'amount', AttributeType: 'N' }],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: 'byAmount',
        KeySchema: [{ AttributeName: 'amount', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    },
  ],
};

describe('answers', () => {
  test('a new index takes in the items that are there, and those that come', async () => {
    await using aws = await withTable();
    const items = Array.from({ length: 120 }, (_, at) => ({
      ...{ pk: S(`p${at}`), sk: S('s') },
      amount: at % 2 ? N(7) : S('no number'),
    }));
    await put(aws, ...items);
    const { TableDescription } = await aws.call('dynamodb', 'UpdateTable', BY_AMOUNT);
    expect(TableDescription?.TableStatus).toBe('UPDATING');
    expect(TableDescription?.GlobalSecondaryIndexes).toMatchObject([
      { IndexStatus: 'CREATING', Backfilling: true },
    ]);
    await aws.settled();
    await put(aws, { pk: S('late'), sk: S('s'), amount: N(7) });
    const query = {
      ...{ TableName, IndexName: 'byAmount', KeyConditionExpression: 'amount = :a' },
      ExpressionAttributeValues: { ':a': N(7) },
    };
    expect((await aws.call('dynamodb', 'Query', query)).Count).toBe(61);
    const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName });
    expect(Table?.TableStatus).toBe('ACTIVE');
    expect(Table?.AttributeDefinitions).toHaveLength(3);
  });

  test('writes meanwhile are not lost to the index', async () => {
    await using aws = await withTable();
    const items = Array.from({ length: 50 }, (_, at) => ({
      pk: S(`p${at}`),
      sk: S('s'),
      amount: N(1),
    }));
    await put(aws, ...items);
    await Promise.all([
      aws.call('dynamodb', 'UpdateTable', BY_AMOUNT),
      ...items.map((item) => put(aws, { ...item, amount: N(2) })),
    ]);
    await aws.settled();
    const { Items } = await aws.call('dynamodb', 'Scan', { TableName, IndexName: 'byAmount' });
    expect(Items?.map(({ amount }) => amount?.N)).toEqual(items.map(() => '2'));
  });

  test('an index is deleted with its definitions', async () => {
    await using aws = await withTable(INDEXED);
    const Delete = { IndexName: 'byOwner' };
    const input = { TableName, GlobalSecondaryIndexUpdates: [{ Delete }] };
    await aws.call('dynamodb', 'UpdateTable', input);
    await aws.settled();
    const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName });
    expect(Table?.GlobalSecondaryIndexes).toBeUndefined();
    expect(Table?.AttributeDefinitions?.map(({ AttributeName: name }) => name)).toEqual([
      ...['pk', 'sk', 'at'],
    ]);
  });

  test('a stream that is switched on again is another one', async () => {
    await using aws = await withTable();
    const on = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } as const;
    const update = async (StreamSpecification: UpdateInput['StreamSpecification']) => {
      await aws.call('dynamodb', 'UpdateTable', { TableName, StreamSpecification });
      await aws.settled();
      return (await aws.call('dynamodb', 'DescribeTable', { TableName })).Table;
    };
    const first = await update(on);
    expect(first?.StreamSpecification).toEqual(on);
    const off = await update({ StreamEnabled: false });
    expect(off?.StreamSpecification).toBeUndefined();
    expect(off?.LatestStreamArn).toBe(first?.LatestStreamArn);
    await aws.clock.advance('1s');
    expect((await update(on))?.LatestStreamArn).not.toBe(first?.LatestStreamArn);
  });

  test('billing, protection and class change', async () => {
    await using aws = await withTable();
    await aws.call('dynamodb', 'UpdateTable', {
      ...{ TableName, BillingMode: 'PROVISIONED', DeletionProtectionEnabled: true },
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
      TableClass: 'STANDARD',
    });
    await aws.settled();
    expect((await aws.call('dynamodb', 'DescribeTable', { TableName })).Table).toMatchObject({
      BillingModeSummary: { BillingMode: 'PROVISIONED' },
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
      DeletionProtectionEnabled: true,
      TableClassSummary: { TableClass: 'STANDARD' },
    });
  });
});

describe('refusals', () => {
  test('nothing to do', async () => {
    await using aws = await withTable();
    const { message } = await aws.fails('dynamodb', 'UpdateTable', { TableName });
    expect(message).toContain('At least one of ProvisionedThroughput');
  });

  test('an index that is there already, and one that is not', async () => {
    await using aws = await withTable();
    await aws.call('dynamodb', 'UpdateTable', BY_AMOUNT);
    await aws.settled();
    const { message } = await aws.fails('dynamodb', 'UpdateTable', { ...BY_AMOUNT });
    expect(message).toContain('Attempting to create an index which already exists');
    const none = { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'none' } }] };
    expect((await aws.fails('dynamodb', 'UpdateTable', none)).code).toBe(
      'ResourceNotFoundException',
    );
  });

  test('a stream that is on is not switched on again', async () => {
    await using aws = await withTable({
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    });
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' };
    const input = { TableName, StreamSpecification };
    expect((await aws.fails('dynamodb', 'UpdateTable', input)).message).toContain(
      'Table already has an enabled stream',
    );
  });

  test('replicas are not built', async () => {
    await using aws = await withTable();
    const input = { TableName, ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }] };
    expect((await aws.fails('dynamodb', 'UpdateTable', input)).code).toBe('NotImplemented');
  });
});

describe('limits', () => {
  test('one index is made or deleted at a time', async () => {
    await using aws = await withTable(INDEXED);
    const Delete = { IndexName: 'byOwner' };
    const updates = [...(BY_AMOUNT.GlobalSecondaryIndexUpdates ?? []), { Delete }];
    const input = { ...BY_AMOUNT, GlobalSecondaryIndexUpdates: updates };
    expect((await aws.fails('dynamodb', 'UpdateTable', input)).code).toBe('LimitExceededException');
  });
});

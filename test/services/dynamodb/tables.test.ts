import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { INDEXED, N, put, S, SIMPLE, withTable } from './a-table.ts';

const TableName = 'orders';

describe('answers', () => {
  test('a table is being made, and then ready with what it was made of', async () => {
    await using aws = await startSuite();
    const { TableDescription: made } = await aws.call('dynamodb', 'CreateTable', {
      ...INDEXED,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      DeletionProtectionEnabled: true,
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      OnDemandThroughput: { MaxReadRequestUnits: 10 },
      SSESpecification: { Enabled: true, KMSMasterKeyId: 'alias/mine' },
    });
    expect(made).toMatchObject({ TableStatus: 'CREATING', ItemCount: 0, TableSizeBytes: 0 });
    const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName });
    const arn = `arn:aws:dynamodb:us-east-1:${aws.account}:table/orders`;
    const label = new Date(aws.clock.now()).toISOString().slice(0, -1);
    expect(Table).toMatchObject({
      ...{ TableName, TableArn: arn, TableStatus: 'ACTIVE', TableId: made?.TableId },
      CreationDateTime: aws.clock.now(),
      KeySchema: INDEXED.KeySchema,
      AttributeDefinitions: INDEXED.AttributeDefinitions,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      LatestStreamLabel: label,
      LatestStreamArn: `${arn}/stream/${label}`,
      DeletionProtectionEnabled: true,
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      OnDemandThroughput: { MaxReadRequestUnits: 10 },
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' },
    });
    expect(Table?.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: 'byOwner', IndexStatus: 'ACTIVE', IndexArn: `${arn}/index/byOwner` },
    ]);
    expect(Table?.LocalSecondaryIndexes).toMatchObject([{ IndexName: 'byAt' }]);
  });

  test('items are counted, in the table and in its indexes', async () => {
    await using aws = await withTable(INDEXED);
    await put(aws, { pk: S('a'), sk: S('1') }, { pk: S('a'), sk: S('2'), at: N(1) });
    const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName });
    expect(Table).toMatchObject({ ItemCount: 2, TableSizeBytes: 16 });
    expect(Table?.LocalSecondaryIndexes).toMatchObject([{ ItemCount: 1 }]);
    expect(Table?.GlobalSecondaryIndexes).toMatchObject([{ ItemCount: 0 }]);
  });

  test('names of tables come in order and in pages', async () => {
    await using aws = await startSuite();
    for (const name of ['ccc', 'aaa', 'bbb']) {
      await aws.call('dynamodb', 'CreateTable', { ...SIMPLE, TableName: name });
    }
    const first = await aws.call('dynamodb', 'ListTables', { Limit: 2 });
    expect(first).toEqual({ TableNames: ['aaa', 'bbb'], LastEvaluatedTableName: 'bbb' });
    const next = { ExclusiveStartTableName: 'bbb' };
    expect(await aws.call('dynamodb', 'ListTables', next)).toEqual({ TableNames: ['ccc'] });
  });

  test('a deleted table is gone, and one made again begins empty', async () => {
    await using aws = await withTable(INDEXED);
    await put(aws, { pk: S('a'), sk: S('1'), at: N(1) });
    const { TableDescription } = await aws.call('dynamodb', 'DeleteTable', { TableName });
    expect(TableDescription?.TableStatus).toBe('DELETING');
    expect((await aws.fails('dynamodb', 'DescribeTable', { TableName })).message).toBe(
      'Requested resource not found: Table: orders not found',
    );
    await aws.call('dynamodb', 'CreateTable', INDEXED);
    expect((await aws.call('dynamodb', 'Scan', { TableName })).Count).toBe(0);
    await aws.settled();
    const { id } = { id: TableDescription?.TableId ?? '' };
    expect(await aws.stack.storage.scan('dynamodb/items', id)).toEqual([]);
  });
});

describe('refusals', () => {
  const invalid = 'One or more parameter values were invalid:';
  const pk = { AttributeName: 'pk', KeyType: 'HASH' };
  const index = {
    IndexName: 'more',
    KeySchema: [pk],
    Projection: { ProjectionType: 'ALL' },
  };
  test.each([
    [
      'a first key that is no partition key',
      { KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] },
      'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    ],
    [
      'a key that is not defined',
      { KeySchema: [{ AttributeName: 'no', KeyType: 'HASH' }] },
      `${invalid} Some index key attributes are not defined in AttributeDefinitions. ` +
        `Keys: [no], AttributeDefinitions: [pk, sk]`,
    ],
    [
      'a definition of no use',
      { KeySchema: [pk] },
      `${invalid} Number of attributes in KeySchema does not exactly match number of ` +
        `attributes defined in AttributeDefinitions`,
    ],
    [
      'a definition of no use beside indexes',
      { KeySchema: [pk], GlobalSecondaryIndexes: [index] },
      `${invalid} Some AttributeDefinitions are not used. AttributeDefinitions: [pk, sk], ` +
        `keys used: [pk]`,
    ],
    [
      'two indexes of one name',
      { GlobalSecondaryIndexes: [index, index] },
      `${invalid} Duplicate index name: more`,
    ],
    [
      'a local index without a sort key',
      { LocalSecondaryIndexes: [index] },
      `${invalid} Index KeySchema does not have a range key for index: more`,
    ],
    [
      'a projection that names attributes for nothing',
      {
        GlobalSecondaryIndexes: [
          { ...index, Projection: { ProjectionType: 'ALL', NonKeyAttributes: ['a'] } },
        ],
      },
      `${invalid} ProjectionType is ALL, but NonKeyAttributes is specified`,
    ],
    [
      'provisioned units without their number',
      { BillingMode: 'PROVISIONED' },
      `${invalid} ReadCapacityUnits and WriteCapacityUnits must both be specified when ` +
        `BillingMode is PROVISIONED`,
    ],
    [
      'a number of units beside paying per request',
      { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
      `${invalid} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when ` +
        `BillingMode is PAY_PER_REQUEST`,
    ],
    [
      'a stream without a view',
      { StreamSpecification: { StreamEnabled: true } },
      `${invalid} StreamViewType is required when StreamEnabled is true`,
    ],
    ['a name too short', { TableName: 'no' }, expect.stringContaining('Invalid table/index name')],
  ])('%s', async (_, changes, message) => {
    await using aws = await startSuite();
    expect(await aws.fails('dynamodb', 'CreateTable', { ...SIMPLE, ...changes })).toMatchObject({
      code: 'ValidationException',
      message,
    });
  });

  test('a name that is taken', async () => {
    await using aws = await withTable();
    expect(await aws.fails('dynamodb', 'CreateTable', { ...SIMPLE })).toMatchObject({
      code: 'ResourceInUseException',
      message: 'Table already exists: orders',
    });
  });

  test('a protected table is not deleted', async () => {
    await using aws = await withTable({ DeletionProtectionEnabled: true });
    const { message } = await aws.fails('dynamodb', 'DeleteTable', { TableName });
    expect(message).toContain('currently protected against deletion');
  });

  test('what is not built says so', async () => {
    await using aws = await startSuite();
    const input = { ...SIMPLE, GlobalTableSourceArn: 'arn:aws:dynamodb:us-east-1:1:table/x' };
    expect((await aws.fails('dynamodb', 'CreateTable', input)).code).toBe('NotImplemented');
  });
});

describe('limits', () => {
  test('a table has at most 5 local and 20 global indexes', async () => {
    await using aws = await startSuite();
    const indexes = (count: number, more: object) =>
      Array.from({ length: count }, (_, at) => ({
        ...{ IndexName: `index${at}`, Projection: { ProjectionType: 'ALL' } },
        KeySchema: SIMPLE.KeySchema,
        ...more,
      }));
    const local = { ...SIMPLE, LocalSecondaryIndexes: indexes(6, {}) };
    expect((await aws.fails('dynamodb', 'CreateTable', local)).message).toContain('limit of 5');
    const global = { ...SIMPLE, GlobalSecondaryIndexes: indexes(21, {}) };
    expect((await aws.fails('dynamodb', 'CreateTable', global)).message).toContain('limit of 20');
  });
});

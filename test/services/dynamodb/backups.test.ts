import { describe, expect, test } from 'vitest';
import { partitionOf, storeOf } from '../../../src/services/dynamodb/store.ts';
import type { Suite } from '../../sdk/suite.ts';
import { INDEXED, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
/** More than one slice of a copy. */
const MANY = 450;

async function fill(aws: Suite, count: number): Promise<void> {
  for (let at = 0; at < count; at += 25) {
    const requests = Array.from({ length: Math.min(25, count - at) }, (_, nth) => ({
      PutRequest: { Item: { pk: S(`p${at + nth}`), sk: S('1'), owner: S('me'), at: N(at + nth) } },
    }));
    await aws.call('dynamodb', 'BatchWriteItem', { RequestItems: { [TableName]: requests } });
  }
}

async function backUp(aws: Suite, name = 'before'): Promise<string> {
  const { BackupDetails } = await aws.call('dynamodb', 'CreateBackup', {
    ...{ TableName, BackupName: name },
  });
  return BackupDetails?.BackupArn ?? '';
}

describe('answers', () => {
  test('a backup is described with its table, once it is made with its size', async () => {
    await using aws = await withTable(INDEXED);
    await put(aws, { pk: S('a'), sk: S('1') });
    const { BackupDetails } = await aws.call('dynamodb', 'CreateBackup', {
      ...{ TableName, BackupName: 'before' },
    });
    const arn = `arn:aws:dynamodb:${aws.region}:${aws.account}:table/orders/backup/`;
    expect(BackupDetails).toMatchObject({
      BackupArn: expect.stringMatching(new RegExp(`^${arn}\\d{14}-[0-9a-f]{8}$`)),
      ...{ BackupName: 'before', BackupStatus: 'CREATING', BackupType: 'USER' },
      BackupCreationDateTime: aws.clock.now(),
    });
    await aws.settled();
    const { BackupDescription } = await aws.call('dynamodb', 'DescribeBackup', {
      BackupArn: BackupDetails?.BackupArn ?? '',
    });
    expect(BackupDescription).toMatchObject({
      BackupDetails: { BackupStatus: 'AVAILABLE', BackupSizeBytes: 6 },
      SourceTableDetails: { TableName, ItemCount: 1, BillingMode: 'PAY_PER_REQUEST' },
      SourceTableFeatureDetails: {
        LocalSecondaryIndexes: [{ IndexName: 'byAt' }],
        GlobalSecondaryIndexes: [{ IndexName: 'byOwner' }],
      },
    });
  });

  test('backups are listed in their order, by table, time and page', async () => {
    await using aws = await withTable();
    const first = await backUp(aws, 'first');
    await aws.clock.advance('1m');
    const betweenMs = aws.clock.now();
    await aws.clock.advance('1m');
    const second = await backUp(aws, 'second');
    const list = async (input: object) =>
      (await aws.call('dynamodb', 'ListBackups', input)).BackupSummaries?.map(
        ({ BackupArn }) => BackupArn,
      );
    expect(await list({})).toEqual([first, second]);
    expect(await list({ TableName: 'other' })).toEqual([]);
    expect(await list({ TimeRangeLowerBound: betweenMs })).toEqual([second]);
    expect(await list({ TimeRangeUpperBound: betweenMs })).toEqual([first]);
    expect(await list({ BackupType: 'SYSTEM' })).toEqual([]);
    const page = await aws.call('dynamodb', 'ListBackups', { Limit: 1 });
    expect(page.LastEvaluatedBackupArn).toBe(first);
    expect(await list({ ExclusiveStartBackupArn: first })).toEqual([second]);
  });

  test('a deleted backup is gone', async () => {
    await using aws = await withTable();
    await put(aws, { pk: S('a'), sk: S('1') });
    const BackupArn = await backUp(aws);
    await aws.settled();
    const { BackupDescription } = await aws.call('dynamodb', 'DeleteBackup', { BackupArn });
    expect(BackupDescription?.BackupDetails?.BackupStatus).toBe('DELETED');
    expect((await aws.call('dynamodb', 'ListBackups', {})).BackupSummaries).toEqual([]);
    const { code } = await aws.fails('dynamodb', 'DescribeBackup', { BackupArn });
    expect(code).toBe('BackupNotFoundException');
  });

  test('a table comes back with items and indexes, though the old one is gone', async () => {
    await using aws = await withTable(INDEXED);
    await fill(aws, MANY);
    const BackupArn = await backUp(aws);
    await aws.settled();
    await aws.call('dynamodb', 'DeleteTable', { TableName });
    const { TableDescription } = await aws.call('dynamodb', 'RestoreTableFromBackup', {
      ...{ BackupArn, TargetTableName: 'again' },
    });
    expect(TableDescription).toMatchObject({
      TableStatus: 'CREATING',
      RestoreSummary: { SourceBackupArn: BackupArn, RestoreInProgress: true },
    });
    await aws.settled();
    const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName: 'again' });
    expect(Table).toMatchObject({
      ...{ TableStatus: 'ACTIVE', ItemCount: MANY },
      RestoreSummary: { SourceBackupArn: BackupArn, RestoreInProgress: false },
    });
    const query = {
      ...{ TableName: 'again', IndexName: 'byOwner', KeyConditionExpression: '#o = :me' },
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':me': S('me') },
    };
    expect((await aws.call('dynamodb', 'Query', query)).Count).toBe(MANY);
  });

  test('a restored table takes other billing, and only the indexes that are named', async () => {
    await using aws = await withTable(INDEXED);
    const BackupArn = await backUp(aws);
    await aws.settled();
    await aws.call('dynamodb', 'RestoreTableFromBackup', {
      ...{ BackupArn, TargetTableName: 'again', BillingModeOverride: 'PROVISIONED' },
      ProvisionedThroughputOverride: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
      GlobalSecondaryIndexOverride: [],
    });
    await aws.settled();
    const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName: 'again' });
    expect(Table?.ProvisionedThroughput).toMatchObject({ ReadCapacityUnits: 3 });
    expect(Table?.GlobalSecondaryIndexes).toBeUndefined();
    expect(Table?.LocalSecondaryIndexes).toHaveLength(1);
  });
});

describe('refusals', () => {
  test('a table that is being copied stays, and so does its history', async () => {
    await using aws = await withTable();
    const { tables } = storeOf(aws.stack);
    const partition = partitionOf(aws);
    const found = await tables.get(partition, TableName);
    if (!found) throw new Error('There is no table.');
    const copied = { ...found.value, copies: ['a copy'] };
    await aws.stack.storage.commit([tables.put(partition, TableName, copied)]);
    expect(await aws.fails('dynamodb', 'DeleteTable', { TableName })).toMatchObject({
      code: 'ResourceInUseException',
      message: 'Attempt to change a resource which is still in use: Table is being copied: orders',
    });
    const off = {
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    };
    const { code } = await aws.fails('dynamodb', 'UpdateContinuousBackups', off);
    expect(code).toBe('ContinuousBackupsUnavailableException');
  });

  test('what is not there is named', async () => {
    await using aws = await withTable();
    const none = `arn:aws:dynamodb:${aws.region}:${aws.account}:table/orders/backup/0-0`;
    for (const operation of ['DescribeBackup', 'DeleteBackup'] as const) {
      const { code, message } = await aws.fails('dynamodb', operation, { BackupArn: none });
      expect([code, message]).toEqual(['BackupNotFoundException', `Backup not found: ${none}`]);
    }
    const asked = { TableName: 'none', BackupName: 'name' };
    expect(await aws.fails('dynamodb', 'CreateBackup', asked)).toMatchObject({
      code: 'TableNotFoundException',
      message: 'Table not found: none',
    });
  });

  test('a table of the name must not be there', async () => {
    await using aws = await withTable();
    const BackupArn = await backUp(aws);
    await aws.settled();
    const asked = { BackupArn, TargetTableName: TableName };
    expect(await aws.fails('dynamodb', 'RestoreTableFromBackup', asked)).toMatchObject({
      code: 'TableAlreadyExistsException',
      message: 'Table already exists: orders',
    });
  });

  test('an index of another name cannot be restored', async () => {
    await using aws = await withTable(INDEXED);
    const BackupArn = await backUp(aws);
    await aws.settled();
    const [index] = INDEXED.GlobalSecondaryIndexes ?? [];
    const asked = {
      ...{ BackupArn, TargetTableName: 'again' },
      GlobalSecondaryIndexOverride: [{ ...index, IndexName: 'another' }],
    };
    const { message } = await aws.fails('dynamodb', 'RestoreTableFromBackup', asked);
    expect(message).toBe('Index another is not one of the source table');
  });
});

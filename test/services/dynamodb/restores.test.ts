/** Tables as they were at a moment. */
import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { INDEXED, type Item, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';

async function recoverable(): Promise<Suite> {
  const aws = await withTable(INDEXED);
  await put(aws, item('kept', 0), item('changed', 0), item('deleted', 0));
  await aws.call('dynamodb', 'UpdateContinuousBackups', {
    TableName,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  await aws.clock.advance('1h');
  return aws;
}

function item(name: string, version: number): Item {
  return { pk: S(name), sk: S('1'), owner: S(`owner ${version}`), at: N(version) };
}

async function itemsOf(aws: Suite, name: string, IndexName?: string) {
  const { Items = [] } = await aws.call('dynamodb', 'Scan', {
    TableName: name,
    ...(IndexName !== undefined && { IndexName }),
  });
  return Items.map(({ pk, at }) => `${pk?.S} ${at?.N}`).sort();
}

describe('answers', () => {
  test('a table is as it was, its indexes too, whatever has happened since', async () => {
    await using aws = await recoverable();
    await put(aws, item('changed', 1), item('changed', 2), item('new', 2));
    const RestoreDateTime = aws.clock.now();
    await aws.clock.advance('1h');
    for (let version = 3; version < 260; version += 1) await put(aws, item('changed', version));
    await put(aws, item('late', 9));
    for (const pk of ['deleted', 'new']) {
      await aws.call('dynamodb', 'DeleteItem', { TableName, Key: { pk: S(pk), sk: S('1') } });
    }
    await aws.call('dynamodb', 'RestoreTableToPointInTime', {
      ...{ SourceTableName: TableName, TargetTableName: 'then', RestoreDateTime },
    });
    await aws.settled();
    const then = ['changed 2', 'deleted 0', 'kept 0', 'new 2'];
    expect(await itemsOf(aws, 'then')).toEqual(then);
    expect(await itemsOf(aws, 'then', 'byOwner')).toEqual(then);
    expect(await itemsOf(aws, TableName)).toEqual(['changed 259', 'kept 0', 'late 9']);
    const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName: 'then' });
    expect(Table?.RestoreSummary).toMatchObject({ RestoreDateTime, RestoreInProgress: false });
    await aws.call('dynamodb', 'DeleteTable', { TableName });
  });

  test('the latest moment is now', async () => {
    await using aws = await recoverable();
    await put(aws, item('changed', 1));
    await aws.call('dynamodb', 'RestoreTableToPointInTime', {
      ...{ SourceTableName: TableName, TargetTableName: 'now', UseLatestRestorableTime: true },
    });
    await aws.settled();
    expect(await itemsOf(aws, 'now')).toEqual(['changed 1', 'deleted 0', 'kept 0']);
  });
});

describe('refusals', () => {
  test('recovery has to be on', async () => {
    await using aws = await withTable();
    const asked = {
      ...{ SourceTableName: TableName, TargetTableName: 'then', UseLatestRestorableTime: true },
    };
    const { code } = await aws.fails('dynamodb', 'RestoreTableToPointInTime', asked);
    expect(code).toBe('PointInTimeRecoveryUnavailableException');
  });

  test('the moment lies between switching on and now', async () => {
    await using aws = await recoverable();
    const asked = { SourceTableName: TableName, TargetTableName: 'then' };
    for (const RestoreDateTime of [aws.clock.now() + 60_000, aws.clock.now() - 7_200_000]) {
      const { code } = await aws.fails('dynamodb', 'RestoreTableToPointInTime', {
        ...{ ...asked, RestoreDateTime },
      });
      expect(code).toBe('InvalidRestoreTimeException');
    }
  });
});

describe('limits', () => {
  test('the history reaches back as many days as it is told to', async () => {
    await using aws = await recoverable();
    await aws.call('dynamodb', 'UpdateContinuousBackups', {
      TableName,
      PointInTimeRecoverySpecification: {
        ...{ PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 2 },
      },
    });
    await put(aws, item('changed', 1));
    await aws.clock.advance('5d');
    const { ContinuousBackupsDescription } = await aws.call(
      'dynamodb',
      'DescribeContinuousBackups',
      { TableName },
    );
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      ...{ PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 2 },
      EarliestRestorableDateTime: aws.clock.now() - 2 * 24 * 3_600_000,
      LatestRestorableDateTime: aws.clock.now(),
    });
  });
});

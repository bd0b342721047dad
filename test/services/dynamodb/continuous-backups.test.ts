import { describe, expect, test } from 'vitest';
import { withTable } from './a-table.ts';

const TableName = 'orders';
const update = (PointInTimeRecoveryEnabled: boolean, name = TableName) => ({
  TableName: name,
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
});

describe('answers', () => {
  test('backups are made, and recovery to a point in time is off', async () => {
    await using aws = await withTable();
    const off = {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
      },
    };
    expect(await aws.call('dynamodb', 'DescribeContinuousBackups', { TableName })).toEqual(off);
    expect(await aws.call('dynamodb', 'UpdateContinuousBackups', update(false))).toEqual(off);
  });
});

describe('answers', () => {
  test('recovery to a point in time is on from now on', async () => {
    await using aws = await withTable();
    const sinceMs = aws.clock.now();
    const { ContinuousBackupsDescription } = await aws.call(
      'dynamodb',
      'UpdateContinuousBackups',
      update(true),
    );
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      ...{ PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 35 },
      ...{ EarliestRestorableDateTime: sinceMs, LatestRestorableDateTime: sinceMs },
    });
  });
});

describe('refusals', () => {
  test('the table must be there', async () => {
    await using aws = await withTable();
    const none = update(false, 'none');
    expect(await aws.fails('dynamodb', 'UpdateContinuousBackups', none)).toMatchObject({
      code: 'TableNotFoundException',
      message: 'Table not found: none',
    });
  });
});

/**
 * Continuous backups, which AWS always makes, and recovery to a point in time, which is not built:
 * it is told to be off and cannot be switched on.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
 */
import type { ContinuousBackupsDescription, Operations } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { fault, notBuilt } from './errors.ts';
import { addressOf, tableFor } from './lookup.ts';

const OFF: ContinuousBackupsDescription = {
  ContinuousBackupsStatus: 'ENABLED',
  PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
};

export const DescribeContinuousBackups: Operation<Operations['DescribeContinuousBackups']> = async (
  call,
  { TableName: name },
) => {
  await checkThere(call, name);
  return { ContinuousBackupsDescription: OFF };
};

export const UpdateContinuousBackups: Operation<Operations['UpdateContinuousBackups']> = async (
  call,
  { TableName: name, PointInTimeRecoverySpecification: wish },
) => {
  await checkThere(call, name);
  if (wish.PointInTimeRecoveryEnabled) throw notBuilt('recovery to a point in time');
  return { ContinuousBackupsDescription: OFF };
};

async function checkThere(call: Call, name: string): Promise<void> {
  const address = addressOf(call, name);
  if (await tableFor(call, address)) return;
  throw fault('TableNotFoundException', `Table not found: ${address.name}`);
}

/**
 * Continuous backups, which AWS always makes, and recovery to a point in time, which can be
 * switched on.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
 *
 * AWS restores up to five minutes ago, here it is up to now.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { ContinuousBackupsDescription, Operations } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { backedUpTable } from './backup-records.ts';
import { change, checkIdle } from './change.ts';
import { fault } from './errors.ts';
import { earliestMs, forgetting, trimLater } from './history.ts';
import { partitionOf, storeOf, type TableRecord } from './store.ts';

const MOST_DAYS = 35;

export const DescribeContinuousBackups: Operation<Operations['DescribeContinuousBackups']> = async (
  call,
  { TableName: name },
) => {
  const { value } = await backedUpTable(call, name);
  return { ContinuousBackupsDescription: descriptionOf(call.stack, value) };
};

export const UpdateContinuousBackups: Operation<Operations['UpdateContinuousBackups']> = (
  call,
  { TableName: name, PointInTimeRecoverySpecification: wish },
) => {
  const { stack } = call;
  return change(stack, async () => {
    const { value: before, version } = await backedUpTable(call, name);
    checkIdle(before);
    const { recovery, ...rest } = before;
    const days = wish.RecoveryPeriodInDays ?? recovery?.days ?? MOST_DAYS;
    const sinceMs = recovery?.sinceMs ?? stack.clock.nowMs();
    const isOn = wish.PointInTimeRecoveryEnabled;
    if (!isOn && before.copies) throw busy(before);
    const after: TableRecord = isOn ? { ...rest, recovery: { sinceMs, days } } : rest;
    const { tables } = storeOf(stack);
    return {
      writes: [
        tables.put(partitionOf(after), after.name, after, version),
        ...(isOn && !recovery ? [trimLater(stack, after)] : []),
        ...(!isOn && recovery ? [forgetting(before)] : []),
      ],
      answer: { ContinuousBackupsDescription: descriptionOf(stack, after) },
    };
  });
};

/** A table that is being restored needs the history to the end; the words are ours. */
function busy({ name }: TableRecord) {
  const words = `Recovery cannot be switched off while the table is being copied: ${name}`;
  return fault('ContinuousBackupsUnavailableException', words);
}

function descriptionOf(stack: Stack, { recovery }: TableRecord): ContinuousBackupsDescription {
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: recovery
      ? {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: recovery.days,
          EarliestRestorableDateTime: earliestMs(stack, recovery),
          LatestRestorableDateTime: stack.clock.nowMs(),
        }
      : { PointInTimeRecoveryStatus: 'DISABLED' },
  };
}

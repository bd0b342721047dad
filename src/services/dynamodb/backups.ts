/**
 * Backups on demand: made, described, listed, deleted.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Backup.Tutorial.html
 *
 * A backup is a copy of the table's rows, made by a job; while it is being made the table cannot
 * be deleted. Items that are written meanwhile may be in it or not, as on AWS.
 */
import type {
  BackupDescription,
  BackupDetails,
  BackupSummary,
  Operations,
} from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { copySoon } from './backup-copies.ts';
import {
  BACKED_UP,
  type BackupRecord,
  backedUpTable,
  backupArn,
  backupsOf,
  knownBackup,
} from './backup-records.ts';
import { change, checkIdle } from './change.ts';
import { clearing } from './clearing.ts';
import { fault } from './errors.ts';
import { keyElements } from './key-schemas.ts';
import { tableArn } from './lookup.ts';
import { type IndexRecord, partitionOf, storeOf } from './store.ts';

const MOST_LISTED = 100;

export const CreateBackup: Operation<Operations['CreateBackup']> = (call, input) => {
  const { stack } = call;
  const createdAtMs = stack.clock.nowMs();
  const id = `${String(createdAtMs).padStart(14, '0')}-${stack.ids.uuid().slice(0, 8)}`;
  return change(stack, async () => {
    const { value: table, version } = await backedUpTable(call, input.TableName);
    checkIdle(table);
    const copies = [...(table.copies ?? []), id];
    const record: BackupRecord = {
      ...{ id, name: input.BackupName, status: 'CREATING', createdAtMs },
      ...{ table, count: 0, bytes: 0 },
    };
    return {
      writes: [
        storeOf(stack).tables.put(partitionOf(table), table.name, { ...table, copies }, version),
        backupsOf(stack).put(partitionOf(table), id, record, 0),
        copySoon(stack, record),
      ],
      answer: { BackupDetails: detailsOf(record) },
    };
  });
};

export const DescribeBackup: Operation<Operations['DescribeBackup']> = async (call, input) => {
  const { value } = await knownBackup(call, input.BackupArn);
  return { BackupDescription: descriptionOf(value) };
};

export const DeleteBackup: Operation<Operations['DeleteBackup']> = (call, input) => {
  const { stack } = call;
  return change(stack, async () => {
    const { value, version } = await knownBackup(call, input.BackupArn);
    if (value.status === 'CREATING') {
      throw fault('BackupInUseException', `Backup is being created: ${input.BackupArn}`);
    }
    const { BackupDetails: details, ...rest } = descriptionOf(value);
    return {
      writes: [
        backupsOf(stack).remove(partitionOf(value.table), value.id, version),
        clearing(stack, BACKED_UP, value.id),
      ],
      answer: {
        BackupDescription: {
          ...rest,
          ...(details && { BackupDetails: { ...details, BackupStatus: 'DELETED' } }),
        },
      },
    };
  });
};

export const ListBackups: Operation<Operations['ListBackups']> = async (call, input) => {
  const { Limit: limit = MOST_LISTED, ExclusiveStartBackupArn: start } = input;
  const rows = await backupsOf(call.stack).list(partitionOf(call));
  const { TimeRangeLowerBound: from = 0, TimeRangeUpperBound: until = Infinity } = input;
  const { TableName: name, BackupType: type = 'USER' } = input;
  const all = rows
    .map(({ value }) => value)
    .filter(() => type === 'USER' || type === 'ALL')
    .filter(({ table }) => name === undefined || name === table.name || name === tableArn(table))
    .filter(({ createdAtMs }) => createdAtMs >= from && createdAtMs < until)
    .filter(({ id }) => start === undefined || id > start.slice(start.lastIndexOf('/') + 1));
  const page = all.slice(0, limit);
  const last = page.length < all.length ? page.at(-1) : undefined;
  return {
    BackupSummaries: page.map(summaryOf),
    ...(last && { LastEvaluatedBackupArn: backupArn(last) }),
  };
};

function detailsOf(backup: BackupRecord): BackupDetails {
  return {
    BackupArn: backupArn(backup),
    BackupName: backup.name,
    BackupSizeBytes: backup.bytes,
    BackupStatus: backup.status,
    BackupType: 'USER',
    BackupCreationDateTime: backup.createdAtMs,
  };
}

function summaryOf(backup: BackupRecord): BackupSummary {
  const { table } = backup;
  return {
    ...{ TableName: table.name, TableId: table.id, TableArn: tableArn(table) },
    ...detailsOf(backup),
  };
}

function descriptionOf(backup: BackupRecord): BackupDescription {
  const { table } = backup;
  const { read, write } = table.throughput;
  return {
    BackupDetails: detailsOf(backup),
    SourceTableDetails: {
      ...{ TableName: table.name, TableId: table.id, TableArn: tableArn(table) },
      ...{ TableSizeBytes: backup.bytes, ItemCount: backup.count },
      KeySchema: keyElements(table.key),
      TableCreationDateTime: table.createdAtMs,
      ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
      ...(table.onDemand && { OnDemandThroughput: table.onDemand }),
      BillingMode: table.billing,
    },
    SourceTableFeatureDetails: featuresOf(backup),
  };
}

function featuresOf({ table }: BackupRecord): BackupDescription['SourceTableFeatureDetails'] {
  const { stream, timeToLive, indexes } = table;
  const ofKind = (wanted: IndexRecord['kind']) => indexes.filter(({ kind }) => kind === wanted);
  const [local, global] = [ofKind('local'), ofKind('global')];
  return {
    ...(local.length > 0 && { LocalSecondaryIndexes: local.map(indexInfo) }),
    ...(global.length > 0 && {
      GlobalSecondaryIndexes: global.map((index) => ({
        ...indexInfo(index),
        ProvisionedThroughput: {
          ReadCapacityUnits: index.throughput.read,
          WriteCapacityUnits: index.throughput.write,
        },
      })),
    }),
    ...(stream &&
      stream.disabledAtMs === undefined && {
        StreamDescription: { StreamEnabled: true, StreamViewType: stream.view },
      }),
    ...(timeToLive && {
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive.attribute },
    }),
  };
}

function indexInfo({ name, key, projection, included }: IndexRecord) {
  return {
    IndexName: name,
    KeySchema: keyElements(key),
    Projection: {
      ProjectionType: projection,
      ...(projection === 'INCLUDE' && { NonKeyAttributes: [...included] }),
    },
  };
}

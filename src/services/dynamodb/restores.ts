/**
 * Tables made from a backup, or from another table as it was at a moment.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
 *
 * The new table has the items, the key and the indexes of the old one; streams, tags, policies,
 * time to live and recovery have to be switched on anew, as on AWS. It is being made until all
 * items are in it.
 */
import type { Write } from '../../storage/storage.ts';
import type {
  Operations,
  RestoreTableFromBackupInput,
  RestoreTableToPointInTimeInput,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type Restore, restoreSoon } from './backup-copies.ts';
import { BACKED_UP, backedUpTable, backupArn, knownBackup } from './backup-records.ts';
import { change, checkIdle } from './change.ts';
import { fault, invalid, notBuilt } from './errors.ts';
import { earliestMs } from './history.ts';
import { addressOf, tableArn, tableAt } from './lookup.ts';
import { type IndexRecord, ITEMS, partitionOf, storeOf, type TableRecord } from './store.ts';
import { describe } from './table-description.ts';
import { encryptionFrom } from './table-settings.ts';
import { readThroughput } from './throughput.ts';

type Overrides = Omit<RestoreTableFromBackupInput, 'BackupArn'> | RestoreTableToPointInTimeInput;

export const RestoreTableFromBackup: Operation<Operations['RestoreTableFromBackup']> = (
  call,
  input,
) =>
  restored(call, input, async () => {
    const { value: backup } = await knownBackup(call, input.BackupArn);
    if (backup.status === 'CREATING') {
      throw fault('BackupInUseException', `Backup is being created: ${input.BackupArn}`);
    }
    const { table, createdAtMs: atMs, id: partition } = backup;
    const summary = { backup: backupArn(backup), table: tableArn(table), atMs };
    return { table, summary, from: { rows: BACKED_UP, partition }, writes: () => [] };
  });

export const RestoreTableToPointInTime: Operation<Operations['RestoreTableToPointInTime']> = (
  call,
  input,
) =>
  restored(call, input, async () => {
    const { stack } = call;
    const source = input.SourceTableArn ?? input.SourceTableName;
    if (source === undefined) throw invalid('SourceTableName or SourceTableArn is required');
    const { value: table, version } = await backedUpTable(call, source);
    checkIdle(table);
    const untilMs = momentOf(call, table, input);
    return {
      table,
      summary: { table: tableArn(table), atMs: untilMs },
      from: { rows: ITEMS, partition: table.id },
      undo: { table, untilMs },
      writes: ({ id }) => {
        const copies = [...(table.copies ?? []), id];
        const { tables } = storeOf(stack);
        return [tables.put(partitionOf(table), table.name, { ...table, copies }, version)];
      },
    };
  });

function momentOf(
  { stack }: Call,
  { recovery }: TableRecord,
  { RestoreDateTime: givenMs, UseLatestRestorableTime: isLatest }: RestoreTableToPointInTimeInput,
): number {
  if (!recovery) {
    const words = 'Point in time recovery has not yet been enabled for this source table.';
    throw fault('PointInTimeRecoveryUnavailableException', words);
  }
  if ((givenMs === undefined) === !isLatest) {
    throw invalid('Either RestoreDateTime or UseLatestRestorableTime must be given, not both');
  }
  const nowMs = stack.clock.nowMs();
  const atMs = givenMs ?? nowMs;
  if (atMs >= earliestMs(stack, recovery) && atMs <= nowMs) return atMs;
  throw fault(
    'InvalidRestoreTimeException',
    'An invalid restore time was specified. RestoreDateTime must be between ' +
      'EarliestRestorableDateTime and LatestRestorableDateTime.',
  );
}

interface Source extends Pick<Restore, 'from' | 'undo'> {
  readonly table: TableRecord;
  readonly summary: NonNullable<TableRecord['restored']>;
  readonly writes: (made: TableRecord) => readonly Write[];
}

async function restored(call: Call, input: Overrides, find: () => Promise<Source>) {
  const { stack } = call;
  if (input.VectorIndexOverride?.length) throw notBuilt('vector indexes');
  const address = addressOf(call, input.TargetTableName);
  const id = stack.ids.uuid();
  const made = await change(stack, async () => {
    const source = await find();
    if (await tableAt(stack, address)) {
      throw fault('TableAlreadyExistsException', `Table already exists: ${address.name}`);
    }
    const table: TableRecord = { ...copyOf(call, source, input), ...address, id };
    const { from, undo } = source;
    return {
      writes: [
        storeOf(stack).tables.put(partitionOf(address), address.name, table, 0),
        ...source.writes(table),
        restoreSoon(stack, { to: { ...address, id }, from, undo }),
      ],
      answer: table,
    };
  });
  return { TableDescription: await describe(stack, made) };
}

/** The new table, with what is overridden. */
function copyOf({ stack }: Call, { table, summary }: Source, input: Overrides): TableRecord {
  const billing = input.BillingModeOverride ?? table.billing;
  const nowMs = stack.clock.nowMs();
  const { ProvisionedThroughputOverride: given, SSESpecificationOverride: encrypting } = input;
  const isSame = billing === table.billing && !given;
  const encryption = encrypting ? encryptionFrom(table, encrypting) : table.encryption;
  const onDemand = input.OnDemandThroughputOverride ?? table.onDemand;
  const { name, account, region, key, tableClass } = table;
  const indexes = indexesOf(stack.ids.uuid, table, input);
  const used = new Set(
    [key, ...indexes.map((index) => index.key)].flatMap(({ hash, range }) => [
      hash.name,
      range?.name,
    ]),
  );
  return {
    ...{ name, account, region, key, billing, indexes, id: '', status: 'CREATING' },
    attributes: table.attributes.filter((attribute) => used.has(attribute.name)),
    createdAtMs: nowMs,
    throughput: isSame ? table.throughput : readThroughput(given, { billing }),
    ...(billing === 'PAY_PER_REQUEST' && { onDemandSinceMs: nowMs }),
    ...(onDemand && { onDemand }),
    ...(encryption && { encryption }),
    ...(tableClass && { tableClass }),
    ...{ isProtected: false, tags: {}, restored: summary },
  };
}

/** Those of the old table, or the ones among them that the request names. */
function indexesOf(uuid: () => string, table: TableRecord, input: Overrides): IndexRecord[] {
  const { GlobalSecondaryIndexOverride: global, LocalSecondaryIndexOverride: local } = input;
  const billing = input.BillingModeOverride ?? table.billing;
  for (const [kind, named] of [
    ['global', global],
    ['local', local],
  ] as const) {
    for (const { IndexName: name } of named ?? []) {
      if (table.indexes.some((index) => index.kind === kind && index.name === name)) continue;
      throw invalid(`Index ${name} is not one of the source table`);
    }
  }
  return table.indexes.flatMap((index) => {
    const named = index.kind === 'global' ? global : local;
    const wish = named?.find(({ IndexName }) => IndexName === index.name);
    if (named && !wish) return [];
    const given = global?.find(({ IndexName }) => IndexName === index.name)?.ProvisionedThroughput;
    const isSame = billing === table.billing && !given;
    const throughput =
      isSame || index.kind === 'local'
        ? index.throughput
        : readThroughput(given, { billing }, index.name);
    const status = index.kind === 'global' ? 'CREATING' : 'ACTIVE';
    return [{ ...index, id: uuid(), status, throughput }];
  });
}

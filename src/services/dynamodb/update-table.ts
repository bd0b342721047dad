/**
 * UpdateTable: billing, indexes, the stream, protection and what else a table is told of.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 */
import { closingOf, openingOf } from '../../delivery/change-streams.ts';
import type { Write } from '../../storage/storage.ts';
import type {
  Operations,
  StreamSpecification,
  UpdateTableInput,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change, checkIdle } from './change.ts';
import { invalid, invalidValues, notBuilt } from './errors.ts';
import { updateIndexes } from './index-updates.ts';
import { knownTable } from './lookup.ts';
import { becomeReady, readySoon } from './states.ts';
import { partitionOf, storeOf, type TableRecord } from './store.ts';
import { describe } from './table-description.ts';
import { encryptionFrom, streamFrom } from './table-settings.ts';
import { changedThroughput, checkChanged, readThroughput } from './throughput.ts';

export const UpdateTable: Operation<Operations['UpdateTable']> = async (call, input) => {
  const { stack } = call;
  checkBuilt(input);
  checkAsksSomething(input);
  const updated = await change(stack, async () => {
    const { value: before, version } = await knownTable(call, input.TableName);
    checkIdle(before);
    const billed = rebilled(call, before, input);
    const indexed = updateIndexes(call, billed, input);
    const set = withSettings(call, indexed, input);
    const { table: streaming, writes } = restreamed(call, set, input.StreamSpecification);
    const table: TableRecord = { ...streaming, status: 'UPDATING' };
    const { tables } = storeOf(stack);
    return {
      writes: [
        tables.put(partitionOf(table), table.name, table, version),
        ...writes,
        readySoon(stack, table),
      ],
      answer: table,
    };
  });
  const answer = { TableDescription: await describe(stack, updated) };
  await becomeReady(stack, updated);
  return answer;
};

function checkBuilt(input: UpdateTableInput): void {
  const global =
    input.ReplicaUpdates ??
    input.MultiRegionConsistency ??
    input.GlobalTableWitnessUpdates ??
    input.GlobalTableSettingsReplicationMode ??
    input.DisassociationProtectionEnabled;
  if (global !== undefined) throw notBuilt('global tables');
  if (input.VectorIndexUpdates?.length) throw notBuilt('vector indexes');
}

function checkAsksSomething(input: UpdateTableInput): void {
  const { TableName, AttributeDefinitions, ...wishes } = input;
  if (Object.values(wishes).some((wish) => wish !== undefined)) return;
  throw invalid(
    'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, ' +
      'GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
  );
}

function rebilled({ stack }: Call, before: TableRecord, input: UpdateTableInput): TableRecord {
  const { BillingMode: mode = before.billing, ProvisionedThroughput: given } = input;
  const nowMs = stack.clock.nowMs();
  if (mode === before.billing && !given) return before;
  const throughput = readThroughput(given, { billing: mode });
  if (mode === before.billing && mode === 'PROVISIONED') {
    checkChanged(before.throughput, throughput, 'table');
  }
  return {
    ...before,
    billing: mode,
    throughput: changedThroughput(before.throughput, throughput, nowMs),
    ...(mode !== before.billing && mode === 'PAY_PER_REQUEST' && { onDemandSinceMs: nowMs }),
    ...(mode !== before.billing &&
      mode === 'PAY_PER_REQUEST' && {
        indexes: before.indexes.map((index) => ({ ...index, throughput: { read: 0, write: 0 } })),
      }),
  };
}

function withSettings({ stack }: Call, table: TableRecord, input: UpdateTableInput): TableRecord {
  const { DeletionProtectionEnabled: isProtected, TableClass: tableClass } = input;
  const { SSESpecification: encrypting, OnDemandThroughput: onDemand } = input;
  return {
    ...table,
    ...(isProtected !== undefined && { isProtected }),
    ...(tableClass && { tableClass, classSinceMs: stack.clock.nowMs() }),
    ...(encrypting && { encryption: encryptionFrom(table, encrypting) }),
    ...(onDemand && { onDemand: { ...table.onDemand, ...onDemand } }),
    ...(input.WarmThroughput && { warm: { ...table.warm, ...input.WarmThroughput } }),
  };
}

interface Restreamed {
  readonly table: TableRecord;
  readonly writes: readonly Write[];
}

/** A stream that is switched on is a new one each time. */
function restreamed(
  { stack }: Call,
  table: TableRecord,
  given: StreamSpecification | undefined,
): Restreamed {
  if (!given) return { table, writes: [] };
  const isOn = table.stream !== undefined && table.stream.disabledAtMs === undefined;
  const fresh = streamFrom(stack, table, table.key, given);
  if (fresh) {
    if (isOn) throw invalidValues(`Table already has an enabled stream: TableName: ${table.name}`);
    return { table: { ...table, stream: fresh }, writes: openingOf(stack, fresh) };
  }
  if (!table.stream || !isOn) {
    throw invalidValues(`Table has no stream to disable: TableName: ${table.name}`);
  }
  const disabledAtMs = stack.clock.nowMs();
  return {
    table: { ...table, stream: { ...table.stream, disabledAtMs } },
    writes: closingOf(stack, table.stream),
  };
}

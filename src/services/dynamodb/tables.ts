/**
 * Tables: made, described, listed, deleted.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.html
 */
import { closingOf, openingOf } from '../../delivery/change-streams.ts';
import type { CreateTableInput, Operations } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change, checkIdle } from './change.ts';
import { clearing } from './clearing.ts';
import { fault, invalid, invalidValues, notBuilt } from './errors.ts';
import { ending } from './expiring.ts';
import { forgetting } from './history.ts';
import { checkIndexes, globalIndex, localIndex } from './index-definitions.ts';
import { checkUse, readDefinitions, readKeySchema } from './key-schemas.ts';
import {
  addressOf,
  checkName,
  knownTable,
  type TableAddress,
  tableArn,
  tableFor,
} from './lookup.ts';
import { newPolicy } from './resource-policies.ts';
import { becomeReady, readySoon } from './states.ts';
import {
  entriesOf,
  INDEXES,
  type IndexRecord,
  ITEMS,
  type KeyAttribute,
  type KeySchema,
  partitionOf,
  storeOf,
  type TableRecord,
} from './store.ts';
import { describe } from './table-description.ts';
import { encryptionFrom, streamFrom } from './table-settings.ts';
import { readTags } from './tag-rules.ts';
import { readThroughput } from './throughput.ts';

const MOST_NAMES = 100;

export const CreateTable: Operation<Operations['CreateTable']> = async (call, input) => {
  const { stack } = call;
  const address = addressOf(call, input.TableName);
  checkBuilt(input);
  await tableFor(call, address);
  const table = newTable(call, address, input);
  const { tables } = storeOf(stack);
  await change(stack, async () => {
    if (await tables.get(partitionOf(address), address.name)) {
      throw fault('ResourceInUseException', `Table already exists: ${address.name}`);
    }
    const writes = [
      tables.put(partitionOf(address), address.name, table, 0),
      ...(table.stream ? openingOf(stack, table.stream) : []),
      readySoon(stack, table),
    ];
    return { writes, answer: undefined };
  });
  const answer = { TableDescription: await describe(stack, table) };
  await becomeReady(stack, table);
  return answer;
};

function checkBuilt(input: CreateTableInput): void {
  if (input.GlobalTableSourceArn !== undefined) throw notBuilt('global tables');
  if (input.GlobalTableSettingsReplicationMode !== undefined) throw notBuilt('global tables');
  if (input.VectorIndexes?.length) throw notBuilt('vector indexes');
}

function newTable(call: Call, address: TableAddress, input: CreateTableInput): TableRecord {
  const { stack } = call;
  const nowMs = stack.clock.nowMs();
  const billing = input.BillingMode ?? 'PROVISIONED';
  const throughput = readThroughput(input.ProvisionedThroughput, { billing });
  const { attributes, key, indexes } = readSchema(call, input);
  const { StreamSpecification: streaming, TableClass: tableClass } = input;
  const stream = streaming && streamFrom(stack, address, key, streaming);
  const encryption = encryptionFrom(address, input.SSESpecification);
  return {
    ...address,
    ...{ id: stack.ids.uuid(), status: 'CREATING', createdAtMs: nowMs },
    ...{ key, attributes, indexes, billing, throughput },
    ...(billing === 'PAY_PER_REQUEST' && { onDemandSinceMs: nowMs }),
    ...(input.OnDemandThroughput && { onDemand: input.OnDemandThroughput }),
    ...(input.WarmThroughput && { warm: input.WarmThroughput }),
    ...(stream && { stream }),
    ...(encryption && { encryption }),
    ...(tableClass && { tableClass }),
    ...(input.ResourcePolicy !== undefined && { policy: newPolicy(call, input.ResourcePolicy) }),
    isProtected: input.DeletionProtectionEnabled ?? false,
    tags: readTags(input.Tags ?? []),
  };
}

interface Schema {
  readonly attributes: readonly KeyAttribute[];
  readonly key: KeySchema;
  readonly indexes: readonly IndexRecord[];
}

function readSchema({ stack }: Call, input: CreateTableInput): Schema {
  const attributes = readDefinitions(input.AttributeDefinitions ?? []);
  const key = readKeySchema(input.KeySchema ?? [], attributes);
  const around = {
    ids: stack.ids,
    definitions: attributes,
    billing: input.BillingMode ?? 'PROVISIONED',
    nowMs: stack.clock.nowMs(),
  };
  const { LocalSecondaryIndexes: local, GlobalSecondaryIndexes: global } = input;
  if (local?.length === 0) throw invalidValues('List of LocalSecondaryIndexes is empty');
  if (global?.length === 0) throw invalidValues('List of GlobalSecondaryIndexes is empty');
  const indexes = [
    ...(local ?? []).map((given) => localIndex(around, key, given)),
    ...(global ?? []).map((given) => globalIndex(around, given)),
  ];
  checkIndexes(indexes);
  checkUse(
    attributes,
    key,
    indexes.map((index) => index.key),
  );
  return { attributes, key, indexes };
}

export const DescribeTable: Operation<Operations['DescribeTable']> = async (call, input) => {
  const { value } = await knownTable(call, input.TableName);
  return { Table: await describe(call.stack, value) };
};

export const ListTables: Operation<Operations['ListTables']> = async (call, input) => {
  const { ExclusiveStartTableName: after, Limit: limit = MOST_NAMES } = input;
  if (after !== undefined) checkName(after);
  const rows = await storeOf(call.stack).tables.list(partitionOf(call));
  const names = rows.map(({ key }) => key).filter((name) => after === undefined || name > after);
  const TableNames = names.slice(0, limit);
  const last = TableNames.at(-1);
  return { TableNames, ...(names.length > limit && { LastEvaluatedTableName: last }) };
};

/** The table is gone when the answer leaves; its rows go by and by. */
export const DeleteTable: Operation<Operations['DeleteTable']> = async (call, input) => {
  const { stack } = call;
  return change(stack, async () => {
    const { value: table, version } = await knownTable(call, input.TableName);
    checkIdle(table);
    if (table.isProtected) {
      throw invalid(
        `Resource cannot be deleted as it is currently protected against deletion. ` +
          `Disable deletion protection first. Table: ${tableArn(table)}`,
      );
    }
    checkNotCopied(table);
    const { stream } = table;
    const writes = [
      storeOf(stack).tables.remove(partitionOf(table), table.name, version),
      ...(stream && stream.disabledAtMs === undefined ? closingOf(stack, stream) : []),
      clearing(stack, ITEMS, table.id),
      ...(table.timeToLive ? [ending(stack, table)] : []),
      ...(table.recovery ? [forgetting(table)] : []),
      ...table.indexes.map((index) => clearing(stack, INDEXES, entriesOf(table, index))),
    ];
    const description = await describe(stack, { ...table, status: 'DELETING' });
    return { writes, answer: { TableDescription: description } };
  });
};

/** What a backup or another table is being made from has to stay; the words are ours. */
function checkNotCopied({ name, copies }: TableRecord): void {
  if (!copies) return;
  throw fault(
    'ResourceInUseException',
    `Attempt to change a resource which is still in use: Table is being copied: ${name}`,
  );
}

/**
 * Global secondary indexes of a table that is there already: added, changed, deleted, one of them
 * at a time.
 */
import type {
  GlobalSecondaryIndexUpdate,
  UpdateGlobalSecondaryIndexAction,
  UpdateTableInput,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import { fault, invalidValues } from './errors.ts';
import { checkIndexes, globalIndex } from './index-definitions.ts';
import { checkUse, readDefinitions } from './key-schemas.ts';
import type { IndexRecord, KeyAttribute, TableRecord } from './store.ts';
import { changedThroughput, checkChanged, readThroughput } from './throughput.ts';

export function updateIndexes(
  call: Call,
  table: TableRecord,
  { GlobalSecondaryIndexUpdates: updates, AttributeDefinitions: given }: UpdateTableInput,
): TableRecord {
  if (!updates) return table;
  const made = updates.filter(({ Create, Delete }) => Create ?? Delete);
  if (made.length > 1) {
    throw fault(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously ' +
        'per table',
    );
  }
  const definitions = merged(table.attributes, readDefinitions(given ?? []));
  const indexes = updates.reduce(
    (so, update) => updated(call, table, definitions, so, update),
    table.indexes,
  );
  checkIndexes(indexes);
  const staying = indexes.filter(({ status }) => status !== 'DELETING').map(({ key }) => key);
  const used = new Set(
    [table.key, ...staying].flatMap(({ hash, range }) => [hash.name, range?.name ?? hash.name]),
  );
  const attributes = definitions.filter(({ name }) => used.has(name));
  // Only what the request itself defines has to be of use.
  checkUse(
    [...attributes, ...readDefinitions(given ?? []).filter(({ name }) => !used.has(name))],
    table.key,
    staying,
  );
  return { ...table, attributes, indexes };
}

function merged(
  before: readonly KeyAttribute[],
  more: readonly KeyAttribute[],
): readonly KeyAttribute[] {
  return [...new Map([...before, ...more].map((one) => [one.name, one])).values()];
}

function updated(
  { stack }: Call,
  { billing }: TableRecord,
  definitions: readonly KeyAttribute[],
  indexes: readonly IndexRecord[],
  { Create, Update, Delete }: GlobalSecondaryIndexUpdate,
): readonly IndexRecord[] {
  const nowMs = stack.clock.nowMs();
  if ([Create, Update, Delete].filter(Boolean).length !== 1) {
    throw invalidValues(
      'One of GlobalSecondaryIndexUpdate.Create, Update, Delete must not be null',
    );
  }
  if (Create) {
    if (indexes.some(({ name }) => name === Create.IndexName)) {
      throw invalidValues(
        `Attempting to create an index which already exists: ${Create.IndexName}`,
      );
    }
    return [...indexes, globalIndex({ ids: stack.ids, definitions, billing, nowMs }, Create)];
  }
  const name = Update?.IndexName ?? Delete?.IndexName;
  if (!indexes.some((index) => index.kind === 'global' && index.name === name)) {
    throw fault('ResourceNotFoundException', 'Requested resource not found');
  }
  return indexes.map((index) => {
    if (index.name !== name) return index;
    if (Update) return changed(index, billing, Update, nowMs);
    return { ...index, status: 'DELETING' };
  });
}

function changed(
  index: IndexRecord,
  billing: TableRecord['billing'],
  update: UpdateGlobalSecondaryIndexAction,
  nowMs: number,
): IndexRecord {
  const { ProvisionedThroughput: given, OnDemandThroughput: onDemand } = update;
  const fresh = given && readThroughput(given, { billing }, index.name);
  if (fresh) checkChanged(index.throughput, fresh, `index: ${index.name}`);
  return {
    ...index,
    status: 'UPDATING',
    ...(fresh && { throughput: changedThroughput(index.throughput, fresh, nowMs) }),
    ...(onDemand && { onDemand: { ...index.onDemand, ...onDemand } }),
    ...(update.WarmThroughput && { warm: { ...index.warm, ...update.WarmThroughput } }),
  };
}

/**
 * Secondary indexes as requests define them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/SecondaryIndexes.html
 */
import type { Ids } from '../../core/ids.ts';
import type {
  BillingMode,
  GlobalSecondaryIndex,
  LocalSecondaryIndex,
  Projection,
} from '../../wire/types/dynamodb.ts';
import { invalidValues } from './errors.ts';
import { readKeySchema } from './key-schemas.ts';
import { checkName } from './lookup.ts';
import type { IndexRecord, KeyAttribute, KeySchema } from './store.ts';
import { readThroughput } from './throughput.ts';

const MOST_LOCAL = 5;
const MOST_GLOBAL = 20;
const MOST_PROJECTED = 100;

export interface Surroundings {
  readonly ids: Ids;
  readonly definitions: readonly KeyAttribute[];
  readonly billing: BillingMode;
  readonly nowMs: number;
}

export function localIndex(
  around: Surroundings,
  table: KeySchema,
  { IndexName: name, KeySchema: elements, Projection: projection }: LocalSecondaryIndex,
): IndexRecord {
  checkName(name);
  if (!table.range) {
    throw invalidValues(
      'Table KeySchema does not have a range key, which is required when specifying a ' +
        'LocalSecondaryIndex',
    );
  }
  const key = readKeySchema(elements, around.definitions);
  if (!key.range) {
    throw invalidValues(`Index KeySchema does not have a range key for index: ${name}`);
  }
  if (key.hash.name !== table.hash.name) {
    throw invalidValues(
      'Index KeySchema does not have the same leading hash key as table KeySchema for index: ' +
        `${name}. index hash key: ${key.hash.name}, table hash key: ${table.hash.name}`,
    );
  }
  return {
    ...{ name, id: around.ids.uuid(), kind: 'local', key, status: 'ACTIVE' },
    ...readProjection(projection),
    throughput: { read: 0, write: 0 },
  };
}

export function globalIndex(around: Surroundings, given: GlobalSecondaryIndex): IndexRecord {
  const { IndexName: name, OnDemandThroughput: onDemand, WarmThroughput: warm } = given;
  checkName(name);
  return {
    ...{ name, id: around.ids.uuid(), kind: 'global', status: 'CREATING' },
    key: readKeySchema(given.KeySchema, around.definitions),
    ...readProjection(given.Projection),
    throughput: readThroughput(given.ProvisionedThroughput, around, name),
    ...(onDemand && { onDemand }),
    ...(warm && { warm }),
  };
}

function readProjection({ ProjectionType: projection, NonKeyAttributes: given }: Projection) {
  if (projection === undefined) throw invalidValues('Unknown ProjectionType: null');
  if (projection !== 'INCLUDE' && given) {
    throw invalidValues(`ProjectionType is ${projection}, but NonKeyAttributes is specified`);
  }
  if (projection === 'INCLUDE' && !given) {
    throw invalidValues('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  }
  return { projection, included: given ?? [] };
}

/** What holds for the indexes of a table taken together. */
export function checkIndexes(indexes: readonly IndexRecord[]): void {
  const names = indexes.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalidValues(`Duplicate index name: ${twice}`);
  const count = (kind: IndexRecord['kind']) => indexes.filter((one) => one.kind === kind).length;
  if (count('local') > MOST_LOCAL) {
    throw invalidValues(`Number of LocalSecondaryIndexes exceeds per-table limit of ${MOST_LOCAL}`);
  }
  if (count('global') > MOST_GLOBAL) {
    throw invalidValues(
      `Number of GlobalSecondaryIndexes exceeds per-table limit of ${MOST_GLOBAL}`,
    );
  }
  if (indexes.flatMap(({ included }) => included).length > MOST_PROJECTED) {
    throw invalidValues(
      `Total number of NonKeyAttributes exceeds per-table limit of ${MOST_PROJECTED}`,
    );
  }
}

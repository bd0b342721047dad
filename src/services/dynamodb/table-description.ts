/** Tables as DescribeTable tells of them. */
import type { Stack } from '../../delivery/stack.ts';
import type {
  GlobalSecondaryIndexDescription,
  LocalSecondaryIndexDescription,
  TableDescription,
} from '../../wire/types/dynamodb.ts';
import { keyElements } from './key-schemas.ts';
import { tableArn } from './lookup.ts';
import { entriesOf, INDEXES, type IndexRecord, ITEMS, type TableRecord } from './store.ts';
import { type Extent, extentOf } from './table-extent.ts';
import { throughputDescription } from './throughput.ts';

/** What every table can take at once when it is paid per request. */
const ON_DEMAND_WARMTH = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 };

export async function describe(stack: Stack, table: TableRecord): Promise<TableDescription> {
  const extent = await extentOf(stack, ITEMS, table.id);
  const extents = await Promise.all(
    table.indexes.map((index) => extentOf(stack, INDEXES, entriesOf(table, index))),
  );
  const described = table.indexes.map((index, at) =>
    indexDescription(table, index, extents[at] ?? { count: 0, bytes: 0 }),
  );
  const ofKind = (kind: IndexRecord['kind']) =>
    described.filter((_, at) => table.indexes[at]?.kind === kind);
  const [local, global] = [ofKind('local'), ofKind('global')];
  return {
    AttributeDefinitions: table.attributes.map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    TableName: table.name,
    KeySchema: keyElements(table.key),
    TableStatus: table.status,
    CreationDateTime: table.createdAtMs,
    ProvisionedThroughput: throughputDescription(table.throughput),
    TableSizeBytes: extent.bytes,
    ItemCount: extent.count,
    TableArn: tableArn(table),
    TableId: table.id,
    ...billingDescription(table),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
    ...streamDescription(table),
    ...settingsDescription(table),
    ...restoreDescription(table),
  };
}

function billingDescription({ billing, onDemandSinceMs, onDemand, warm, status }: TableRecord) {
  return {
    ...(onDemandSinceMs !== undefined && {
      BillingModeSummary: {
        BillingMode: billing,
        LastUpdateToPayPerRequestDateTime: onDemandSinceMs,
      },
    }),
    ...(onDemand && { OnDemandThroughput: onDemand }),
    ...((warm || billing === 'PAY_PER_REQUEST') && {
      WarmThroughput: { ...ON_DEMAND_WARMTH, ...warm, Status: status },
    }),
  };
}

function streamDescription({ stream }: TableRecord): TableDescription {
  if (!stream) return {};
  return {
    ...(stream.disabledAtMs === undefined && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream.view },
    }),
    LatestStreamLabel: stream.label,
    LatestStreamArn: stream.arn,
  };
}

function settingsDescription(table: TableRecord): TableDescription {
  const { encryption, tableClass, classSinceMs, isProtected } = table;
  return {
    ...(encryption && {
      SSEDescription: {
        Status: 'ENABLED',
        SSEType: encryption.type,
        ...(encryption.keyArn !== undefined && { KMSMasterKeyArn: encryption.keyArn }),
      },
    }),
    ...(tableClass && {
      TableClassSummary: {
        TableClass: tableClass,
        ...(classSinceMs !== undefined && { LastUpdateDateTime: classSinceMs }),
      },
    }),
    DeletionProtectionEnabled: isProtected,
  };
}

function restoreDescription({ restored, status }: TableRecord): TableDescription {
  if (!restored) return {};
  return {
    RestoreSummary: {
      ...(restored.backup !== undefined && { SourceBackupArn: restored.backup }),
      SourceTableArn: restored.table,
      RestoreDateTime: restored.atMs,
      RestoreInProgress: status === 'CREATING',
    },
  };
}

function indexDescription(
  table: TableRecord,
  index: IndexRecord,
  { count, bytes }: Extent,
): GlobalSecondaryIndexDescription & LocalSecondaryIndexDescription {
  const { name, key, projection, included, status, onDemand, warm } = index;
  return {
    IndexName: name,
    KeySchema: keyElements(key),
    Projection: {
      ProjectionType: projection,
      ...(projection === 'INCLUDE' && { NonKeyAttributes: [...included] }),
    },
    IndexSizeBytes: bytes,
    ItemCount: count,
    IndexArn: `${tableArn(table)}/index/${name}`,
    ...(index.kind === 'global' && {
      IndexStatus: status,
      ...(status === 'CREATING' && table.status !== 'CREATING' && { Backfilling: true }),
      ProvisionedThroughput: throughputDescription(index.throughput),
      ...(onDemand && { OnDemandThroughput: onDemand }),
      ...((warm || table.billing === 'PAY_PER_REQUEST') && {
        WarmThroughput: { ...ON_DEMAND_WARMTH, ...warm, Status: status },
      }),
    }),
  };
}

/**
 * Capacity units: what an operation took of a table and of its indexes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
import type {
  Capacity,
  ConsumedCapacity,
  ReturnConsumedCapacity,
} from '../../wire/types/dynamodb.ts';
import type { IndexRecord, TableRecord } from './store.ts';

const WRITE_BYTES = 1024;
const READ_BYTES = 4096;

export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_BYTES));
}

/** Reads that may be stale take half. */
export function readUnits(bytes: number, isConsistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_BYTES)) * (isConsistent ? 1 : 0.5);
}

export interface Consumption {
  readonly table: TableRecord;
  readonly units: number;
  /** By the name of the index. */
  readonly indexUnits?: ReadonlyMap<string, number> | undefined;
  /** Said of transactions only, where it is read and write units apart. */
  readonly transaction?: 'read' | 'write';
}

/** The answer's member about it; nothing where nobody asked. */
export function consumed(
  asked: ReturnConsumedCapacity | undefined,
  consumption: Consumption,
): { readonly ConsumedCapacity?: ConsumedCapacity } {
  const told = tell(asked, consumption);
  return told ? { ConsumedCapacity: told } : {};
}

/** For operations over many tables: in the order in which the tables came up. */
export function consumedByTable(
  asked: ReturnConsumedCapacity | undefined,
  consumptions: readonly Consumption[],
): { readonly ConsumedCapacity?: readonly ConsumedCapacity[] } {
  if (asked === undefined || asked === 'NONE') return {};
  const sums = new Map<TableRecord['id'], Consumption>();
  for (const one of consumptions) {
    const before = sums.get(one.table.id);
    sums.set(one.table.id, before ? sum(before, one) : one);
  }
  return { ConsumedCapacity: [...sums.values()].flatMap((one) => tell(asked, one) ?? []) };
}

function sum(a: Consumption, b: Consumption): Consumption {
  const indexUnits = new Map(a.indexUnits);
  for (const [name, units] of b.indexUnits ?? []) {
    indexUnits.set(name, (indexUnits.get(name) ?? 0) + units);
  }
  return { ...a, units: a.units + b.units, indexUnits };
}

function tell(
  asked: ReturnConsumedCapacity | undefined,
  consumption: Consumption,
): ConsumedCapacity | undefined {
  if (asked === undefined || asked === 'NONE') return undefined;
  const { table, units, indexUnits = new Map<string, number>() } = consumption;
  const capacity = (count: number) => capacityOf(count, consumption.transaction);
  const total = [...indexUnits.values()].reduce((all, one) => all + one, units);
  const whole = { TableName: table.name, ...capacity(total) };
  if (asked === 'TOTAL') return whole;
  const ofKind = (kind: IndexRecord['kind']) => {
    const told = table.indexes
      .filter((index) => index.kind === kind && indexUnits.has(index.name))
      .map(({ name }) => [name, capacity(indexUnits.get(name) ?? 0)] as const);
    return told.length > 0 ? Object.fromEntries(told) : undefined;
  };
  const [local, global] = [ofKind('local'), ofKind('global')];
  return {
    ...whole,
    Table: capacity(units),
    ...(local && { LocalSecondaryIndexes: local }),
    ...(global && { GlobalSecondaryIndexes: global }),
  };
}

function capacityOf(units: number, transaction: Consumption['transaction']): Capacity {
  return {
    CapacityUnits: units,
    ...(transaction === 'read' && { ReadCapacityUnits: units }),
    ...(transaction === 'write' && { WriteCapacityUnits: units }),
  };
}

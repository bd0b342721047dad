/**
 * Finding the table that a request means, by its name or by its ARN.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 */
import { arnOf, parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Check } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { checkAccess } from './access.ts';
import { fault, invalid } from './errors.ts';
import { type IndexRecord, partitionOf, storeOf, TABLES, type TableRecord } from './store.ts';

export interface TableAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

/** Refuses what cannot be the name of a table or of an index. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw invalid(
    'Invalid table/index name.  Table/index names must be between 3 and 255 characters long, ' +
      "and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'",
  );
}

/** The address that a `TableName` stands for. */
export function addressOf(call: Call, text: string): TableAddress {
  const { account, region } = call;
  if (!text.startsWith('arn:')) {
    checkName(text);
    return { account, region, name: text };
  }
  const arn = parseArn(text);
  const name = /^table\/([^/]+)$/.exec(arn?.resource ?? '')?.[1];
  if (arn?.service !== 'dynamodb' || name === undefined) {
    throw invalid(`Invalid TableArn: ${text}`);
  }
  checkName(name);
  if (arn.region !== region) {
    throw invalid(`Invalid TableArn: the table is not in ${region}: ${text}`);
  }
  return { account: arn.account, region, name };
}

export function tableArn({ region, account, name }: TableAddress): string {
  return arnOf('dynamodb', region, account, `table/${name}`);
}

export function tableAt(
  stack: Stack,
  address: TableAddress,
): Promise<Stored<TableRecord> | undefined> {
  return storeOf(stack).tables.get(partitionOf(address), address.name);
}

/** What a request means to do, where that is not plain from its operation. */
export interface Purpose {
  /** IAM's name for it. */
  readonly action?: string;
  /** The index that it is done with. */
  readonly index?: string | undefined;
}

/** The table at an address, if there is one; refuses who may not use it. */
export async function tableFor(call: Call, address: TableAddress, purpose: Purpose = {}) {
  const table = await tableAt(call.stack, address);
  checkPurpose(call, address, table?.value, purpose);
  return table;
}

function checkPurpose(
  call: Call,
  address: TableAddress,
  table: TableRecord | undefined,
  { action = call.operation, index }: Purpose,
): void {
  // The table of the caller's own account is theirs to use.
  if (address.account === call.account) return;
  const arn = `${tableArn(address)}${index === undefined ? '' : `/index/${index}`}`;
  checkAccess(call, { arn, account: address.account, policy: table?.policy?.text }, action);
}

/** The table that a request about tables names. */
export async function knownTable(call: Call, text: string): Promise<Stored<TableRecord>> {
  const address = addressOf(call, text);
  const table = await tableFor(call, address, {});
  if (table) return table;
  const message = `Requested resource not found: Table: ${address.name} not found`;
  throw fault('ResourceNotFoundException', message);
}

/** The table that a request about items names; one that is still being made is not there yet. */
export async function usableTable(
  call: Call,
  text: string,
  purpose: Purpose = {},
): Promise<Stored<TableRecord>> {
  const address = addressOf(call, text);
  const table = await tableAt(call.stack, address);
  checkPurpose(call, address, table?.value, purpose);
  const status = table?.value.status;
  if (table && status !== 'CREATING' && status !== 'DELETING') return table;
  throw fault('ResourceNotFoundException', 'Requested resource not found');
}

export type FindTable = (text: string, action: string) => Promise<Stored<TableRecord>>;

/** For requests that name a table many times: looks for it once for each action. */
export function tableFinder(call: Call): FindTable {
  const found = new Map<string, Promise<Stored<TableRecord>>>();
  return (text, action) => {
    const name = `${action} ${text}`;
    const known = found.get(name) ?? usableTable(call, text, { action });
    found.set(name, known);
    return known;
  };
}

/** The table as it is now: indexes and the stream may have come or gone in the meantime. */
export async function currentTable(stack: Stack, table: TableRecord): Promise<Stored<TableRecord>> {
  const found = await tableAt(stack, table);
  if (found?.value.id === table.id) return found;
  throw fault('ResourceNotFoundException', 'Requested resource not found');
}

/**
 * The write by which others hold only while the table is as it was when they were planned: no
 * index, stream or destination has come that they would pass by, and the table is still there.
 */
export function tableCheck({ value, version }: Stored<TableRecord>): Check {
  const at = { partition: partitionOf(value), key: value.name };
  return { kind: 'check', table: TABLES, ...at, ifVersion: version };
}

/** The index that a request reads. */
export function usableIndex(table: TableRecord, name: string): IndexRecord {
  const index = table.indexes.find((one) => one.name === name);
  if (!index) throw invalid(`The table does not have the specified index: ${name}`);
  if (index.status === 'CREATING') {
    throw invalid(`Cannot read from backfilling global secondary index: ${name}`);
  }
  return index;
}

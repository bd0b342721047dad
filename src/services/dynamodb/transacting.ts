/** Transactions that write: all of their actions in one commit, under the locks of all items. */
import type { Stack } from '../../delivery/stack.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import type { Write } from '../../storage/storage.ts';
import type { CancellationReason } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import { untilWon } from '../change.ts';
import { type Consumption, readUnits, writeUnits } from './capacity.ts';
import { lost } from './change.ts';
import { type ItemChange, type PlannedChange, planChange } from './item-changes.ts';
import { Contended, locksOf } from './item-locks.ts';
import { bytesOfRow, rowOf } from './item-text.ts';
import { destinationWrites } from './kinesis-records.ts';
import type { TableRecord } from './store.ts';
import { type StoredItem, storedItem } from './stored-items.ts';
import type { Action } from './transact-actions.ts';
import { type Token, type Told, withToken } from './transaction-tokens.ts';
import {
  cancelled,
  checkTotal,
  conflicting,
  NO_REASON,
  namesOf,
  reasonOf,
} from './transactions.ts';
import { currentTable, writerOf } from './write-item.ts';

/** Does all of `actions`, or throws why none of them is done. Answers what each has taken. */
export function transact(
  call: Call,
  actions: readonly Action[],
  told: Told,
): Promise<readonly Consumption[]> {
  const names = namesOf(actions);
  return withToken(call, told, async (token) => {
    if (token.isSpent) return toldAgain(call, actions);
    try {
      const write = () => untilWon(() => attempt(call, actions, token), lost);
      return await locksOf(call.stack).while(names, 'transaction', write);
    } catch (cause) {
      if (!(cause instanceof Contended)) throw cause;
      // Names leave out actions whose key is none.
      const named = actions.flatMap(({ key }, at) => (key === undefined ? [] : [at]));
      const places = cause.places.flatMap((place) => named[place] ?? []);
      throw conflicting(actions.length, places);
    }
  });
}

async function attempt(
  call: Call,
  told: readonly Action[],
  token: Token,
): Promise<readonly Consumption[]> {
  const { stack } = call;
  const current = await currentTables(stack, told);
  const actions = told.map((action, at) => ({ ...action, table: current[at] ?? action.table }));
  const standing = await standingItems(call, actions);
  const decided = actions.map((action, at) => decide(call, action, standing[at]));
  if (decided.some(({ reason }) => reason !== NO_REASON)) {
    throw cancelled(decided.map(({ reason }) => reason));
  }
  checkTotal(decided.reduce((sum, { bytes }) => sum + bytes, 0));
  const writes = decided.flatMap(({ planned }) => planned?.writes ?? []);
  const destined = await Promise.all(decided.map((one) => destinedWrites(call, one)));
  await stack.storage.commit([...writes, ...destined.flat(), ...token.writes]);
  return decided.map(consumptionOf);
}

function currentTables(stack: Stack, actions: readonly Action[]): Promise<readonly TableRecord[]> {
  return Promise.all(actions.map(({ table }) => currentTable(stack, table)));
}

function standingItems({ stack }: Call, actions: readonly Action[]) {
  return Promise.all(
    actions.map(({ table, key }) =>
      key === undefined ? undefined : storedItem(stack, table, key),
    ),
  );
}

interface Decided {
  readonly action: Action;
  readonly reason: CancellationReason;
  readonly bytes: number;
  /** Undefined for an action that only checks, or that is refused. The same for the change. */
  readonly planned?: PlannedChange;
  readonly change?: ItemChange;
}

async function destinedWrites(call: Call, { planned, change }: Decided): Promise<readonly Write[]> {
  if (!change?.table.destinations || planned?.writes.length === 0) return [];
  return destinationWrites(call.stack, change, writerOf(call));
}

function decide(call: Call, action: Action, before: StoredItem | undefined): Decided {
  const { table, key = '', by, checksOnly } = action;
  try {
    const after = action.decide(before, table);
    if (checksOnly) return { action, reason: NO_REASON, bytes: before?.bytes ?? 0 };
    const change = { table, key, before, after, by };
    const planned = planChange(call.stack, change, writerOf(call));
    return { action, reason: NO_REASON, bytes: sizeOf(after), planned, change };
  } catch (cause) {
    return { action, reason: reasonOf(cause), bytes: 0 };
  }
}

function sizeOf(item: Item | undefined): number {
  return item ? bytesOfRow(rowOf(item)) : 0;
}

/** Each action is prepared and done: it takes twice what it would take alone. */
function consumptionOf({ action, bytes, planned }: Decided): Consumption {
  const { units = writeUnits(bytes), indexUnits = new Map<string, number>() } = planned ?? {};
  return {
    table: action.table,
    units: 2 * units,
    indexUnits: new Map([...indexUnits].map(([name, one]) => [name, 2 * one])),
    transaction: 'write',
  };
}

/** A transaction that has taken place costs the reading of its items when it is told again. */
async function toldAgain(call: Call, actions: readonly Action[]): Promise<readonly Consumption[]> {
  const found = await standingItems(call, actions);
  return actions.map(({ table }, at) => ({
    ...{ table, transaction: 'read' },
    units: 2 * readUnits(found[at]?.bytes ?? 0, true),
  }));
}

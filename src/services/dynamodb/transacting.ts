/**
 * Transactions that write: all of their actions in one commit, which holds only while every item
 * that was looked at, changed or not, and every table are as they were.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Write } from '../../storage/storage.ts';
import type { CancellationReason } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import { untilWon } from '../change.ts';
import { type Consumption, readUnits, writeUnits } from './capacity.ts';
import { lost, MOST_PLANS } from './change.ts';
import { type ItemChange, type PlannedChange, planChange } from './item-changes.ts';
import { growCollection, hasCollections, tooLargeCollection } from './item-collections.ts';
import { Contended, locksOf } from './item-locks.ts';
import { destinationWrites } from './kinesis-records.ts';
import { currentTable, tableCheck } from './lookup.ts';
import type { TableRecord } from './store.ts';
import { itemCheck, type StoredItem, storedItem } from './stored-items.ts';
import { checkCapacity, checkIndexCapacity, takeCapacity } from './throttling.ts';
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
import { writerOf } from './write-item.ts';

/** Does all of `actions`, or throws why none of them is done. Answers what each has taken. */
export function transact(
  call: Call,
  actions: readonly Action[],
  told: Told,
): Promise<readonly Consumption[]> {
  const names = namesOf(actions);
  return withToken(call, told, async (look) => {
    let known: Token | undefined = await look();
    if (known.isSpent) return toldAgain(call, actions);
    const write = async () => {
      // Another node that has taken the token since makes the commit fail.
      const token = known ?? (await look());
      known = undefined;
      return token.isSpent ? toldAgain(call, actions) : attempt(call, actions, token);
    };
    try {
      const won = () => untilWon(write, lost, MOST_PLANS);
      return await locksOf(call.stack).while(names, 'transaction', won);
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
  const tables = await currentTables(stack, told);
  const actions = told.map((action) => {
    return { ...action, table: tables.get(action.table.id)?.value ?? action.table };
  });
  const standing = await standingItems(call, actions);
  const decided: Decided[] = [];
  for (const [at, action] of actions.entries()) {
    const one = decide(call, action, standing[at]);
    decided.push(hasCollections(action.table) ? await withinLimit(stack, one) : one);
  }
  if (decided.some(({ reason }) => reason !== NO_REASON)) {
    throw cancelled(decided.map(({ reason }) => reason));
  }
  checkTotal(decided.reduce((sum, { bytes }) => sum + bytes, 0));
  const checks = [...tables.values()].map(tableCheck);
  const writes = decided.flatMap(({ writes }) => writes);
  const destined = await destinedWrites(call, decided);
  await stack.storage.commit([...checks, ...writes, ...destined, ...token.writes]);
  for (const { action, planned } of decided) {
    if (planned) growCollection(stack, action.table, action.given, planned.growth);
  }
  const consumptions = decided.map(consumptionOf);
  for (const one of consumptions) takeCapacity(stack, 'write', one);
  return consumptions;
}

/** Each table as it is now, by its id. */
async function currentTables(
  stack: Stack,
  actions: readonly Action[],
): Promise<ReadonlyMap<string, Stored<TableRecord>>> {
  const tables = new Map<string, Stored<TableRecord>>();
  for (const { table } of actions) {
    if (!tables.has(table.id)) tables.set(table.id, await currentTable(stack, table));
  }
  return tables;
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
  readonly writes: readonly Write[];
  /** Undefined for an action that only checks, or that is refused. The same for the change. */
  readonly planned?: PlannedChange;
  readonly change?: ItemChange;
}

async function destinedWrites(call: Call, all: readonly Decided[]): Promise<readonly Write[]> {
  const destined: Write[] = [];
  for (const { planned, change } of all) {
    if (!change?.table.destinations || planned?.writes.length === 0) continue;
    destined.push(...(await destinationWrites(call.stack, change, writerOf(call))));
  }
  return destined;
}

function decide(call: Call, action: Action, before: StoredItem | undefined): Decided {
  const { table, key = '', by, checksOnly } = action;
  try {
    checkCapacity(call.stack, table, 'write');
    const after = action.decide(before, table);
    const writes = [itemCheck(table, key, before)];
    if (checksOnly) return { action, reason: NO_REASON, bytes: before?.bytes ?? 0, writes };
    const change = { table, key, before, after, by };
    const planned = planChange(call.stack, change, writerOf(call));
    const { bytes } = planned;
    checkIndexCapacity(call.stack, table, planned.indexUnits.keys());
    // What changes nothing was decided from the item all the same.
    const own = planned.writes.length > 0 ? planned.writes : writes;
    return { action, reason: NO_REASON, bytes, writes: own, planned, change };
  } catch (cause) {
    return { action, reason: reasonOf(cause), bytes: 0, writes: [] };
  }
}

/** Refused where its item collection would become too large. */
async function withinLimit(stack: Stack, decided: Decided): Promise<Decided> {
  const { action, planned } = decided;
  const { table, given } = action;
  if (!planned) return decided;
  const tooLarge = await tooLargeCollection(stack, table, given, planned.growth);
  return tooLarge ? { action, reason: reasonOf(tooLarge), bytes: 0, writes: [] } : decided;
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

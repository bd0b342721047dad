/**
 * TransactWriteItems: up to 100 writes and checks, all of them or none.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
import type { Item } from '../../expressions/attribute-values.ts';
import type {
  CancellationReason,
  Operations,
  TransactWriteItemsInput,
  TransactWriteItemsOutput,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import { untilWon } from '../change.ts';
import type { Operation } from '../service.ts';
import { type Consumption, consumedByTable, readUnits } from './capacity.ts';
import { checked, lost } from './change.ts';
import { type PlannedChange, planChange } from './item-changes.ts';
import { collectionMetrics, metricsByTable } from './item-collections.ts';
import { Contended, locksOf } from './item-locks.ts';
import { bytesOfRow, rowOf } from './item-text.ts';
import { type StoredItem, storedItem } from './stored-items.ts';
import { type Action, readAction } from './transact-actions.ts';
import { type Token, withToken } from './transaction-tokens.ts';
import {
  cancelled,
  checkTotal,
  conflicting,
  NO_REASON,
  namesOf,
  reasonOf,
} from './transactions.ts';
import { writerOf } from './write-item.ts';

export const TransactWriteItems: Operation<Operations['TransactWriteItems']> = checked(
  async (call, input) => {
    const actions = await Promise.all(input.TransactItems.map((item) => readAction(call, item)));
    const names = namesOf(actions);
    return withToken(call, input, async (token) => {
      if (token.isSpent) return toldAgain(call, input, actions);
      try {
        const write = () => untilWon(() => attempt(call, input, actions, token), lost);
        return await locksOf(call.stack).while(names, 'transaction', write);
      } catch (cause) {
        if (!(cause instanceof Contended)) throw cause;
        // Names leave out actions whose key is none.
        const named = actions.flatMap(({ key }, at) => (key === undefined ? [] : [at]));
        const places = cause.places.flatMap((place) => named[place] ?? []);
        throw conflicting(actions.length, places);
      }
    });
  },
);

async function attempt(
  call: Call,
  input: TransactWriteItemsInput,
  actions: readonly Action[],
  token: Token,
): Promise<TransactWriteItemsOutput> {
  const { stack } = call;
  const standing = await Promise.all(
    actions.map(({ table, key }) =>
      key === undefined ? undefined : storedItem(stack, table, key),
    ),
  );
  const decided = actions.map((action, at) => decide(call, action, standing[at]));
  if (decided.some(({ reason }) => reason !== NO_REASON)) {
    throw cancelled(decided.map(({ reason }) => reason));
  }
  checkTotal(decided.reduce((sum, { bytes }) => sum + bytes, 0));
  const writes = decided.flatMap(({ planned }) => planned?.writes ?? []);
  await stack.storage.commit([...writes, ...token.writes]);
  const consumptions = decided.map(({ planned, checkUnits }, at) =>
    consumption(actions[at], planned, checkUnits),
  );
  return {
    ...consumedByTable(
      input.ReturnConsumedCapacity,
      consumptions.filter((one) => one !== undefined),
    ),
    ...metricsOf(input, actions),
  };
}

interface Decided {
  readonly reason: CancellationReason;
  readonly bytes: number;
  readonly planned?: PlannedChange;
  /** Write units of an action that only checks. */
  readonly checkUnits: number;
}

function decide(call: Call, action: Action, before: StoredItem | undefined): Decided {
  const { table, key = '', by, checksOnly } = action;
  try {
    const after = action.decide(before);
    if (checksOnly) {
      const bytes = before?.bytes ?? 0;
      return { reason: NO_REASON, bytes, checkUnits: Math.max(1, Math.ceil(bytes / 1024)) };
    }
    const change = { table, key, before, after, by };
    const planned = planChange(call.stack, change, writerOf(call));
    return { reason: NO_REASON, bytes: sizeOf(after), planned, checkUnits: 0 };
  } catch (cause) {
    return { reason: reasonOf(cause), bytes: 0, checkUnits: 0 };
  }
}

function sizeOf(item: Item | undefined): number {
  return item ? bytesOfRow(rowOf(item)) : 0;
}

/** Each write is prepared and done: it takes twice what it would take alone. */
function consumption(
  action: Action | undefined,
  planned: PlannedChange | undefined,
  checkUnits: number,
): Consumption | undefined {
  if (!action) return undefined;
  const { units = checkUnits, indexUnits = new Map<string, number>() } = planned ?? {};
  return {
    table: action.table,
    units: 2 * units,
    indexUnits: new Map([...indexUnits].map(([name, one]) => [name, 2 * one])),
    transaction: 'write',
  };
}

function metricsOf(
  { ReturnItemCollectionMetrics: asked }: TransactWriteItemsInput,
  actions: readonly Action[],
): Pick<TransactWriteItemsOutput, 'ItemCollectionMetrics'> {
  const writing = actions.filter(({ checksOnly }) => !checksOnly);
  return metricsByTable(
    writing.map(({ table, given }) => [table.name, collectionMetrics(asked, table, given)]),
  );
}

/** A transaction that has taken place costs the reading of its items when it is told again. */
async function toldAgain(
  { stack }: Call,
  input: TransactWriteItemsInput,
  actions: readonly Action[],
): Promise<TransactWriteItemsOutput> {
  const found = await Promise.all(
    actions.map(({ table, key = '' }) => storedItem(stack, table, key)),
  );
  const consumptions = actions.map(
    ({ table }, at): Consumption => ({
      ...{ table, transaction: 'read' },
      units: 2 * readUnits(found[at]?.bytes ?? 0, true),
    }),
  );
  return consumedByTable(input.ReturnConsumedCapacity, consumptions);
}

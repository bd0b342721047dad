/**
 * PartiQL statements that change an item, as actions on it: INSERT where none is, UPDATE of one
 * that is there, DELETE of one that is there or not.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
 */
import { type Item, readItem } from '../../expressions/attribute-values.ts';
import type { Condition } from '../../expressions/conditions.ts';
import type { Returning, Statement } from '../../expressions/partiql.ts';
import { targetOf } from '../../expressions/partiql-keys.ts';
import type { Path } from '../../expressions/paths.ts';
import { applyUpdate, pathsOf } from '../../expressions/updates.ts';
import type { ReturnValuesOnConditionCheckFailure } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import { fault } from './errors.ts';
import { checkIndexKeys } from './index-entries.ts';
import { checkItemKey, checkKey, keyText } from './keys.ts';
import { usableTable } from './lookup.ts';
import type { TableRecord } from './store.ts';
import type { StoredItem } from './stored-items.ts';
import type { Action } from './transact-actions.ts';
import { checkKeysUntouched } from './update-item.ts';
import { checkCondition, FAILED } from './write-conditions.ts';

export type Changing = Exclude<Statement, { readonly kind: 'select' }>;

export interface StatementAction extends Action {
  readonly key: string;
  readonly returning?: Returning | undefined;
  /** The paths that an UPDATE changes. */
  readonly changed: readonly Path[];
}

export interface OnFailure {
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure | undefined;
}

export function changeOf(
  call: Call,
  statement: Changing,
  shows: OnFailure,
): Promise<StatementAction> {
  switch (statement.kind) {
    case 'insert':
      return insertion(call, statement);
    case 'update':
      return updating(call, statement, shows);
    case 'delete':
      return deletion(call, statement, shows);
    case 'exists':
      return existence(call, statement, shows);
  }
}

async function insertion(
  call: Call,
  { table: name, item: given }: Changing & { kind: 'insert' },
): Promise<StatementAction> {
  const { value: table } = await usableTable(call, name, { action: 'PartiQLInsert' });
  const item = readItem(given);
  checkItemKey(table.key, item);
  return {
    ...{ table, given: item, key: keyText(table.key, item), by: 'item' },
    ...{ checksOnly: false, changed: [] },
    decide: (before, current) => {
      if (before) throw fault('DuplicateItemException', 'Duplicate primary key exists in table');
      checkIndexKeys(current, item, 'item');
      return item;
    },
  };
}

interface Meant {
  readonly table: TableRecord;
  readonly given: Item;
  readonly key: string;
  readonly condition: Condition | undefined;
}

/** The one item that a WHERE clause names, and what else it asks of it. */
async function meantBy(call: Call, name: string, where: Condition, action: string): Promise<Meant> {
  const { value: table } = await usableTable(call, name, { action });
  const { key: given, condition } = targetOf(where, table.key);
  checkKey(table.key, given);
  return { table, given, key: keyText(table.key, given), condition };
}

async function updating(
  call: Call,
  statement: Changing & { kind: 'update' },
  shows: OnFailure,
): Promise<StatementAction> {
  const { update, returning } = statement;
  const meaning = await meantBy(call, statement.table, statement.condition, 'PartiQLUpdate');
  const { condition, ...meant } = meaning;
  checkKeysUntouched(meant.table.key, update);
  return {
    ...{ ...meant, by: 'update', checksOnly: false, returning, changed: pathsOf(update) },
    decide: (before, current) => {
      const item = present(before);
      checkCondition(condition, before, shows);
      const after = applyUpdate(update, item).item;
      checkIndexKeys(current, after, 'update');
      return after;
    },
  };
}

async function deletion(
  call: Call,
  statement: Changing & { kind: 'delete' },
  shows: OnFailure,
): Promise<StatementAction> {
  const { returning } = statement;
  const meaning = await meantBy(call, statement.table, statement.condition, 'PartiQLDelete');
  const { condition, ...meant } = meaning;
  return {
    ...{ ...meant, by: 'item', checksOnly: false, returning, changed: [] },
    decide: (before) => {
      if (before) checkCondition(condition, before, shows);
      return undefined;
    },
  };
}

async function existence(
  call: Call,
  { select }: Changing & { kind: 'exists' },
  shows: OnFailure,
): Promise<StatementAction> {
  const where: Condition = select.condition ?? { kind: 'and', terms: [] };
  const { condition, ...meant } = await meantBy(call, select.table, where, 'PartiQLSelect');
  return {
    ...{ ...meant, by: 'item', checksOnly: true, changed: [] },
    decide: (before) => {
      const item = present(before);
      checkCondition(condition, before, shows);
      return item;
    },
  };
}

function present(before: StoredItem | undefined): Item {
  if (before) return before.item();
  throw fault('ConditionalCheckFailedException', FAILED);
}

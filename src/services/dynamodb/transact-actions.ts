/** The actions of a writing transaction: read from the request before anything is looked at. */
import { type Item, readItem } from '../../expressions/attribute-values.ts';
import type { Placeholders } from '../../expressions/placeholders.ts';
import { applyUpdate, parseUpdate, type Update } from '../../expressions/updates.ts';
import type {
  ReturnValuesOnConditionCheckFailure,
  TransactWriteItem,
} from '../../wire/types/dynamodb.ts';
import { invalid } from './errors.ts';
import { checkIndexKeys } from './index-entries.ts';
import { checkItemKey, checkKey, keyText } from './keys.ts';
import type { FindTable } from './lookup.ts';
import { placeholdersOf, type Referring } from './parameters.ts';
import type { TableRecord } from './store.ts';
import type { StoredItem } from './stored-items.ts';
import { checkKeysUntouched } from './update-item.ts';
import { checkCondition, conditionOf } from './write-conditions.ts';

export interface Action {
  readonly table: TableRecord;
  /** Undefined where the key given is none; deciding then says why. */
  readonly key: string | undefined;
  /** The item to put, or the key of the one meant. */
  readonly given: Item;
  readonly by: 'item' | 'update';
  /** It looks at the item and leaves it as it is. */
  readonly checksOnly: boolean;
  /** The item as it shall be. Throws what cancels the transaction. */
  readonly decide: (before: StoredItem | undefined, table: TableRecord) => Item | undefined;
}

interface Given extends Referring {
  readonly TableName: string;
  readonly ConditionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure | undefined;
}

export function readAction(find: FindTable, item: TransactWriteItem): Promise<Action> {
  const { ConditionCheck: check, Put: put, Delete: remove, Update: update } = item;
  if ([check, put, remove, update].filter(Boolean).length !== 1) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  if (put) return action(find, put, readItem(put.Item), 'PutItem', putting);
  if (remove) return action(find, remove, readItem(remove.Key), 'DeleteItem', removing);
  if (update) return action(find, update, readItem(update.Key), 'UpdateItem', updating);
  if (check) return action(find, check, readItem(check.Key), 'ConditionCheckItem', undefined);
  throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
}

/** What becomes of an item. */
type Becoming = (
  before: StoredItem | undefined,
  given: Item,
  table: TableRecord,
  update: Update | undefined,
) => Item | undefined;

const putting: Becoming = (_, given, table) => {
  checkIndexKeys(table, given, 'item');
  return given;
};

const removing: Becoming = () => undefined;

const updating: Becoming = (before, key, table, update) => {
  if (!update) return before?.item() ?? key;
  const { item } = applyUpdate(update, before?.item() ?? key);
  checkIndexKeys(table, item, 'update');
  return item;
};

async function action(
  find: FindTable,
  input: Given,
  given: Item,
  /** IAM's name for it. */
  name: string,
  become: Becoming | undefined,
): Promise<Action> {
  const placeholders = placeholdersOf(input, {
    expressions: ['UpdateExpression', 'ConditionExpression'],
    withValues: ['UpdateExpression', 'ConditionExpression'],
    legacy: [],
  });
  const update = updateOf(input, placeholders);
  const condition = conditionOf(input, placeholders);
  placeholders.checkAllUsed();
  const { value: table } = await find(input.TableName, name);
  if (update) checkKeysUntouched(table.key, update);
  const isPut = become === putting;
  const refused = refusalOf(() => (isPut ? checkItemKey : checkKey)(table.key, given));
  return {
    ...{ table, given, by: update ? 'update' : 'item', checksOnly: !become },
    key: refused ? undefined : keyText(table.key, given),
    decide: (before, current) => {
      if (refused) throw refused.cause;
      checkCondition(condition, before, input);
      return become ? become(before, given, current, update) : before?.item();
    },
  };
}

function updateOf(
  { UpdateExpression: text }: Given,
  placeholders: Placeholders,
): Update | undefined {
  return text === undefined ? undefined : parseUpdate(text, placeholders);
}

function refusalOf(check: () => void): { readonly cause: unknown } | undefined {
  try {
    check();
    return undefined;
  } catch (cause) {
    return { cause };
  }
}

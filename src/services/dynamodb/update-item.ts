/**
 * UpdateItem: changes attributes of an item, or makes one that has its key and what is set.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
import { type Item, readItem } from '../../expressions/attribute-values.ts';
import { updateOfAttributes } from '../../expressions/legacy.ts';
import type { Path } from '../../expressions/paths.ts';
import type { Placeholders } from '../../expressions/placeholders.ts';
import { projectPaths } from '../../expressions/projections.ts';
import { applyUpdate, parseUpdate, pathsOf, type Update } from '../../expressions/updates.ts';
import type { Operations, ReturnValue, UpdateItemInput } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { consumed } from './capacity.ts';
import { invalidValues } from './errors.ts';
import { checkIndexKeys } from './index-entries.ts';
import { collectionMetrics } from './item-collections.ts';
import { keyNames } from './key-schemas.ts';
import { checkKey, keyText } from './keys.ts';
import { usableTable } from './lookup.ts';
import { placeholdersOf, type Rules } from './parameters.ts';
import type { KeySchema } from './store.ts';
import { checkCondition, conditionOf } from './write-conditions.ts';
import { type Written, writeItem, writerOf } from './write-item.ts';

const RULES: Rules<UpdateItemInput> = {
  expressions: ['UpdateExpression', 'ConditionExpression'],
  withValues: ['UpdateExpression', 'ConditionExpression'],
  legacy: ['AttributeUpdates', 'Expected', 'ConditionalOperator'],
};

export const UpdateItem: Operation<Operations['UpdateItem']> = async (call, input) => {
  const placeholders = placeholdersOf(input, RULES);
  const key = readItem(input.Key);
  const update = updateOf(input, placeholders);
  const condition = conditionOf(input, placeholders);
  placeholders.checkAllUsed();
  const standing = await usableTable(call, input.TableName);
  const { value: table } = standing;
  checkKey(table.key, key);
  if (update) checkKeysUntouched(table.key, update);
  let changed: readonly Path[] = [];
  const written = await writeItem(writerOf(call), standing, {
    key: keyText(table.key, key),
    by: 'update',
    decide: (before, current) => {
      checkCondition(condition, before, input);
      const updated = update && applyUpdate(update, before?.item() ?? key);
      if (!updated) return before?.item() ?? key;
      changed = updated.changed;
      checkIndexKeys(current, updated.item, 'update');
      return updated.item;
    },
  });
  const { units, indexUnits } = written;
  const attributes = returnedOf(input.ReturnValues, written, changed);
  const metrics = collectionMetrics(call.stack, input.ReturnItemCollectionMetrics, table, key);
  return {
    ...(attributes && Object.keys(attributes).length > 0 && { Attributes: attributes }),
    ...consumed(input.ReturnConsumedCapacity, { table, units, indexUnits }),
    ...(metrics && { ItemCollectionMetrics: metrics }),
  };
};

function updateOf(input: UpdateItemInput, placeholders: Placeholders): Update | undefined {
  const { UpdateExpression: text, AttributeUpdates: attributes } = input;
  if (text !== undefined) return parseUpdate(text, placeholders);
  return attributes && updateOfAttributes(attributes);
}

/** Refuses an update of what the item is known by. */
export function checkKeysUntouched(schema: KeySchema, update: Update): void {
  const touched = new Set(pathsOf(update).map(([name]) => name));
  const name = keyNames(schema).find((one) => touched.has(one));
  if (name === undefined) return;
  throw invalidValues(`Cannot update attribute ${name}. This attribute is part of the key`);
}

/** The attributes that an update answers. */
export function returnedOf(
  asked: ReturnValue | undefined,
  { before, after }: Pick<Written, 'before' | 'after'>,
  changed: readonly Path[],
): Item | undefined {
  switch (asked) {
    case 'ALL_OLD':
      return before?.item();
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return before && projectPaths(changed, before.item());
    case 'UPDATED_NEW':
      return after && projectPaths(changed, after);
    default:
      return undefined;
  }
}

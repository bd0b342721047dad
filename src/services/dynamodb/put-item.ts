/**
 * PutItem: a whole item, in place of the one with its key.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
import { readItem } from '../../expressions/attribute-values.ts';
import type { Operations, PutItemInput } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { consumed } from './capacity.ts';
import { invalid } from './errors.ts';
import { checkIndexKeys } from './index-entries.ts';
import { collectionMetrics } from './item-collections.ts';
import { checkItemKey, keyText } from './keys.ts';
import { usableTable } from './lookup.ts';
import { placeholdersOf, type Rules } from './parameters.ts';
import { checkCondition, conditionOf } from './write-conditions.ts';
import { writeItem, writerOf } from './write-item.ts';

const RULES: Rules<PutItemInput> = {
  expressions: ['ConditionExpression'],
  withValues: ['ConditionExpression'],
  legacy: ['Expected', 'ConditionalOperator'],
};

export const PutItem: Operation<Operations['PutItem']> = async (call, input) => {
  const { ReturnValues: returned } = input;
  if (returned !== undefined && returned !== 'ALL_OLD' && returned !== 'NONE') {
    throw invalid('ReturnValues can only be ALL_OLD or NONE');
  }
  const placeholders = placeholdersOf(input, RULES);
  const item = readItem(input.Item);
  const condition = conditionOf(input, placeholders);
  placeholders.checkAllUsed();
  const standing = await usableTable(call, input.TableName);
  const { value: table } = standing;
  checkItemKey(table.key, item);
  const written = await writeItem(writerOf(call), standing, {
    key: keyText(table.key, item),
    by: 'item',
    decide: (before, current) => {
      checkIndexKeys(current, item, 'item');
      checkCondition(condition, before, input);
      return item;
    },
  });
  const { before, units, indexUnits } = written;
  const metrics = collectionMetrics(call.stack, input.ReturnItemCollectionMetrics, table, item);
  return {
    ...(returned === 'ALL_OLD' && before && { Attributes: before.item() }),
    ...consumed(input.ReturnConsumedCapacity, { table, units, indexUnits }),
    ...(metrics && { ItemCollectionMetrics: metrics }),
  };
};

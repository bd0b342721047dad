/**
 * DeleteItem: takes an item away; one that is not there is no error.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
 */
import { readItem } from '../../expressions/attribute-values.ts';
import type { DeleteItemInput, Operations } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { consumed } from './capacity.ts';
import { invalid } from './errors.ts';
import { collectionMetrics } from './item-collections.ts';
import { checkKey, keyText } from './keys.ts';
import { usableTable } from './lookup.ts';
import { placeholdersOf, type Rules } from './parameters.ts';
import { checkCondition, conditionOf } from './write-conditions.ts';
import { writeItem, writerOf } from './write-item.ts';

const RULES: Rules<DeleteItemInput> = {
  expressions: ['ConditionExpression'],
  withValues: ['ConditionExpression'],
  legacy: ['Expected', 'ConditionalOperator'],
};

export const DeleteItem: Operation<Operations['DeleteItem']> = async (call, input) => {
  const { ReturnValues: returned } = input;
  if (returned !== undefined && returned !== 'ALL_OLD' && returned !== 'NONE') {
    throw invalid('ReturnValues can only be ALL_OLD or NONE');
  }
  const placeholders = placeholdersOf(input, RULES);
  const key = readItem(input.Key);
  const condition = conditionOf(input, placeholders);
  placeholders.checkAllUsed();
  const standing = await usableTable(call, input.TableName);
  const { value: table } = standing;
  checkKey(table.key, key);
  const { before, units, indexUnits } = await writeItem(writerOf(call), standing, {
    key: keyText(table.key, key),
    by: 'item',
    decide: (standing) => {
      checkCondition(condition, standing, input);
      return undefined;
    },
  });
  const metrics = collectionMetrics(call.stack, input.ReturnItemCollectionMetrics, table, key);
  return {
    ...(returned === 'ALL_OLD' && before && { Attributes: before.item() }),
    ...consumed(input.ReturnConsumedCapacity, { table, units, indexUnits }),
    ...(metrics && { ItemCollectionMetrics: metrics }),
  };
};

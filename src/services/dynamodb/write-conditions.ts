/** Conditions of writes: as expressions or as `Expected`, and what comes of one that fails. */
import { type Condition, holds, parseCondition } from '../../expressions/conditions.ts';
import { conditionOfExpected } from '../../expressions/legacy.ts';
import type { Placeholders } from '../../expressions/placeholders.ts';
import type {
  ConditionalOperator,
  ExpectedAttributeMap,
  ReturnValuesOnConditionCheckFailure,
} from '../../wire/types/dynamodb.ts';
import { fault } from './errors.ts';
import type { StoredItem } from './stored-items.ts';

export interface Conditional {
  readonly ConditionExpression?: string | undefined;
  readonly Expected?: ExpectedAttributeMap | undefined;
  readonly ConditionalOperator?: ConditionalOperator | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure | undefined;
}

export function conditionOf(input: Conditional, placeholders: Placeholders): Condition | undefined {
  const { ConditionExpression: text } = input;
  if (text !== undefined) return parseCondition(text, placeholders, 'ConditionExpression');
  return conditionOfExpected(input.Expected, input.ConditionalOperator);
}

export const FAILED = 'The conditional request failed';

/** Throws when the item is not as the condition asks. */
export function checkCondition(
  condition: Condition | undefined,
  before: StoredItem | undefined,
  { ReturnValuesOnConditionCheckFailure: returned }: Conditional,
): void {
  if (!condition || holds(condition, before?.item())) return;
  const shows = returned === 'ALL_OLD' && before;
  const fields = shows ? { fields: { Item: before.item() } } : undefined;
  throw fault('ConditionalCheckFailedException', FAILED, fields);
}

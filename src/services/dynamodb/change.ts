/** How this service changes tables, and how it tells of what is wrong with an expression. */

import type { Stack } from '../../delivery/stack.ts';
import { ExpressionError } from '../../expressions/errors.ts';
import type { Call } from '../call.ts';
import { commitPlan, type Plan } from '../change.ts';
import type { Operation, OperationShape } from '../service.ts';
import { fault, invalid } from './errors.ts';
import type { TableRecord } from './store.ts';

/** Plans that are made before a change is given up. */
const MOST_PLANS = 100;

export function change<Answer>(
  { storage }: Pick<Stack, 'storage'>,
  plan: () => Promise<Plan<Answer>>,
): Promise<Answer> {
  return commitPlan(storage, plan, lost, MOST_PLANS);
}

/** After too many lost races. */
export function lost() {
  return fault('InternalServerError', 'The item is being changed by too many others.', {
    status: 500,
  });
}

/** An operation whose errors about expressions and values are answered as AWS's are. */
export function checked<Shape extends OperationShape>(
  operation: Operation<Shape>,
): Operation<Shape> {
  return async (call: Call, input: Shape['input']) => {
    try {
      return await operation(call, input);
    } catch (cause) {
      throw cause instanceof ExpressionError ? invalid(cause.message) : cause;
    }
  };
}

/** Refuses to change a table that is being made, changed or deleted. */
export function checkIdle({ name, status, indexes }: TableRecord): void {
  const isBusy = indexes.some((index) => index.status !== 'ACTIVE');
  if (status === 'ACTIVE' && !isBusy) return;
  const state = status === 'ACTIVE' ? 'UPDATING' : status;
  const doing = { CREATING: 'created', UPDATING: 'updated', DELETING: 'deleted' };
  const word = doing[state as keyof typeof doing] ?? 'changed';
  throw fault(
    'ResourceInUseException',
    `Attempt to change a resource which is still in use: Table is being ${word}: ${name}`,
  );
}

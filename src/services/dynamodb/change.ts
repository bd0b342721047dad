/** How this service changes tables. */
import type { Stack } from '../../delivery/stack.ts';
import { commitPlan, type Plan } from '../change.ts';
import { fault } from './errors.ts';
import type { TableRecord } from './store.ts';

/**
 * Plans that are made before a change is given up. Where several nodes change one item without a
 * pause, each of them loses most of its races.
 */
export const MOST_PLANS = 100;

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

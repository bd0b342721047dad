/** How this service changes what it keeps. */
import type { Stack } from '../../delivery/stack.ts';
import { commitPlan, type Plan } from '../change.ts';
import { fault } from './errors.ts';

/** Commits what `plan` plans and answers as it says. */
export function change<Answer>(
  { storage }: Pick<Stack, 'storage'>,
  plan: () => Promise<Plan<Answer>>,
): Promise<Answer> {
  const lost = 'The resource is being changed by other requests.';
  return commitPlan(storage, plan, () => fault('ResourceInUseException', lost));
}

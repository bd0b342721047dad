/** How this service changes what it keeps. */
import type { Storage } from '../../storage/storage.ts';
import { commitPlan, type Plan } from '../change.ts';
import { fault } from './errors.ts';

/** Commits what `plan` plans and answers as it says. */
export function change<Answer>(
  storage: Storage,
  plan: () => Promise<Plan<Answer>>,
): Promise<Answer> {
  return commitPlan(storage, plan, lost);
}

const lost = () => fault('RequestThrottled', 'The queue is being changed by other requests.');

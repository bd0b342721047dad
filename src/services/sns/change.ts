/** How this service changes what it keeps, and how it pages through it. */
import type { Stack } from '../../delivery/stack.ts';
import type { Call } from '../call.ts';
import { commitPlan, type Plan, untilWon as untilWonOr } from '../change.ts';
import { pageOf } from '../paging.ts';
import { fault, invalid } from './errors.ts';

export type { Plan } from '../change.ts';

/** Commits what `plan` plans and answers as it says. */
export function change<Answer>(
  { storage }: Pick<Stack, 'storage'>,
  plan: () => Promise<Plan<Answer>>,
): Promise<Answer> {
  return commitPlan(storage, plan, lost);
}

/** Does `attempt` again for as long as it loses races. */
export function untilWon<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  return untilWonOr(attempt, lost);
}

const lost = () => fault('ConcurrentAccess', 'The resource is being changed by other requests.');

/** Lists of SNS come in pages of 100. */
const PAGE = 100;

/** The page of `all` that `token` asks for; `filters` are what the list depends on besides. */
export function listed<Item>(
  call: Call,
  all: readonly Item[],
  keyOf: (item: Item) => string,
  token: string | undefined,
  filters: readonly unknown[] = [],
): { readonly items: readonly Item[]; readonly token?: string } {
  const asked = [call.operation, call.account, call.region, ...filters];
  const page = pageOf(all, keyOf, { asked, limit: PAGE, token });
  if (!page) throw invalid('NextToken');
  return page;
}

/** How this service changes what it keeps, and how it pages through it. */
import type { Stack } from '../../delivery/stack.ts';
import type { Call } from '../call.ts';
import { commitPlan, type Plan } from '../change.ts';
import { pageOf } from '../paging.ts';
import { fault } from './errors.ts';

/** Commits what `plan` plans and answers as it says. */
export function change<Answer>(
  { storage }: Stack,
  plan: () => Promise<Plan<Answer>>,
): Promise<Answer> {
  return commitPlan(storage, plan, () =>
    fault('ConcurrentModificationException', 'The resource is being modified.'),
  );
}

/** Items on one page when the caller names no limit; also the most it may name. */
const PAGE = 100;

/** The page that a list operation asks for, its filters and token being in `input`. */
export function listed<Item>(
  call: Call,
  all: readonly Item[],
  keyOf: (item: Item) => string,
  input: { readonly Limit?: number | undefined; readonly NextToken?: string | undefined },
): { readonly items: readonly Item[]; readonly NextToken?: string | undefined } {
  const { Limit: limit = PAGE, NextToken: token, ...filters } = input;
  const asked = [call.operation, call.account, call.region, filters];
  const page = pageOf(all, keyOf, { asked, limit, token });
  if (!page) throw fault('ValidationException', 'Parameter NextToken is not valid.');
  return { items: page.items, NextToken: page.token };
}

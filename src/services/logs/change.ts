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
    fault(
      'OperationAbortedException',
      'Multiple concurrent requests to update the same resource were in conflict.',
    ),
  );
}

/** Items on one page when the caller names no limit. */
const PAGE = 50;

/** The page that a describe operation asks for, its filters and token being in `input`. */
export function listed<Item>(
  call: Call,
  all: readonly Item[],
  keyOf: (item: Item) => string,
  input: { readonly limit?: number | undefined; readonly nextToken?: string | undefined },
): { readonly items: readonly Item[]; readonly nextToken?: string | undefined } {
  const { limit = PAGE, nextToken: token, ...filters } = input;
  const asked = [call.operation, call.account, call.region, filters];
  const page = pageOf(all, keyOf, { asked, limit, token });
  if (!page) throw badToken();
  return { items: page.items, nextToken: page.token };
}

export function badToken() {
  return fault('InvalidParameterException', 'The specified nextToken is invalid.');
}

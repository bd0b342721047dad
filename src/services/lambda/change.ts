/** How this service changes what it keeps, and how it pages through it. */
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { commitPlan, type Plan } from '../change.ts';
import { pageOf } from '../paging.ts';
import { conflict, invalid } from './errors.ts';
import type { Found } from './lookup.ts';
import { partitionOf, storeOf } from './store.ts';

/**
 * Plans that are made before a change is given up. Of many who begin to use the same code at
 * once one wins each time, and a deployment may bring some hundred functions of one zip file.
 */
const MOST_PLANS = 1000;

/** Commits what `plan` plans and answers as it says. */
export function change<Answer>(
  { storage }: Pick<Stack, 'storage'>,
  plan: () => Promise<Plan<Answer>>,
): Promise<Answer> {
  const lost = () => conflict('The resource is being changed by other requests.');
  return commitPlan(storage, plan, lost, MOST_PLANS);
}

/**
 * Makes a list of writes fail when the function was changed or deleted meanwhile; for whatever
 * hangs on a function and must not outlive it.
 */
export function unchanged(stack: Stack, { address, record }: Found): Write {
  const { functions } = storeOf(stack);
  return functions.put(partitionOf(address), address.name, record.value, record.version);
}

/** Items on one page at most, whatever the caller asks for. */
const PAGE = 50;

/** The page that a list operation asks for; `filters` are what the list depends on besides. */
export function listed<Item>(
  call: Call,
  all: readonly Item[],
  keyOf: (item: Item) => string,
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  filters: readonly unknown[] = [],
): { readonly items: readonly Item[]; readonly NextMarker?: string | undefined } {
  const asked = [call.operation, call.account, call.region, ...filters];
  const limit = Math.min(input.MaxItems ?? PAGE, PAGE);
  // The console and older SDKs send an empty marker for the first page.
  const page = pageOf(all, keyOf, { asked, limit, token: input.Marker || undefined });
  if (!page) throw invalid('Invalid value for parameter: Marker');
  return { items: page.items, NextMarker: page.token };
}

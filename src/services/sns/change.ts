/**
 * Operations that change something: plan, commit, answer; and plan again when somebody else was
 * faster.
 */
import type { Stack } from '../../delivery/stack.ts';
import { Conflict, type Write } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { pageOf } from '../paging.ts';
import { fault, invalid } from './errors.ts';

export interface Plan<Answer> {
  readonly writes: readonly Write[];
  readonly answer: Answer;
}

const MOST_PLANS = 8;

/** Commits what `plan` plans and answers as it says. */
export function change<Answer>(
  { storage }: Pick<Stack, 'storage'>,
  plan: () => Promise<Plan<Answer>>,
): Promise<Answer> {
  return untilWon(async () => {
    const { writes, answer } = await plan();
    if (writes.length > 0) await storage.commit(writes);
    return answer;
  });
}

/** Does `attempt` again for as long as it loses races. */
export async function untilWon<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
      if (attempts === MOST_PLANS) {
        throw fault('ConcurrentAccess', 'The resource is being changed by other requests.');
      }
    }
  }
}

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

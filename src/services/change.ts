/**
 * Operations that change something: plan, commit, answer; and plan again when somebody else was
 * faster, because a plan that lost a race was made from what is no longer so.
 */
import { Conflict, type Storage, type Write } from '../storage/storage.ts';

export interface Plan<Answer> {
  readonly writes: readonly Write[];
  readonly answer: Answer;
}

const MOST_PLANS = 8;

/** Commits what `plan` plans and answers as it says; `lost` is the error after too many races. */
export function commitPlan<Answer>(
  storage: Storage,
  plan: () => Promise<Plan<Answer>>,
  lost: () => Error,
  mostPlans = MOST_PLANS,
): Promise<Answer> {
  return untilWon(
    async () => {
      const { writes, answer } = await plan();
      if (writes.length > 0) await storage.commit(writes);
      return answer;
    },
    lost,
    mostPlans,
  );
}

/** Does `attempt` again for as long as it loses races; `lost` is the error after too many. */
export async function untilWon<Answer>(
  attempt: () => Promise<Answer>,
  lost: () => Error,
  mostPlans = MOST_PLANS,
): Promise<Answer> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
      if (attempts === mostPlans) throw lost();
    }
  }
}

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
export async function commitPlan<Answer>(
  storage: Storage,
  plan: () => Promise<Plan<Answer>>,
  lost: () => Error,
): Promise<Answer> {
  for (let plans = 1; ; plans += 1) {
    const { writes, answer } = await plan();
    try {
      if (writes.length > 0) await storage.commit(writes);
      return answer;
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
      if (plans === MOST_PLANS) throw lost();
    }
  }
}

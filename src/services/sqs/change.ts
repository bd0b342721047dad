/**
 * Control-plane operations: plan, commit, answer; and plan again when somebody else was faster.
 */
import { Conflict, type Storage, type Write } from '../../storage/storage.ts';

export interface Plan<Answer> {
  readonly writes: readonly Write[];
  readonly answer: Answer;
}

const MOST_PLANS = 8;

/** Commits what `plan` plans and answers as it says. */
export async function change<Answer>(
  storage: Storage,
  plan: () => Promise<Plan<Answer>>,
): Promise<Answer> {
  for (let plans = 1; ; plans += 1) {
    const { writes, answer } = await plan();
    try {
      if (writes.length > 0) await storage.commit(writes);
      return answer;
    } catch (cause) {
      if (!(cause instanceof Conflict) || plans === MOST_PLANS) throw cause;
    }
  }
}

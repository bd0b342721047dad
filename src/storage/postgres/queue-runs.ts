/**
 * Claims of one queue that may be answered together.
 */
import type { Claim, Claimed, QueueName } from '../storage.ts';

export interface Wish {
  readonly queue: QueueName;
  readonly claim: Claim;
  readonly claimed: Claimed[];
}

/**
 * Splits claims, in their order, where the next one asks otherwise than those before it, or could
 * take again what one of them has taken: its lease may be over at once.
 */
export function runsOf(wishes: readonly Wish[]): readonly (readonly Wish[])[] {
  const runs: Wish[][] = [];
  for (const wish of wishes) {
    const run = runs.at(-1);
    const first = run?.[0];
    const joins =
      first &&
      sameQuestion(first.claim, wish.claim) &&
      run.every(({ claim }) => claim.leaseUntilMs > wish.claim.nowMs);
    if (joins) run.push(wish);
    else runs.push([wish]);
  }
  return runs;
}

function sameQuestion(a: Claim, b: Claim): boolean {
  return (
    (a.fair === true) === (b.fair === true) &&
    a.maxInFlight === b.maxInFlight &&
    retentionOf(a) === retentionOf(b)
  );
}

function retentionOf({ nowMs, bornAfterMs }: Claim): number | undefined {
  return bornAfterMs === undefined ? undefined : nowMs - bornAfterMs;
}

/** No message that one of them would leave out is born after this moment. */
export function bornOf(wishes: readonly Wish[]): number {
  const births = wishes.map(({ claim }) => claim.bornAfterMs ?? Number.MIN_SAFE_INTEGER);
  return Math.max(...births);
}

export function latestOf(wishes: readonly Wish[]): number {
  return Math.max(...wishes.map(({ claim }) => claim.nowMs));
}

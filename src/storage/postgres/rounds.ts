/**
 * Which lists and claims share a transaction, and in what rounds.
 *
 * A round is lists and then claims. So a list that touches a queue which an earlier claim is to
 * take from opens the next round: it must take effect after the claim. Other lists may be applied
 * before a claim that was handed in earlier; nobody was answered in between, and records that both
 * append to a log come in the order of handing in all the same.
 */
import type { QueueName, Write } from '../storage.ts';
import type { ClaimOf } from './stage.ts';

export interface Work {
  /** Grows in the order of handing in. */
  readonly turn: number;
  readonly task: { readonly writes: readonly Write[] } | ClaimOf;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
  /** Its claim's `follow` failed: it takes nothing. */
  refused?: { readonly cause: unknown };
}

export interface ListWork extends Work {
  readonly task: { readonly writes: readonly Write[] };
}

export interface ClaimWork extends Work {
  readonly task: ClaimOf;
}

export interface Round {
  readonly lists: ListWork[];
  readonly claims: ClaimWork[];
}

/** More would hold locks for too many trips. */
const MOST_ROUNDS = 8;
const MOST_WORKS = 500;
const MOST_CHARS = 1024 * 1024;

const isList = (work: Work): work is ListWork => 'writes' in work.task;

/** How many of `waiting` share the next transaction. */
export function countOfGroup(waiting: readonly Work[]): number {
  let [count, chars, rounds] = [0, 0, 1];
  let claimed = new Set<QueueName>();
  for (const work of waiting) {
    if (opensRound(work, claimed)) {
      rounds += 1;
      claimed = new Set();
    }
    chars += isList(work) ? sizeOf(work.task.writes) : 0;
    const full = count >= MOST_WORKS || chars > MOST_CHARS || rounds > MOST_ROUNDS;
    if (full && count > 0) break;
    if (!isList(work)) claimed.add((work as ClaimWork).task.queue);
    count += 1;
  }
  return count;
}

export function toRounds(group: readonly Work[]): readonly Round[] {
  const rounds: Round[] = [];
  let round: Round = { lists: [], claims: [] };
  let claimed = new Set<QueueName>();
  for (const work of group) {
    if (work.refused) continue;
    if (rounds.length === 0 || opensRound(work, claimed)) {
      round = { lists: [], claims: [] };
      rounds.push(round);
      claimed = new Set();
    }
    if (isList(work)) {
      round.lists.push(work);
    } else {
      round.claims.push(work as ClaimWork);
      claimed.add((work as ClaimWork).task.queue);
    }
  }
  return rounds;
}

function opensRound(work: Work, claimed: ReadonlySet<QueueName>): boolean {
  if (claimed.size === 0 || !isList(work)) return false;
  return work.task.writes.some((write) => {
    const queue = queueOf(write);
    return queue !== undefined && claimed.has(queue);
  });
}

function queueOf(write: Write): QueueName | undefined {
  if ('queue' in write) return write.queue;
  return 'lease' in write ? write.lease.queue : undefined;
}

/** Characters of what a list brings along, about. */
function sizeOf(writes: readonly Write[]): number {
  let chars = 0;
  for (const write of writes) {
    if (write.kind === 'enqueue') chars += write.message.body.length;
    else if (write.kind === 'append') chars += write.record.body.length;
    else if (write.kind === 'put') chars += write.value.length;
  }
  return chars;
}

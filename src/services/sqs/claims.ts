/**
 * Claiming messages, for clients and for those who are fed inside the server alike: each message
 * is hidden behind a lease, and one whose receive would be one too many goes to the dead-letter
 * queue instead, all in the commit of the claim.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Claimed, Write } from '../../storage/storage.ts';
import { type DeadLetters, deadLettersOf, isSpent, moveWrites } from './dead-letters.ts';
import type { Queue } from './queue.ts';
import { sweepQueue } from './retention.ts';

export interface Wanted {
  readonly max: number;
  readonly visibilityMs: number;
  /** ARN of who takes them, where the server knows it; for the journal. */
  readonly consumerArn?: string;
  /** Writes that join the commit, given all messages that were taken so far. */
  readonly remember?: (taken: Taken) => readonly Write[];
}

export interface Taken {
  readonly messages: readonly Claimed[];
  readonly receivedAtMs: number;
}

/** Claims of one receive; more only when that many messages in a row were dead letters. */
const MOST_CLAIMS = 100;

/** Claims until the wish is fulfilled or nothing is left that may be claimed. */
export async function claimMessages(
  stack: Stack,
  queue: Queue,
  wanted: Wanted,
): Promise<Taken | undefined> {
  const { storage, clock, settings } = stack;
  const dead = await deadLettersOf(stack, queue);
  const receivedAtMs = clock.nowMs();
  const messages: Claimed[] = [];
  for (let claims = 0; claims < MOST_CLAIMS; claims += 1) {
    const claimed = await storage.claim(queue.storage, {
      max: wanted.max - messages.length,
      nowMs: receivedAtMs,
      leaseUntilMs: receivedAtMs + wanted.visibilityMs,
      bornAfterMs: receivedAtMs - queue.retentionMs,
      fair: !queue.fifo,
      maxInFlight: settings.quotas['sqs.maxInFlight'],
      ...followUp(stack, queue, wanted, dead, messages, receivedAtMs),
    });
    const alive = dead ? claimed.filter((message) => !isSpent(dead, message)) : claimed;
    messages.push(...alive);
    if (alive.length === claimed.length || messages.length === wanted.max) break;
  }
  return messages.length === 0 ? undefined : { messages, receivedAtMs };
}

/** In flight and past retention, a message still holds up its group; so it goes first. */
export async function claimBehindOld(
  stack: Stack,
  queue: Queue,
  wanted: Wanted,
): Promise<Taken | undefined> {
  if (!queue.fifo || !(await sweepQueue(stack, queue))) return undefined;
  return claimMessages(stack, queue, wanted);
}

/** What is written together with a claim; nothing at all on the shortest path. */
function followUp(
  stack: Stack,
  queue: Queue,
  { remember, consumerArn }: Wanted,
  dead: DeadLetters | undefined,
  before: readonly Claimed[],
  nowMs: number,
): { readonly follow?: (claimed: readonly Claimed[]) => readonly Write[] } {
  const { journal } = stack;
  if (!dead && !remember && !journal.on) return {};
  const target = consumerArn === undefined ? {} : { target: consumerArn };
  const follow = (claimed: readonly Claimed[]) => {
    const writes: Write[] = [];
    const alive: Claimed[] = [];
    for (const message of claimed) {
      if (dead && isSpent(dead, message)) {
        writes.push(...moveWrites(stack, queue, dead, message, nowMs));
      } else {
        alive.push(message);
        const fact = { kind: 'receive', id: message.id, arn: queue.arn, atMs: nowMs } as const;
        if (journal.on) writes.push(...journal.record({ ...fact, ...target }));
      }
    }
    if (remember && alive.length > 0) {
      writes.push(...remember({ messages: [...before, ...alive], receivedAtMs: nowMs }));
    }
    return writes;
  };
  return { follow };
}

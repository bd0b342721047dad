/**
 * Moving messages that were received too often to the dead-letter queue.
 *
 * The move is part of the commit that claims the message, so it is in one queue or the other and
 * never in both. It keeps id, body, attributes and its count of receives. In a standard queue it
 * keeps its age too, so that retention runs on; in a FIFO queue its age starts anew, its
 * deduplication id becomes its message id, and its group goes on without it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Claimed, Write } from '../../storage/storage.ts';
import { bodyMd5Of, decodeMeta, encodeMeta } from './message.ts';
import { type Queue, queueAt } from './queue.ts';

export interface DeadLetters {
  readonly maxReceives: number;
  readonly to: Queue;
}

/**
 * Where dead letters of `queue` go. When their queue has been deleted they go nowhere and are
 * received on, so that none is lost.
 */
export async function deadLettersOf(
  stack: Stack,
  { redrive }: Queue,
): Promise<DeadLetters | undefined> {
  if (!redrive) return undefined;
  const to = await queueAt(stack, redrive.to);
  return to && { maxReceives: redrive.maxReceives, to };
}

/** Whether this claim is one receive too many. */
export function isSpent({ maxReceives }: DeadLetters, claimed: Claimed): boolean {
  if (claimed.claims <= maxReceives) return false;
  const { receivedElsewhere = 0 } = decodeMeta(claimed.meta ?? '');
  return claimed.claims - receivedElsewhere > maxReceives;
}

export function moveWrites(
  stack: Stack,
  from: Queue,
  { to, maxReceives }: DeadLetters,
  claimed: Claimed,
  nowMs: number,
  note = `received ${maxReceives} times`,
): readonly Write[] {
  const meta = claimed.meta ?? '';
  // The claim that found it out is no receive.
  const claims = claimed.claims - 1;
  const message = {
    id: claimed.id,
    body: claimed.body,
    meta: encodeMeta(bodyMd5Of(meta), {
      ...decodeMeta(meta),
      ...(to.fifo && { dedupId: claimed.id }),
      deadLetterSourceArn: from.arn,
      receivedElsewhere: claims,
    }),
    sentAtMs: to.fifo ? nowMs : claimed.sentAtMs,
    visibleAtMs: nowMs,
    claims,
    firstClaimedAtMs: claimed.firstClaimedAtMs,
    ...(claimed.group !== undefined && { group: claimed.group, ordered: to.fifo }),
  };
  return [
    { kind: 'settle', lease: claimed.lease, fence: 'latest', lost: 'skip' },
    { kind: 'enqueue', queue: to.storage, message },
    ...stack.journal.record({
      kind: 'dead-letter',
      id: claimed.id,
      arn: from.arn,
      atMs: nowMs,
      target: to.arn,
      note,
    }),
  ];
}

/**
 * ReceiveMessage hands out up to ten messages, each hidden behind a lease that is stored before
 * the answer leaves.
 *
 * Standard: best effort in order; a message comes twice only when its lease ran out or was given
 * up. FIFO: within a group nothing is handed out behind a message that is hidden. A message whose
 * receive would be one too many goes to the dead-letter queue instead, in the same commit.
 */
import type { Claimed, Storage } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { claimBehindOld, claimMessages, type Taken } from './claims.ts';
import { checkFifoId } from './drafts.ts';
import { checkRange, fault } from './errors.ts';
import { pollsOf } from './long-polls.ts';
import { findQueue, type Queue } from './queue.ts';
import { rememberAttempt, repeatAttempt } from './receive-attempts.ts';
import { answerMessage, readSelection } from './received-messages.ts';

/** What one request asks for. */
interface Wish {
  readonly max: number;
  readonly visibilityMs: number;
  readonly waitMs: number;
  readonly attemptId: string | undefined;
}

const MOST_MESSAGES = 10;
const MOST_HIDDEN_SECONDS = 43_200;
const MOST_WAIT_SECONDS = 20;

export const ReceiveMessage: Operation<Sqs.Operations['ReceiveMessage']> = async (call, input) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:ReceiveMessage');
  const wish = readWish(queue, input);
  const selection = readSelection(input);
  const taken = (await repeat(call, queue, wish)) ?? (await takeOrWait(call, queue, wish, input));
  if (!taken) return {};
  const { messages, receivedAtMs } = taken;
  return {
    Messages: messages.map((message) => answerMessage(queue, message, receivedAtMs, selection)),
  };
};

function readWish(queue: Queue, input: Sqs.ReceiveMessageRequest): Wish {
  const { MaxNumberOfMessages: max = 1, VisibilityTimeout: hidden, WaitTimeSeconds: wait } = input;
  const { ReceiveRequestAttemptId: attemptId } = input;
  const most = `Must be between 1 and ${MOST_MESSAGES}, if provided.`;
  checkRange('MaxNumberOfMessages', max, 1, MOST_MESSAGES, most);
  const longest = `Must be >= 0 and <= ${MOST_WAIT_SECONDS}, if provided.`;
  checkRange('WaitTimeSeconds', wait, 0, MOST_WAIT_SECONDS, longest);
  const range = `Must be between 0 and ${MOST_HIDDEN_SECONDS}, if provided.`;
  checkRange('VisibilityTimeout', hidden, 0, MOST_HIDDEN_SECONDS, range);
  if (attemptId !== undefined) checkFifoId('ReceiveRequestAttemptId', attemptId);
  return {
    max,
    visibilityMs: hidden === undefined ? queue.visibilityMs : hidden * 1000,
    waitMs: wait === undefined ? queue.waitMs : wait * 1000,
    // A standard queue takes no notice of it (observed: awspring/spring-cloud-aws#529).
    attemptId: queue.fifo ? attemptId : undefined,
  };
}

async function repeat(call: Call, queue: Queue, wish: Wish): Promise<Taken | undefined> {
  if (wish.attemptId === undefined) return undefined;
  return repeatAttempt(call.stack, queue, wish.attemptId, wish.visibilityMs);
}

async function takeOrWait(
  call: Call,
  queue: Queue,
  wish: Wish,
  input: Sqs.ReceiveMessageRequest,
): Promise<Taken | undefined> {
  const taken = (await take(call, queue, wish)) ?? (await take(call, queue, wish, claimBehindOld));
  if (taken) return taken;
  if (wish.waitMs === 0) {
    await checkInFlight(call, queue);
    return undefined;
  }
  return pollsOf(call.stack).wait(call, queue.storage, wish.waitMs, async () => {
    // The queue may have been changed or deleted meanwhile.
    const now = await findQueue(call, input.QueueUrl, 'sqs:ReceiveMessage');
    return take(call, now, wish);
  });
}

/** The claim itself; nothing is kept from other consumers for a client that is gone. */
async function take(
  call: Call,
  queue: Queue,
  wish: Wish,
  claim: typeof claimMessages = claimMessages,
): Promise<Taken | undefined> {
  const { stack } = call;
  const { attemptId, max, visibilityMs } = wish;
  const taken = await claim(stack, queue, {
    max,
    visibilityMs,
    ...(attemptId !== undefined && {
      remember: (soFar: Taken) => {
        const hiddenUntilMs = soFar.receivedAtMs + visibilityMs;
        return rememberAttempt(stack, queue, attemptId, soFar, hiddenUntilMs);
      },
    }),
  });
  if (!taken || !call.gone()) return taken;
  await putBack(call, taken.messages, taken.receivedAtMs);
  return undefined;
}

/** The client went away before it could be answered: nothing it was to get stays hidden. */
async function putBack(call: Call, messages: readonly Claimed[], nowMs: number): Promise<void> {
  await call.stack.storage.commit(
    messages.map(({ lease }) => ({
      ...({ kind: 'release', lease, visibleAtMs: nowMs } as const),
      ...({ fence: 'latest', lost: 'skip' } as const),
    })),
  );
}

/** A queue that is this far from its limit does not come near it within a second. */
const FAR = 10_000;
const FAR_FOR_MS = 1_000;
/** Queues remembered to be far from it; past it the memory starts anew. */
const MOST_REMEMBERED = 10_000;

/** By queue, until when it need not be counted. */
const farUntilMs = new WeakMap<Storage, Map<string, number>>();

/**
 * A standard queue with too much in flight says so to a short poll; long polls and FIFO queues
 * just find nothing. Counting can take long, so an idle consumer has it done once a second.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
 */
async function checkInFlight(call: Call, queue: Queue): Promise<void> {
  if (queue.fifo) return;
  const { storage, clock, settings } = call.stack;
  const nowMs = clock.nowMs();
  const known = farUntilMs.get(storage) ?? new Map<string, number>();
  farUntilMs.set(storage, known);
  if (nowMs < (known.get(queue.storage) ?? 0)) return;
  const { visible, inFlight } = await storage.counts(queue.storage, nowMs);
  const most = settings.quotas['sqs.maxInFlight'];
  if (most - inFlight >= FAR) {
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(queue.storage, nowMs + FAR_FOR_MS);
  }
  if (visible === 0 || inFlight < most) return;
  const sentence = `Too many messages in flight; the maximum number for a queue is ${most}.`;
  throw fault('OverLimit', sentence);
}

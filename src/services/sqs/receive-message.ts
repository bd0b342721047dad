/**
 * ReceiveMessage hands out up to ten messages, each hidden behind a lease that is stored before
 * the answer leaves.
 *
 * Standard: best effort in order; a message comes twice only when its lease ran out or was given
 * up. FIFO: within a group nothing is handed out behind a message that is hidden. A message whose
 * receive would be one too many goes to the dead-letter queue instead, in the same commit.
 */
import type { Claimed, Write } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type DeadLetters, deadLettersOf, isSpent, moveWrites } from './dead-letters.ts';
import { checkFifoId } from './drafts.ts';
import { checkRange, fault } from './errors.ts';
import { pollsOf } from './long-polls.ts';
import { findQueue, type Queue } from './queue.ts';
import { rememberAttempt, repeatAttempt, type Taken } from './receive-attempts.ts';
import { answerMessage, readSelection } from './received-messages.ts';
import { sweepQueue } from './retention.ts';

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
/** Claims of one receive; more only when that many messages in a row were dead letters. */
const MOST_CLAIMS = 100;

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
  const taken = (await take(call, queue, wish)) ?? (await takeBehindOld(call, queue, wish));
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

/** Claims until the wish is fulfilled or nothing is left that may be claimed. */
async function take(call: Call, queue: Queue, wish: Wish): Promise<Taken | undefined> {
  const { storage, clock, settings } = call.stack;
  const dead = await deadLettersOf(call.stack, queue);
  const receivedAtMs = clock.nowMs();
  const leaseUntilMs = receivedAtMs + wish.visibilityMs;
  const messages: Claimed[] = [];
  for (let claims = 0; claims < MOST_CLAIMS; claims += 1) {
    const claimed = await storage.claim(queue.storage, {
      max: wish.max - messages.length,
      nowMs: receivedAtMs,
      leaseUntilMs,
      bornAfterMs: receivedAtMs - queue.retentionMs,
      fair: !queue.fifo,
      maxInFlight: settings.quotas['sqs.maxInFlight'],
      ...followUp(call, queue, wish, dead, messages, receivedAtMs),
    });
    const alive = dead ? claimed.filter((message) => !isSpent(dead, message)) : claimed;
    messages.push(...alive);
    if (alive.length === claimed.length || messages.length === wish.max) break;
  }
  if (messages.length === 0) return undefined;
  if (call.gone()) {
    await putBack(call, messages, receivedAtMs);
    return undefined;
  }
  return { messages, receivedAtMs };
}

/** In flight and past retention, a message still holds up its group; so it goes first. */
async function takeBehindOld(call: Call, queue: Queue, wish: Wish): Promise<Taken | undefined> {
  if (!queue.fifo || !(await sweepQueue(call.stack, queue))) return undefined;
  return take(call, queue, wish);
}

/** What is written together with a claim; nothing at all on the shortest path. */
function followUp(
  call: Call,
  queue: Queue,
  { attemptId, visibilityMs }: Wish,
  dead: DeadLetters | undefined,
  before: readonly Claimed[],
  nowMs: number,
): { readonly follow?: (claimed: readonly Claimed[]) => readonly Write[] } {
  const { journal } = call.stack;
  if (!dead && attemptId === undefined && !journal.on) return {};
  const follow = (claimed: readonly Claimed[]) => {
    const writes: Write[] = [];
    const alive: Claimed[] = [];
    for (const message of claimed) {
      if (dead && isSpent(dead, message)) {
        writes.push(...moveWrites(call.stack, queue, dead, message, nowMs));
      } else {
        alive.push(message);
        const fact = { kind: 'receive', id: message.id, arn: queue.arn, atMs: nowMs } as const;
        if (journal.on) writes.push(...journal.record(fact));
      }
    }
    if (attemptId !== undefined && alive.length > 0) {
      const taken = { messages: [...before, ...alive], receivedAtMs: nowMs };
      const hiddenUntilMs = nowMs + visibilityMs;
      writes.push(...rememberAttempt(call.stack, queue, attemptId, taken, hiddenUntilMs));
    }
    return writes;
  };
  return { follow };
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

/**
 * A standard queue with too much in flight says so to a short poll; long polls and FIFO queues
 * just find nothing.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
 */
async function checkInFlight(call: Call, queue: Queue): Promise<void> {
  if (queue.fifo) return;
  const { storage, clock, settings } = call.stack;
  const { visible, inFlight } = await storage.counts(queue.storage, clock.nowMs());
  const most = settings.quotas['sqs.maxInFlight'];
  if (visible === 0 || inFlight < most) return;
  const sentence = `Too many messages in flight; the maximum number for a queue is ${most}.`;
  throw fault('OverLimit', sentence);
}

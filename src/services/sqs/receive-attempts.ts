/**
 * ReceiveRequestAttemptId: a FIFO receive whose answer was lost may be repeated.
 *
 * What an attempt took is remembered in the commit that took it, for five minutes. The same id
 * gives the same messages under the same handles, hidden anew. Once a message was deleted or had
 * its visibility changed it is refused, and when the messages may be visible again it is a receive
 * like any other.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
import type { AwsError } from '../../core/errors.ts';
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Claimed, Lease, Peeked, Storage, Write } from '../../storage/storage.ts';
import { change } from './change.ts';
import type { Taken } from './claims.ts';
import { invalidParameter } from './errors.ts';
import type { Queue } from './queue.ts';

interface Attempt {
  readonly atMs: number;
  readonly hiddenUntilMs: number;
  readonly leases: readonly (readonly [position: number, token: number])[];
}

const collections = new WeakMap<Storage, Collection<Attempt>>();

function attempts({ storage }: Stack): Collection<Attempt> {
  let collection = collections.get(storage);
  if (!collection) {
    collection = new Collection<Attempt>(storage, 'sqs/attempts');
    collections.set(storage, collection);
  }
  return collection;
}

const attemptsAt = ({ partition, name }: Queue) => `${partition}/${name}`;

/** Kind of the job that forgets an attempt. */
export const FORGET_ATTEMPT = 'sqs/forget-attempt';

/** The writes that remember what `attemptId` took. */
export function rememberAttempt(
  stack: Stack,
  queue: Queue,
  attemptId: string,
  { messages, receivedAtMs }: Taken,
  hiddenUntilMs: number,
): readonly Write[] {
  const partition = attemptsAt(queue);
  const leases = messages.map(({ lease }) => [lease.position, lease.token] as const);
  const attempt = { atMs: receivedAtMs, hiddenUntilMs, leases };
  const note = JSON.stringify([partition, attemptId, receivedAtMs]);
  const endsAtMs = receivedAtMs + stack.settings.quotas['sqs.dedupMs'];
  return [
    attempts(stack).put(partition, attemptId, attempt),
    schedule(stack, TIMETABLE, FORGET_ATTEMPT, note, endsAtMs),
  ];
}

export const forgetAttempt: Job = async (stack, { note }) => {
  const [partition, attemptId, atMs] = JSON.parse(note);
  const stored = await attempts(stack).get(partition, attemptId);
  if (stored?.value.atMs !== atMs) return [];
  return [attempts(stack).remove(partition, attemptId)];
};

/** The writes that forget all attempts at a queue which is deleted. */
export async function forgetAttempts(stack: Stack, queue: Queue): Promise<readonly Write[]> {
  const partition = attemptsAt(queue);
  const all = await attempts(stack).list(partition);
  return all.map(({ key }) => attempts(stack).remove(partition, key));
}

/** What `attemptId` took, hidden for `visibilityMs` from now; undefined when its time is over. */
export function repeatAttempt(
  stack: Stack,
  queue: Queue,
  attemptId: string,
  visibilityMs: number,
): Promise<Taken | undefined> {
  const { clock, storage, settings } = stack;
  return change(storage, async () => {
    const stored = await attempts(stack).get(attemptsAt(queue), attemptId);
    const nowMs = clock.nowMs();
    const over = { writes: [], answer: undefined };
    if (!stored || stored.value.atMs + settings.quotas['sqs.dedupMs'] <= nowMs) return over;
    const attempt = stored.value;
    if (attempt.hiddenUntilMs <= nowMs) return over;
    const positions = attempt.leases.map(([position]) => position);
    const found = await storage.peek(queue.storage, { nowMs, max: positions.length, positions });
    if (!isUntouched(attempt, found)) throw notRetryable(attemptId);

    const messages = found.map((message) => claimedOf(queue, message));
    const again = { ...attempt, hiddenUntilMs: nowMs + visibilityMs };
    return {
      writes: [
        ...messages.map(({ lease }) => hide(lease, nowMs, again.hiddenUntilMs)),
        attempts(stack).put(attemptsAt(queue), attemptId, again, stored.version),
      ],
      answer: { messages, receivedAtMs: attempt.atMs },
    };
  });
}

function hide(lease: Lease, aliveAtMs: number, visibleAtMs: number): Write {
  return { kind: 'release', lease, visibleAtMs, fence: 'latest', aliveAtMs, lost: 'conflict' };
}

/** In AWS's words (observed: awslabs/amazon-sqs-java-messaging-lib#213). */
function notRetryable(attemptId: string): AwsError {
  const over = 'The receiveRequestAttemptId is not valid anymore';
  const reason = `${over} since the receive call is not retryable.`;
  return invalidParameter('ReceiveRequestAttemptId', attemptId, reason);
}

/** Whether every message of the attempt is still as the attempt left it. */
function isUntouched({ leases, hiddenUntilMs }: Attempt, found: readonly Peeked[]): boolean {
  const tokens = new Map(leases);
  return (
    found.length === leases.length &&
    found.every(
      ({ position, token, state, visibleAtMs }) =>
        state === 'in-flight' && visibleAtMs === hiddenUntilMs && tokens.get(position) === token,
    )
  );
}

function claimedOf(queue: Queue, peeked: Peeked): Claimed {
  const { position, token, firstClaimedAtMs = peeked.sentAtMs } = peeked;
  return { ...peeked, firstClaimedAtMs, lease: { queue: queue.storage, position, token } };
}

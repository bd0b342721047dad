/**
 * `POST /_millrace/v1/dead-letters/redrive`: chosen messages in one commit, or a whole queue or a
 * group of it as a task that goes on in the server.
 *
 * Chosen messages are named by what a look has shown. All of them move or none does: when one was
 * received, moved or deleted since, the answer is 409 and the caller looks again.
 */
import type { Redrive, Redriven } from '../../admin-api/index.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Refused as NotTaken } from '../../delivery/targets.ts';
import { Conflict, type Peeked, type Write } from '../../storage/storage.ts';
import { type Body, objectBody, post, Refused } from '../admin-http.ts';
import { readLetter } from './letters.ts';
import { queueOfArn } from './look.ts';
import { MOST_PER_SECOND } from './move-tasks.ts';
import type { Queue } from './queue.ts';
import { startRedriveTask } from './redrive-tasks.ts';
import { type Goal, goalOf, redriven } from './redriven-messages.ts';

export const REDRIVE_PATH = '/_millrace/v1/dead-letters/redrive';

/** Messages of one commit. */
const MOST_MESSAGES = 1_000;

type Chosen = NonNullable<Redrive['messages']>[number];

export const redrive = post(async (stack, request) => {
  const { queue: arn, to, messages, group, perSecond } = read(objectBody(request));
  const queue = await queueOfArn(stack, arn);
  const goal = to === undefined ? undefined : await goalOf(stack, queue, to);
  if (!messages) return startRedriveTask(stack, queue, { to, group, perSecond });
  return redriveChosen(stack, queue, messages, goal);
});

/** Races that are lost to others than the consumers of these messages. */
const MOST_PLANS = 4;

async function redriveChosen(
  stack: Stack,
  queue: Queue,
  chosen: readonly Chosen[],
  goal: Goal | undefined,
): Promise<Redriven> {
  for (let plans = 0; plans < MOST_PLANS; plans += 1) {
    const { writes, answer } = await plan(stack, queue, chosen, goal);
    try {
      await stack.storage.commit(writes);
      return answer;
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
    }
  }
  throw new Refused(409, 'Others were faster; nothing was moved. Look again.');
}

async function plan(
  stack: Stack,
  queue: Queue,
  chosen: readonly Chosen[],
  goal: Goal | undefined,
): Promise<{ readonly writes: readonly Write[]; readonly answer: Redriven }> {
  const nowMs = stack.clock.nowMs();
  const positions = chosen.map(({ position }) => position);
  const peek = { nowMs, max: positions.length, positions };
  const there = new Map(
    (await stack.storage.peek(queue.storage, peek)).map((message) => [message.position, message]),
  );
  const known = await stack.traces.known();
  const writes: Write[] = [];
  const moved: Redriven['moved'][number][] = [];
  for (const one of chosen) {
    const message = unchanged(one, there.get(one.position), nowMs - queue.retentionMs);
    const letter = readLetter(stack, queue, message, known);
    const sent = await redriven(stack, queue, message, letter, goal, one.body).catch(
      (cause: unknown) => {
        if (!(cause instanceof NotTaken)) throw cause;
        const advice = goal ? '' : ' Choose where it is to go.';
        const told = `Message ${one.id} stays, and with it all others: ${cause.message}${advice}`;
        throw new Refused(400, told);
      },
    );
    writes.push(...sent.writes);
    moved.push({ id: one.id, newId: sent.newId, to: sent.to });
  }
  return { writes, answer: { moved } };
}

/** The message as it was looked at; refuses when it is not that any more. */
function unchanged(
  { id, token }: Chosen,
  message: Peeked | undefined,
  bornAfterMs: number,
): Peeked {
  if (message?.id !== id || message.sentAtMs < bornAfterMs) {
    throw new Refused(409, `Message ${id} is not there any more. Look again.`);
  }
  if (message.state === 'in-flight') {
    const until = new Date(message.visibleAtMs).toISOString();
    throw new Refused(409, `Message ${id} is held by a consumer until ${until}.`);
  }
  if (message.token === token) return message;
  throw new Refused(409, `Message ${id} was received meanwhile. Look again.`);
}

interface Request {
  readonly queue: string;
  readonly to?: string | undefined;
  readonly group?: string | undefined;
  readonly perSecond?: number | undefined;
  readonly messages?: readonly Chosen[] | undefined;
}

function read(body: Body): Request {
  const { queue, to, group, perSecond, messages } = body;
  const text = (name: string, value: unknown) => {
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw new Refused(400, `"${name}" must be a text.`);
  };
  const arn = text('queue', queue);
  if (arn === undefined) throw new Refused(400, `${REDRIVE_PATH} needs "queue".`);
  const known = { queue: arn, to: text('to', to), group: text('group', group) };
  if (perSecond !== undefined) checkRate(perSecond);
  if (messages === undefined) {
    return { ...known, ...(perSecond !== undefined && { perSecond: Number(perSecond) }) };
  }
  if (group !== undefined || perSecond !== undefined) {
    throw new Refused(400, '"messages" stands for itself, without "group" and "perSecond".');
  }
  return { ...known, messages: readMessages(messages) };
}

function checkRate(rate: unknown): void {
  if (Number.isInteger(rate) && Number(rate) >= 1 && Number(rate) <= MOST_PER_SECOND) return;
  throw new Refused(400, `"perSecond" must be a whole number from 1 to ${MOST_PER_SECOND}.`);
}

function readMessages(messages: unknown): readonly Chosen[] {
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MOST_MESSAGES) {
    throw new Refused(400, `"messages" must be a list of 1 to ${MOST_MESSAGES} messages.`);
  }
  if (!messages.every(isChosen)) {
    const members = '"id", "position" and "token" as they were shown, and perhaps a "body"';
    throw new Refused(400, `Each of "messages" has ${members}.`);
  }
  const positions = new Set(messages.map(({ position }) => position));
  if (positions.size < messages.length) throw new Refused(400, 'A message is named twice.');
  return messages;
}

function isChosen(one: unknown): one is Chosen {
  if (typeof one !== 'object' || one === null) return false;
  const { id, position, token, body } = one as Partial<Record<string, unknown>>;
  const isNamed = typeof id === 'string' && [position, token].every(Number.isSafeInteger);
  return isNamed && (body === undefined || typeof body === 'string');
}

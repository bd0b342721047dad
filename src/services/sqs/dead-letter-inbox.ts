/**
 * `GET /_millrace/v1/dead-letters` and `GET /_millrace/v1/dead-letters/messages`: dead letters of
 * all services in one place, grouped by what is alike in their errors. Nothing is received.
 */
import type {
  DeadLetter,
  DeadLetterGroup,
  DeadLetterMessages,
  DeadLetterQueue,
  DeadLetters,
  QueueMessage,
} from '../../admin-api/index.ts';
import type { Stack } from '../../delivery/stack.ts';
import { get, numberOf, placeOf, wanted } from '../admin-http.ts';
import { type DeadLetterSource, deadLetterSources } from './dead-letter-queues.ts';
import { historyOf, type Knowing, type ReadLetter, readLetter, redrivenTimes } from './letters.ts';
import { messagesAfter, pageAfter, queueOfArn, type Seen } from './look.ts';
import { type Queue, queueByArn } from './queue.ts';
import { DEFAULT_MESSAGES, MOST_MESSAGES, withHolders } from './queue-messages.ts';
import { depthOf } from './queue-summaries.ts';

export const DEAD_LETTERS_PATH = '/_millrace/v1/dead-letters';
export const DEAD_LETTER_MESSAGES_PATH = '/_millrace/v1/dead-letters/messages';

/** Messages of a queue that are grouped. */
const MOST_LOOKED = 1_000;

export const showDeadLetters = get(async (stack, request): Promise<DeadLetters | undefined> => {
  if (request.path !== DEAD_LETTERS_PATH) return undefined;
  const sources = await deadLetterSources(stack, placeOf(stack, request));
  const known = await stack.traces.known();
  const queues: DeadLetterQueue[] = [];
  for (const [arn, from] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const queue = await queueByArn(stack, arn);
    if (queue) queues.push(await inboxOf(stack, queue, from, known));
  }
  return { queues };
});

async function inboxOf(
  stack: Stack,
  queue: Queue,
  sources: readonly DeadLetterSource[],
  known: Knowing,
): Promise<DeadLetterQueue> {
  const { arn, name } = queue;
  const groups = new Map<string, DeadLetterGroup>();
  let looked = 0;
  for await (const { message } of messagesAfter(stack, queue, 0)) {
    if (looked === MOST_LOOKED) break;
    looked += 1;
    const read = readLetter(stack, queue, message, known);
    groups.set(read.group, added(groups.get(read.group), read));
  }
  const largest = [...groups.values()].sort((a, b) => b.count - a.count || b.lastAtMs - a.lastAtMs);
  return { arn, name, ...(await depthOf(stack, queue)), sources, groups: largest, looked };
}

function added(group: DeadLetterGroup | undefined, read: ReadLetter): DeadLetterGroup {
  const { group: key, source, code, normalised: error, atMs } = read;
  const { count = 0, firstAtMs = atMs, lastAtMs = atMs } = group ?? {};
  const times = { firstAtMs: Math.min(firstAtMs, atMs), lastAtMs: Math.max(lastAtMs, atMs) };
  return { key, source, code, error, count: count + 1, ...times };
}

export const showDeadLetterMessages = get(async (stack, request): Promise<DeadLetterMessages> => {
  const queue = await queueOfArn(stack, wanted(request, 'queue'));
  const group = request.query.get('group') || undefined;
  const after = numberOf(request, 'after', [0, Number.MAX_SAFE_INTEGER]) ?? 0;
  const limit = numberOf(request, 'limit', [1, MOST_MESSAGES]) ?? DEFAULT_MESSAGES;
  const known = await stack.traces.known();
  const read = ({ message }: Seen) => readLetter(stack, queue, message, known);
  const matches = (seen: Seen) => group === undefined || read(seen).group === group;
  const { seen, next } = await pageAfter(stack, queue, { after, limit }, matches);
  const letters = new Map(seen.map((one) => [one.message.position, read(one)]));
  const messages = (await withHolders(stack, queue, seen)).flatMap((message): DeadLetter[] => {
    const letter = letters.get(message.position);
    return letter ? [shownLetter(queue, message, letter, known)] : [];
  });
  return { queue: queue.arn, messages, ...(next !== undefined && { next }) };
});

function shownLetter(
  queue: Queue,
  message: QueueMessage,
  { group: groupKey, error, code, origin }: ReadLetter,
  known: Knowing,
): DeadLetter {
  const redriven = redrivenTimes(message.id, known);
  return {
    ...message,
    ...(origin !== undefined && { origin }),
    ...{ groupKey, error, code, history: historyOf(queue, message.id, known) },
    ...(redriven > 0 && { redriven }),
  };
}

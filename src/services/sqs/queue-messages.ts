/**
 * `GET /_millrace/v1/queues/messages`: the messages of a queue, page by page, without receiving
 * them.
 */
import type { QueueMessage, QueueMessages } from '../../admin-api/index.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Known } from '../../journal/trace.ts';
import { get, numberOf, Refused, wanted } from '../admin-http.ts';
import { pageAfter, queueOfArn, type Seen, shown } from './look.ts';
import type { Queue } from './queue.ts';

export const QUEUE_MESSAGES_PATH = '/_millrace/v1/queues/messages';

const STATES = new Set<string>(['visible', 'in-flight', 'delayed']);
export const MOST_MESSAGES = 1_000;
export const DEFAULT_MESSAGES = 100;

export const showQueueMessages = get(async (stack, request): Promise<QueueMessages> => {
  const queue = await queueOfArn(stack, wanted(request, 'queue'));
  const state = request.query.get('state') || undefined;
  if (state !== undefined && !STATES.has(state)) {
    throw new Refused(400, `"state" must be one of: ${[...STATES].join(', ')}.`);
  }
  const group = request.query.get('group') || undefined;
  const after = numberOf(request, 'after', [0, Number.MAX_SAFE_INTEGER]) ?? 0;
  const limit = numberOf(request, 'limit', [1, MOST_MESSAGES]) ?? DEFAULT_MESSAGES;
  const { seen, next } = await pageAfter(stack, queue, { after, limit }, ({ message }) => {
    if (state !== undefined && message.state !== state) return false;
    return group === undefined || message.group === group;
  });
  const messages = await withHolders(stack, queue, seen);
  return { queue: queue.arn, messages, ...(next !== undefined && { next }) };
});

/** Who holds what is in flight is the journal's word; without such a message it is not asked. */
export async function withHolders(
  stack: Stack,
  queue: Queue,
  seen: readonly Seen[],
): Promise<readonly QueueMessage[]> {
  const isHeld = ({ message }: Seen) => message.state === 'in-flight';
  const known = seen.some(isHeld) ? await stack.traces.known() : () => undefined;
  return seen.map((one) => {
    const heldBy = isHeld(one) ? holder(queue, known(one.message.id)) : undefined;
    return heldBy === undefined ? shown(one) : { ...shown(one), heldBy };
  });
}

/** Of consumers inside the server the journal knows who they are; clients it does not name. */
function holder({ arn }: Queue, known: Known | undefined): string | undefined {
  return known?.facts.findLast((fact) => fact.kind === 'receive' && fact.arn === arn)?.target;
}

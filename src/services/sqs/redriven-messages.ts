/**
 * One dead letter on its way again: the writes that end it where it lies and bring it to where it
 * goes, for one commit. The end is fenced by the lease that was last given out, so a message that
 * a consumer has taken meanwhile stays with that consumer, and none is ever in two places or in
 * none. Nothing is received for it, and no count changes.
 *
 * Without a goal it goes back to where it came from, and what that is depends on who gave it up:
 *
 * - a queue: to that queue, as a new message, as StartMessageMoveTask does it;
 * - a rule: to the one target of the rule that did not get it, with the input that the rule makes
 *   of the event now. Putting the event on its bus again would give it to all rules once more;
 * - a subscription: to its endpoint, in the form that the subscription has now;
 * - a function: as an event for it, asynchronously, with its own retries.
 *
 * A rule, subscription or function that is gone, a target that still refuses, and a message that
 * does not tell where it came from make it stay, with a sentence that says so. It can then go to
 * a goal that is chosen: a queue, a function, a topic or a bus.
 */
import { arnOf, parseArn } from '../../core/arn.ts';
import { isObject, parseJson } from '../../core/json-value.ts';
import { deliverAgain, type Letters } from '../../delivery/letters.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Handover, type Payload, Refused } from '../../delivery/targets.ts';
import type { Message, Peeked, Write } from '../../storage/storage.ts';
import { Refused as BadRequest } from '../admin-http.ts';
import { contentOf, shownAttributes } from './contents.ts';
import { draftMessage } from './drafts.ts';
import type { ReadLetter } from './letters.ts';
import { queueOfArn } from './look.ts';
import { bodyMd5Of, decodeMeta, encodeMeta } from './message.ts';
import { fromPayload } from './message-attributes.ts';
import { type Queue, queueByArn } from './queue.ts';

export type Goal = Queue | { readonly kind: string; readonly arn: string };

export interface Redriven {
  readonly writes: readonly Write[];
  readonly newId: string;
  readonly to: string;
}

/** Kinds of targets, and what begins the resource of an ARN of one. */
const KINDS: Readonly<Record<string, RegExp>> = {
  lambda: /^function:/,
  sns: /^[^:/]+$/,
  events: /^event-bus\//,
};

/** What the ARN stands for as a goal of what lies in `from`; refuses what cannot be one. */
export async function goalOf(stack: Stack, from: Queue, to: string): Promise<Goal> {
  const { service = '', resource = '' } = parseArn(to) ?? {};
  if (service !== 'sqs') {
    if (KINDS[service]?.test(resource) && stack.targets.has(service))
      return { kind: service, arn: to };
    throw new BadRequest(400, `"${to}" is not the ARN of a queue, function, topic or event bus.`);
  }
  const queue = await queueOfArn(stack, to);
  if (queue.arn === from.arn) throw new BadRequest(400, 'The messages are in that queue already.');
  // What its policy says of senders of other accounts is asked by SendMessage alone.
  if (queue.account !== from.account) {
    throw new BadRequest(400, 'Messages go to queues of their own account.');
  }
  if (queue.fifo === from.fifo) return queue;
  const [one, other] = from.fifo ? ['FIFO', 'standard'] : ['standard', 'FIFO'];
  throw new BadRequest(400, `Messages of a ${one} queue do not go to a ${other} queue.`);
}

/** Throws `Refused`, with a sentence for people, for what has to stay. */
export async function redriven(
  stack: Stack,
  from: Queue,
  message: Peeked,
  read: ReadLetter,
  goal?: Goal,
  body?: string,
): Promise<Redriven> {
  const way = goal ?? (await wayBack(stack, read));
  const sent =
    'again' in way
      ? await sentAgain(stack, way, read, body)
      : 'storage' in way
        ? intoQueue(stack, from, way, message, body)
        : await ontoTarget(stack, from, way, read, body ?? message.body);
  const { position, token } = message;
  const lease = { queue: from.storage, position, token };
  const produced = sent.produced !== undefined && { produced: sent.produced };
  const fact = stack.journal.record({
    ...{ kind: 'deliver', id: message.id, arn: from.arn, atMs: stack.clock.nowMs() },
    ...{ outcome: 'ok', target: sent.to, ...(sent.direct && produced) },
    note: body === undefined ? 'redriven' : 'edited and redriven',
  });
  const settle: Write = { kind: 'settle', lease, fence: 'latest', lost: 'conflict' };
  const { to, produced: newId = message.id } = sent;
  return { writes: [settle, ...sent.writes, ...fact], newId, to };
}

interface Sent extends Handover {
  readonly to: string;
  /** Nobody else tells the journal of it. */
  readonly direct: boolean;
}

/** The queue that it goes back to, or whoever can send it again. */
async function wayBack(stack: Stack, read: ReadLetter): Promise<Queue | Letters> {
  const { sourceQueue: arn, letters } = read;
  if (arn === undefined) {
    if (letters) return letters;
    throw new Refused('UNKNOWN_ORIGIN', 'Nothing tells where the message came from.');
  }
  const queue = await queueByArn(stack, arn);
  if (queue) return queue;
  throw new Refused('NO_RESOURCE', `The queue ${arn} is gone.`);
}

async function sentAgain(
  stack: Stack,
  letters: Letters,
  read: ReadLetter,
  body = read.letter.body,
): Promise<Sent> {
  const item = await letters.again(stack, { ...read.letter, body }, read);
  return { ...(await deliverAgain(stack, item)), to: item.delivery.to.arn, direct: false };
}

function intoQueue(
  stack: Stack,
  from: Queue,
  to: Queue,
  before: Peeked,
  body: string | undefined,
): Sent {
  if (to.fifo !== from.fifo) throw new Refused('NO_RESOURCE', `${to.arn} is of the other type.`);
  const message =
    body === undefined ? movedMessage(stack, to, before) : editedMessage(stack, to, before, body);
  const enqueue: Write = { kind: 'enqueue', queue: to.storage, message };
  const published =
    body === undefined
      ? []
      : stack.journal.record({
          ...{ kind: 'publish', id: message.id, arn: to.arn, atMs: stack.clock.nowMs() },
          ...{ causes: [before.id], note: 'edited' },
          content: stack.journal.wantsContent() ? contentOf(message) : undefined,
        });
  return { writes: [enqueue, ...published], produced: message.id, to: to.arn, direct: true };
}

/** The message that goes on: a new one, with an id, an age and a count of its own. */
export function movedMessage(
  stack: Stack,
  to: Queue,
  { body, meta = '', group }: Pick<Message, 'body' | 'meta' | 'group'>,
): Message {
  const nowMs = stack.clock.nowMs();
  const { senderId, attributes, traceHeader, dedupId } = decodeMeta(meta);
  return {
    id: stack.ids.uuid(),
    body,
    meta: encodeMeta(bodyMd5Of(meta), { senderId, attributes, traceHeader, dedupId }),
    sentAtMs: nowMs,
    visibleAtMs: nowMs + to.delayMs,
    ...(group !== undefined && { group, ordered: to.fifo }),
  };
}

/** Checked like one that is sent. Throws AWS's errors. */
function editedMessage(stack: Stack, to: Queue, { id, meta, group }: Peeked, body: string) {
  const { senderId, attributes, traceHeader, dedupId = id } = decodeMeta(meta ?? '');
  return draftMessage(stack, to, {
    ...{ body, senderId, traceHeader, group },
    attributes: attributes && fromPayload(shownAttributes(attributes)),
    dedupId: to.fifo ? dedupId : undefined,
  }).message;
}

/** Whoever may redrive acts for the queue's account; that account's own policies are not asked. */
async function ontoTarget(
  stack: Stack,
  from: Queue,
  to: { readonly kind: string; readonly arn: string },
  { letter }: ReadLetter,
  body: string,
): Promise<Sent> {
  const { account, region, arn: sourceArn } = from;
  const { id: cause, attributes, group, traceHeader } = letter;
  if (to.kind === 'events') checkEvent(body);
  const target = stack.targets.get(to.kind);
  if (!target) throw new Refused('NO_RESOURCE', `No target of kind ${to.kind}.`);
  const payload: Payload = {
    body,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(group !== undefined && { group, dedupId: cause }),
  };
  const delivery = {
    ...{ origin: 'sqs', cause, sourceArn, account, region, to },
    roleArn: arnOf('iam', '', account, 'root'),
    ...{ sinceMs: stack.clock.nowMs(), hops: 0 },
    ...(traceHeader !== undefined && { traceHeader }),
  };
  const parcel = { delivery, payload, principal: 'sqs.amazonaws.com' };
  const handover = await target.handOver(stack, parcel);
  return { ...handover, to: to.arn, direct: true };
}

/** Only events go to a bus as they are. */
function checkEvent(body: string): void {
  const event = parseJson(body);
  const isEvent =
    isObject(event) &&
    isObject(event.detail) &&
    [event.id, event.source, event['detail-type']].every((one) => typeof one === 'string');
  if (!isEvent) throw new Refused('INVALID_JSON', 'The message is no event.');
}

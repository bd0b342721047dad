/**
 * A message on its way into a queue: checked, and put into the form in which it is stored. The
 * same for what clients send and for what other services deliver. Throws AWS's errors; writes
 * nothing.
 */
import { hash } from 'node:crypto';
import type { Stack } from '../../delivery/stack.ts';
import type { Enqueue, Message } from '../../storage/storage.ts';
import type { MessageAttributeValue } from '../../wire/types/sqs.ts';
import { checkRange, fault, invalidParameter, missingParameter, wrongQueueType } from './errors.ts';
import { encodeMeta, md5 } from './message.ts';
import {
  attributeBytes,
  attributesMd5,
  readAttributes,
  type StoredAttributes,
} from './message-attributes.ts';
import { forbiddenCharacters, hasOnlyAllowedCharacters } from './message-bodies.ts';
import type { Queue } from './queue.ts';

type GivenAttributes = Readonly<Record<string, MessageAttributeValue | undefined>>;

export interface Sending {
  readonly body: string;
  readonly senderId: string;
  readonly attributes?: GivenAttributes | undefined;
  readonly systemAttributes?: GivenAttributes | undefined;
  /** Trace header of the request; the system attribute of that name goes before it. */
  readonly traceHeader?: string | undefined;
  readonly delaySeconds?: number | undefined;
  readonly group?: string | undefined;
  readonly dedupId?: string | undefined;
}

export interface Draft {
  readonly message: Message;
  readonly bodyMd5: string;
  readonly attributesMd5: string | undefined;
  readonly systemAttributesMd5: string | undefined;
  readonly traceHeader: string | undefined;
  /** W3C's `traceparent`, where the sender has put one among the attributes. */
  readonly traceParent: string | undefined;
  /** What makes it a repetition in a FIFO queue. */
  readonly dedupKey: string | undefined;
}

const MOST_DELAY_SECONDS = 900;
const DELAY_RANGE = `DelaySeconds must be >= 0 and <= ${MOST_DELAY_SECONDS}.`;

/** Letters, digits and punctuation; what FIFO queues take as ids of groups and messages. */
const FIFO_ID = /^[A-Za-z0-9!-/:-@[-`{-~]{1,128}$/;

export function draftMessage(stack: Stack, queue: Queue, sending: Sending): Draft {
  const { body, group } = sending;
  if (!body) throw missingParameter('MessageBody');
  checkRange('DelaySeconds', sending.delaySeconds, 0, MOST_DELAY_SECONDS, DELAY_RANGE);
  const dedupId = queue.fifo ? fifoDedupId(queue, sending) : undefined;
  if (!queue.fifo) checkStandard(sending);
  const attributes = readAttributes(sending.attributes);
  const system = readSystemAttributes(sending.systemAttributes);
  checkBody(queue, body, sending.attributes);

  const bodyMd5 = md5(body);
  const nowMs = stack.clock.nowMs();
  const delayMs = delayOf(queue, sending.delaySeconds);
  const traceHeader = system?.AWSTraceHeader?.[1] ?? sending.traceHeader;
  const meta = encodeMeta(bodyMd5, {
    senderId: sending.senderId,
    attributes,
    traceHeader,
    dedupId,
  });
  const base = { id: stack.ids.uuid(), body, meta, sentAtMs: nowMs, visibleAtMs: nowMs + delayMs };
  return {
    message: group === undefined ? base : { ...base, group, ordered: queue.fifo },
    bodyMd5,
    attributesMd5: attributes && attributesMd5(attributes),
    systemAttributesMd5: system && attributesMd5(system),
    traceHeader,
    traceParent: attributes?.traceparent?.[1],
    dedupKey: dedupId === undefined ? undefined : dedupKey(queue, group, dedupId),
  };
}

export function enqueueOf(queue: Queue, draft: Draft, dedupMs: number): Enqueue {
  const { message, dedupKey: key } = draft;
  const enqueue = { kind: 'enqueue', queue: queue.storage, message } as const;
  if (key === undefined) return enqueue;
  const nowMs = message.sentAtMs;
  return { ...enqueue, dedup: { key, nowMs, untilMs: nowMs + dedupMs } };
}

/** Delay of a FIFO queue is the queue's; a 0 is taken to mean just that (observed). */
function delayOf(queue: Queue, delaySeconds: number | undefined): number {
  return delaySeconds === undefined || queue.fifo ? queue.delayMs : delaySeconds * 1000;
}

function fifoDedupId(queue: Queue, { body, group, dedupId, delaySeconds }: Sending): string {
  if (!group) throw missingParameter('MessageGroupId');
  checkFifoId('MessageGroupId', group);
  if (delaySeconds) throw wrongQueueType('DelaySeconds', delaySeconds);
  if (dedupId !== undefined) {
    checkFifoId('MessageDeduplicationId', dedupId);
    return dedupId;
  }
  if (!queue.contentDedup) {
    const either = 'The queue should either have ContentBasedDeduplication enabled';
    throw fault('InvalidParameterValue', `${either} or MessageDeduplicationId provided explicitly`);
  }
  return hash('sha256', body, 'hex');
}

/** In a standard queue a group makes for fair shares; it neither orders nor deduplicates. */
function checkStandard({ group, dedupId }: Sending): void {
  if (dedupId !== undefined) throw wrongQueueType('MessageDeduplicationId', dedupId);
  if (group !== undefined) checkFifoId('MessageGroupId', group);
}

export function checkFifoId(name: string, id: string): void {
  if (FIFO_ID.test(id)) return;
  const only = 'can only include alphanumeric and punctuation characters. 1 to 128 in length.';
  throw invalidParameter(name, id, `${name} ${only}`);
}

function dedupKey(queue: Queue, group: string | undefined, dedupId: string): string {
  return queue.dedupPerGroup ? `${group} ${dedupId}` : dedupId;
}

function readSystemAttributes(given: GivenAttributes | undefined): StoredAttributes | undefined {
  const system = readAttributes(given, 'system');
  for (const [name, [type]] of Object.entries(system ?? {})) {
    if (name !== 'AWSTraceHeader') {
      throw fault('InvalidParameterValue', `Message system attribute name '${name}' is invalid.`);
    }
    if (type !== 'String') {
      const sentence = `Message (system) attribute '${name}' must be of type 'String'.`;
      throw fault('InvalidParameterValue', sentence);
    }
  }
  return system;
}

/** A trace header adds nothing to the size. */
function checkBody(queue: Queue, body: string, attributes: GivenAttributes | undefined): void {
  if (!hasOnlyAllowedCharacters(body)) throw forbiddenCharacters();
  const bytes = Buffer.byteLength(body) + attributeBytes(attributes);
  if (bytes <= queue.maxBytes) return;
  const shorter = `Reason: Message must be shorter than ${queue.maxBytes} bytes.`;
  throw fault('InvalidParameterValue', `One or more parameters are invalid. ${shorter}`);
}

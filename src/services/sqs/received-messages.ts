/** How a claimed message looks in an answer: what was asked for, and nothing else. */
import type { Claimed } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import { unknownAttribute } from './attribute-rules.ts';
import { bodyMd5Of, decodeMeta, type Extras, sequenceNumber } from './message.ts';
import { answerAttributes, attributesMd5, type StoredAttributes } from './message-attributes.ts';
import type { Queue } from './queue.ts';
import { encodeHandle } from './receipt-handles.ts';

type SystemName = Sqs.MessageSystemAttributeName;
type SystemAttributes = Partial<Record<SystemName, string>>;

/** What a receive asks to see of a message besides its body. */
export interface Selection {
  /** Names of system attributes; `All` among them means all. */
  readonly system: ReadonlySet<string>;
  /** Names of message attributes and, ending in `.*`, beginnings of names. */
  readonly names: readonly string[];
}

const SYSTEM_NAMES = new Set<string>([
  'All',
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
] satisfies SystemName[]);

export const EVERYTHING: Selection = { system: new Set(['All']), names: ['All'] };
const NOTHING: Selection = { system: new Set(), names: [] };

export function readSelection(input: Sqs.ReceiveMessageRequest): Selection {
  const { AttributeNames: old, MessageSystemAttributeNames: system } = input;
  const names = input.MessageAttributeNames ?? [];
  if (!old?.length && !system?.length) {
    return names.length === 0 ? NOTHING : { system: NOTHING.system, names };
  }
  const wanted = new Set<string>([...(old ?? []), ...(system ?? [])]);
  for (const name of wanted) if (!SYSTEM_NAMES.has(name)) throw unknownAttribute(name);
  return { system: wanted, names };
}

export function answerMessage(
  queue: Queue,
  claimed: Claimed,
  receivedAtMs: number,
  selection: Selection,
): Sqs.Message {
  const meta = claimed.meta ?? '';
  const receipt = { lease: claimed.lease, messageId: claimed.id, receivedAtMs };
  const message = {
    MessageId: claimed.id,
    ReceiptHandle: encodeHandle(queue, receipt),
    MD5OfBody: bodyMd5Of(meta),
    Body: claimed.body,
  };
  const { system, names } = selection;
  if (system.size === 0 && names.length === 0) return message;
  const extras = decodeMeta(meta);
  const chosen = extras.attributes && choose(extras.attributes, names);
  const systemAttributes = systemAttributesOf(queue, claimed, extras, system);
  return {
    ...message,
    ...(systemAttributes && { Attributes: systemAttributes }),
    ...(chosen && {
      MD5OfMessageAttributes: attributesMd5(chosen),
      MessageAttributes: answerAttributes(chosen),
    }),
  };
}

/** The attributes that `names` ask for; undefined when that is none of them. */
function choose(
  attributes: StoredAttributes,
  names: readonly string[],
): StoredAttributes | undefined {
  if (names.includes('All') || names.includes('.*')) return attributes;
  const chosen = Object.entries(attributes).filter(([name]) =>
    names.some((wanted) =>
      wanted.endsWith('.*') ? name.startsWith(wanted.slice(0, -2)) : name === wanted,
    ),
  );
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen);
}

export function systemAttributesOf(
  queue: Queue,
  claimed: Claimed,
  extras: Extras,
  wanted: ReadonlySet<string>,
): SystemAttributes | undefined {
  if (wanted.size === 0) return undefined;
  const all: SystemAttributes = {
    SenderId: extras.senderId,
    SentTimestamp: String(claimed.sentAtMs),
    ApproximateReceiveCount: String(claimed.claims),
  };
  if (claimed.claims > 0) all.ApproximateFirstReceiveTimestamp = String(claimed.firstClaimedAtMs);
  if (claimed.group !== undefined) all.MessageGroupId = claimed.group;
  if (queue.fifo) all.SequenceNumber = sequenceNumber(claimed.lease.position);
  if (extras.dedupId !== undefined) all.MessageDeduplicationId = extras.dedupId;
  if (extras.traceHeader !== undefined) all.AWSTraceHeader = extras.traceHeader;
  if (extras.deadLetterSourceArn !== undefined) {
    all.DeadLetterQueueSourceArn = extras.deadLetterSourceArn;
  }
  if (wanted.has('All')) return all;
  const chosen = Object.entries(all).filter(([name]) => wanted.has(name));
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen);
}

/**
 * How a message is stored: the body as it came, and beside it what SQS has to remember of it.
 *
 * The text beside the body begins with the body's MD5, so that a receive which asks for no
 * attributes parses nothing and hashes nothing.
 */
import { hash } from 'node:crypto';
import { rememberingLast } from '../../core/last-text.ts';
import type { StoredAttributes } from './message-attributes.ts';

export interface Extras {
  readonly senderId: string;
  readonly attributes?: StoredAttributes | undefined;
  readonly traceHeader?: string | undefined;
  readonly dedupId?: string | undefined;
  /** The queue that it left as a dead letter. */
  readonly deadLetterSourceArn?: string | undefined;
  /** How often it had been received when it came into this queue. */
  readonly receivedElsewhere?: number | undefined;
}

const MD5_CHARS = 32;

export const md5 = rememberingLast((text) => hash('md5', text, 'hex'));

/** `<md5><sender>`, or `<md5>[…]` when there is more to say; no sender begins with a bracket. */
export function encodeMeta(bodyMd5: string, extras: Extras): string {
  const { senderId, attributes, traceHeader, dedupId, deadLetterSourceArn } = extras;
  const { receivedElsewhere } = extras;
  const plain =
    attributes === undefined &&
    traceHeader === undefined &&
    dedupId === undefined &&
    deadLetterSourceArn === undefined &&
    receivedElsewhere === undefined;
  if (plain) return bodyMd5 + senderId;
  const rest = [attributes, traceHeader, dedupId, deadLetterSourceArn, receivedElsewhere];
  return bodyMd5 + JSON.stringify([senderId, ...rest]);
}

export function bodyMd5Of(meta: string): string {
  return meta.slice(0, MD5_CHARS);
}

export function decodeMeta(meta: string): Extras {
  const rest = meta.slice(MD5_CHARS);
  if (!rest.startsWith('[')) return { senderId: rest };
  const [senderId, attributes, traceHeader, dedupId, deadLetterSourceArn, receivedElsewhere] =
    JSON.parse(rest);
  return {
    senderId,
    attributes: attributes ?? undefined,
    traceHeader: traceHeader ?? undefined,
    dedupId: dedupId ?? undefined,
    deadLetterSourceArn: deadLetterSourceArn ?? undefined,
    receivedElsewhere: receivedElsewhere ?? undefined,
  };
}

/**
 * SequenceNumber: twenty digits that grow with the position in the queue. AWS's first number and
 * step (observed); the step has no known meaning.
 */
const FIRST_SEQUENCE_NUMBER = 18849496460467696128n;
const SEQUENCE_STEP = 256n;

export function sequenceNumber(position: number): string {
  return String(FIRST_SEQUENCE_NUMBER + BigInt(position) * SEQUENCE_STEP);
}

/**
 * SenderId: the account of its root user; for anybody else an id like IAM's, derived from the
 * ARN so that it is always the same. A session is `<role id>:<session name>`.
 */
const senders = new Map<string, string>();
const MOST_SENDERS = 10_000;

export function senderIdOf(principalArn: string): string {
  const before = senders.get(principalArn);
  if (before !== undefined) return before;
  const id = deriveSender(principalArn);
  if (senders.size >= MOST_SENDERS) senders.clear();
  senders.set(principalArn, id);
  return id;
}

function deriveSender(principalArn: string): string {
  const root = /^arn:[^:]+:iam::(\d+):root$/.exec(principalArn);
  if (root?.[1]) return root[1];
  const role = /^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/(.+)$/.exec(principalArn);
  if (role?.[1] && role[2]) return `AROA${principalId(role[1])}:${role[2]}`;
  return `AIDA${principalId(principalArn)}`;
}

function principalId(text: string): string {
  return BigInt(`0x${md5(text)}`)
    .toString(36)
    .toUpperCase()
    .padStart(25, '0')
    .slice(-17);
}

/**
 * What a caller publishes: checked, sized, and in the shape in which it is kept.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
import { hash } from 'node:crypto';
import type { Attribute } from '../../delivery/targets.ts';
import type { MessageAttributeMap, MessageAttributeValue } from '../../wire/types/sns.ts';
import { fault, invalid } from './errors.ts';
import type { Notice } from './notice.ts';
import type { TopicFacts } from './topic.ts';

export interface Draft
  extends Pick<Notice, 'message' | 'variants' | 'subject' | 'attributes' | 'group' | 'dedupId'> {
  /** As it was published, default and all. */
  readonly published: string;
}

/** The members that Publish and a PublishBatch entry have in common. */
export interface Published {
  readonly Message: string;
  readonly Subject?: string | undefined;
  readonly MessageStructure?: string | undefined;
  readonly MessageAttributes?: MessageAttributeMap | undefined;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
}

/** Checks a message; refuses it in AWS's words. */
export function draftOf(published: Published, maxBytes: number): Draft {
  const { Message: message, Subject: subject, MessageAttributes: given } = published;
  if (message === '') throw invalid('Empty message');
  if (subject !== undefined) checkSubject(subject);
  const attributes = given && Object.keys(given).length > 0 ? attributesOf(given) : undefined;
  if (sizeOf(published) > maxBytes) throw invalid('Message too long');
  return {
    published: message,
    ...structured(message, published.MessageStructure),
    ...(subject !== undefined && { subject }),
    ...(attributes && { attributes }),
    ...(published.MessageGroupId !== undefined && { group: published.MessageGroupId }),
    ...(published.MessageDeduplicationId !== undefined && {
      dedupId: published.MessageDeduplicationId,
    }),
  };
}

/** What counts against the limit: the message and every part of its attributes. */
export function sizeOf({ Message: message, MessageAttributes: given }: Published): number {
  return Buffer.byteLength(message) + (given ? attributeBytes(given) : 0);
}

/** "UTF-8 text with no line breaks or control characters, and less than 100 characters long." */
function checkSubject(subject: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
  if (!/^[^\u0000-\u001f\u007f]{1,99}$/u.test(subject)) throw invalid('Subject');
}

const PROTOCOLS = ['http', 'https', 'email', 'email-json', 'sms', 'sqs', 'application', 'lambda'];
const PUSH_PLATFORMS = ['ADM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'BAIDU'];
const VARIANTS = [...PROTOCOLS, ...PUSH_PLATFORMS, 'firehose', 'GCM', 'MPNS', 'WNS'];

/** One message, or by MessageStructure `json` one for each protocol that it names. */
function structured(
  message: string,
  structure: string | undefined,
): Pick<Draft, 'message' | 'variants'> {
  if (structure === undefined || structure === '') return { message };
  if (structure !== 'json') throw invalid('MessageStructure');
  const byProtocol = parseStructure(message);
  const fallback = byProtocol.default;
  if (typeof fallback !== 'string') {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
  // Values that are no strings are ignored, as are protocols that nobody knows.
  const variants = VARIANTS.flatMap((protocol) => {
    const text = Object.hasOwn(byProtocol, protocol) ? byProtocol[protocol] : undefined;
    return typeof text === 'string' ? [[protocol, text] as const] : [];
  });
  if (variants.length === 0) return { message: fallback };
  return { message: fallback, variants: Object.fromEntries(variants) };
}

function parseStructure(message: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(message);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Refused below, as anything else that is no object.
  }
  throw invalid('Message Structure - JSON message body failed to parse');
}

function attributesOf(given: MessageAttributeMap): Readonly<Record<string, Attribute>> {
  const entries = Object.entries(given);
  for (const [name, value] of entries) checkAttribute(name, value);
  return Object.fromEntries(
    entries.map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      BinaryValue === undefined
        ? { DataType, StringValue: StringValue ?? '' }
        : { DataType, BinaryValue: Buffer.from(BinaryValue).toString('base64') },
    ]),
  );
}

const NAME = /^(?!aws\.|amazon\.)(?!.*\.\.)[a-z0-9_-](?:[a-z0-9_.-]{0,254}[a-z0-9_-])?$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function checkAttribute(name: string, value: MessageAttributeValue): void {
  const { DataType: type, StringValue: text, BinaryValue: bytes } = value;
  const refuse = (sentence: string) => fault('ParameterValueInvalid', sentence);
  const attribute = `The message attribute '${name}'`;
  if (!NAME.test(name)) throw refuse(`The message attribute name '${name}' is invalid.`);
  if (!type) throw refuse(`${attribute} must contain non-empty message attribute type.`);
  const kind = /^(String|Number|Binary)(?:\.|$)/.exec(type)?.[1];
  if (!kind) {
    const types = 'the set of supported type prefixes is Binary, Number, and String.';
    throw refuse(`${attribute} has an invalid message attribute type, ${types}`);
  }
  if (kind === 'Binary' ? !bytes?.length : !text) {
    const what = `non-empty message attribute value for message attribute type '${type}'.`;
    throw refuse(`${attribute} must contain ${what}`);
  }
  if (kind === 'Number' && !NUMBER.test(text ?? '')) {
    throw refuse(`Could not cast message attribute '${name}' value to number.`);
  }
}

function attributeBytes(attributes: MessageAttributeMap): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    bytes += BinaryValue?.length ?? Buffer.byteLength(StringValue ?? '');
  }
  return bytes;
}

/** 1 to 128 alphanumeric characters and punctuation. */
const ID = /^[A-Za-z0-9!-/:-@[-`{-~]{1,128}$/;

/** Checks what FIFO topics need and others do not take; completes the deduplication id. */
export function forTopic(draft: Draft, facts: TopicFacts): Draft {
  const { group, dedupId } = draft;
  if (group !== undefined && !ID.test(group)) throw invalid('MessageGroupId');
  if (dedupId !== undefined && !ID.test(dedupId)) throw invalid('MessageDeduplicationId');
  if (!facts.fifo) {
    if (dedupId === undefined) return draft;
    const why = 'The request includes MessageDeduplicationId parameter that is not valid';
    throw invalid(`MessageDeduplicationId Reason: ${why} for this topic type`);
  }
  if (group === undefined) {
    throw invalid('The MessageGroupId parameter is required for FIFO topics');
  }
  if (dedupId !== undefined) return draft;
  if (!facts.contentBasedDeduplication) {
    throw invalid(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId ' +
        'provided explicitly',
    );
  }
  return { ...draft, dedupId: hash('sha256', draft.published, 'hex') };
}

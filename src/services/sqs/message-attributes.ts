/**
 * Message attributes: what may be sent, what it weighs, and the MD5 that every SDK recomputes
 * and compares.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
import { hash } from 'node:crypto';
import type { Attribute } from '../../delivery/targets.ts';
import type { MessageAttributeValue } from '../../wire/types/sqs.ts';
import { fault } from './errors.ts';
import { forbiddenCharacters, hasOnlyAllowedCharacters } from './message-bodies.ts';

/** As kept with a message: by name, the type and the value; a binary value is base64. */
export type StoredAttributes = Readonly<Record<string, readonly [type: string, value: string]>>;

type Given = Readonly<Record<string, MessageAttributeValue | undefined>>;

const MOST_ATTRIBUTES = 10;
const MOST_DIGITS = 38;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The attributes as they are kept; undefined when there are none. Throws AWS's errors. */
export function readAttributes(
  given: Given | undefined,
  kind: 'user' | 'system' = 'user',
): StoredAttributes | undefined {
  if (!given) return undefined;
  const all = Object.entries(given);
  if (all.length === 0) return undefined;
  if (all.length > MOST_ATTRIBUTES) {
    const many = `Number of message attributes [${all.length}] exceeds`;
    throw fault('InvalidParameterValue', `${many} the allowed maximum [${MOST_ATTRIBUTES}].`);
  }
  return Object.fromEntries(
    all.flatMap(([name, attribute]) =>
      attribute ? [[name, readAttribute(name, attribute, kind)]] : [],
    ),
  );
}

function readAttribute(
  name: string,
  attribute: MessageAttributeValue,
  kind: 'user' | 'system',
): readonly [string, string] {
  const wrong = (what: string) =>
    fault('InvalidParameterValue', `Message (${kind}) attribute '${name}' ${what}`);
  checkName(name);
  const { DataType: type, StringValue: text, BinaryValue: bytes } = attribute;
  if (attribute.StringListValues?.length || attribute.BinaryListValues?.length) {
    const lists = 'Message attribute list values in SendMessage operation are not supported.';
    throw fault('UnsupportedOperation', lists);
  }
  if (!type) throw wrong('must contain a non-empty message attribute type.');
  const [base = ''] = type.split('.', 1);
  if (!/^(?:String|Number|Binary)$/.test(base) || type.length > 256 || /\.$|\.\./.test(type)) {
    const prefixes = 'the following supported type prefixes: Binary, Number, String.';
    const what = `The type of message (${kind}) attribute '${name}' is invalid.`;
    throw fault('InvalidParameterValue', `${what} You must use only ${prefixes}`);
  }
  const empty = () => wrong(`must contain a non-empty value of type '${base}'.`);
  if (base === 'Binary') {
    if (!bytes || bytes.length === 0) throw empty();
    return [type, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')];
  }
  if (!text) throw empty();
  if (!hasOnlyAllowedCharacters(text)) throw forbiddenCharacters();
  if (base === 'Number') checkNumber(name, text, kind);
  return [type, text];
}

function checkNumber(name: string, text: string, kind: string): void {
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+/, '');
  if (NUMBER.test(text) && digits.length <= MOST_DIGITS) return;
  const cast = `Can't cast the value of message (${kind}) attribute '${name}' to a number.`;
  throw fault('InvalidParameterValue', cast);
}

function checkName(name: string): void {
  const wellFormed = /^[\w.-]{1,256}$/.test(name) && !/^\.|\.$|\.\./.test(name);
  if (wellFormed && !/^(?:aws|amazon)\./i.test(name)) return;
  const alphabet = 'A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters';
  const rules = 'It must not begin with AWS. or Amazon., nor begin or end with a period.';
  const sentence = `The message attribute name '${name}' is invalid.`;
  throw fault('InvalidParameterValue', `${sentence} It can contain ${alphabet}. ${rules}`);
}

/** What attributes add to the size of a message: names, types and values in UTF-8. */
export function attributeBytes(given: Given | undefined): number {
  if (!given) return 0;
  let bytes = 0;
  for (const [name, attribute] of Object.entries(given)) {
    if (!attribute) continue;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType);
    if (attribute.StringValue !== undefined) bytes += Buffer.byteLength(attribute.StringValue);
    bytes += attribute.BinaryValue?.length ?? 0;
  }
  return bytes;
}

/** A payload's attributes as the wire has them. */
export function fromPayload(
  attributes: Readonly<Record<string, Attribute>> | undefined,
): Readonly<Record<string, MessageAttributeValue>> | undefined {
  if (!attributes) return undefined;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { BinaryValue: base64, ...others }]) => [
      name,
      base64 === undefined ? others : { ...others, BinaryValue: Buffer.from(base64, 'base64') },
    ]),
  );
}

/** Attributes as an answer carries them. */
export function answerAttributes(
  stored: StoredAttributes,
): Readonly<Record<string, MessageAttributeValue>> {
  return Object.fromEntries(
    Object.entries(stored).map(([name, [type, value]]) => [
      name,
      type.startsWith('Binary')
        ? { BinaryValue: Buffer.from(value, 'base64'), DataType: type }
        : { StringValue: value, DataType: type },
    ]),
  );
}

/**
 * The digest of attributes: in the order of their names, of each the length and bytes of name,
 * type and value, with a 1 (text) or a 2 (binary) before the value.
 */
export function attributesMd5(stored: StoredAttributes): string {
  const parts: Uint8Array[] = [];
  const add = (bytes: Uint8Array) => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  };
  for (const name of Object.keys(stored).sort()) {
    const [type, value] = stored[name] ?? ['', ''];
    const binary = type.startsWith('Binary');
    add(Buffer.from(name));
    add(Buffer.from(type));
    parts.push(Uint8Array.of(binary ? 2 : 1));
    add(Buffer.from(value, binary ? 'base64' : 'utf8'));
  }
  return hash('md5', Buffer.concat(parts), 'hex');
}

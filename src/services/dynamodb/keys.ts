/**
 * Keys of items: checked against the schema, and as the text that rows are ordered by.
 *
 * The text is a hash of the partition key in eight hexadecimal digits, the length of the encoded
 * partition key, that key, and the sort key. So the items of one partition key stand together in
 * the order of their sort keys, and all of them in an order that has nothing to do with their
 * making, as on AWS. The key of an index entry has the item's own key behind that of the index.
 */
import type { Item, Value } from '../../expressions/attribute-values.ts';
import { memberOf, typeOf } from '../../expressions/attribute-values.ts';
import { encodeKey, isKeyValue } from '../../expressions/key-text.ts';
import { invalid, invalidValues } from './errors.ts';
import type { KeyAttribute, KeySchema } from './store.ts';

/** Ends an encoded sort key: before every character that one may hold. */
export const END = '\u0001';
/** Behind all that begins with a sort key and `END`, before every longer sort key. */
export const BEYOND = '\u0002';
const ESCAPE = '\u0003';

/** All up to the escape, U+0003. */
const RESERVED = new RegExp(`[\0-${ESCAPE}]`);
const EACH_RESERVED = new RegExp(RESERVED, 'g');

/** The encoded key without the characters that mean something here, in the same order. */
export function orderText(value: Value): string {
  if (!isKeyValue(value)) throw new TypeError('A key of a type that no key can have');
  const text = encodeKey(value);
  if (!RESERVED.test(text)) return text;
  const escaped = (one: string) => ESCAPE + String.fromCharCode(one.charCodeAt(0) + 16);
  return text.replace(EACH_RESERVED, escaped);
}

/** What the keys of all items with this partition key begin with, and no others. */
export function partitionText(hash: Value): string {
  const text = orderText(hash);
  return `${hashOf(text)}${text.length.toString(36)}:${text}`;
}

/** FNV-1a with the finish of MurmurHash3, so that keys which differ little lie far apart. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0');
}

/** Where segment `segment` of `total` begins among all keys: a prefix of eight digits. */
export function segmentStart(segment: number, total: number): string {
  return Math.ceil((segment * 2 ** 32) / total)
    .toString(16)
    .padStart(8, '0');
}

/** The key text of what is known to have the schema's key. */
export function keyText({ hash, range }: KeySchema, item: Item): string {
  const head = partitionText(present(item, hash));
  return `${head}${range ? orderText(present(item, range)) : ''}${END}`;
}

function present(item: Item, { name }: KeyAttribute): Value {
  const value = memberOf(item, name);
  if (!value) throw new TypeError(`An item without its key ${name}`);
  return value;
}

/** The members of `item` that are its key. */
export function keyOf({ hash, range }: KeySchema, item: Item): Item {
  const key = [[hash.name, present(item, hash)] as const];
  if (range) key.push([range.name, present(item, range)]);
  return Object.fromEntries(key);
}

/** Refuses a `Key` that is not exactly the table's. */
export function checkKey({ hash, range }: KeySchema, key: Item): void {
  const attributes = range ? [hash, range] : [hash];
  const matches =
    Object.keys(key).length === attributes.length &&
    attributes.every(({ name, type }) => {
      const value = memberOf(key, name);
      return value !== undefined && typeOf(value) === type;
    });
  if (!matches) throw invalid('The provided key element does not match the schema');
  checkSizes({ hash, range }, key);
}

/** Refuses an item that lacks the table's key or has it with other types. */
export function checkItemKey(schema: KeySchema, item: Item): void {
  for (const { name, type } of attributesOf(schema)) {
    const value = memberOf(item, name);
    if (!value) throw invalidValues(`Missing the key ${name} in the item`);
    if (typeOf(value) !== type) {
      throw invalidValues(
        `Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
      );
    }
  }
  checkSizes(schema, item);
}

export function attributesOf({ hash, range }: KeySchema): readonly KeyAttribute[] {
  return range ? [hash, range] : [hash];
}

const MOST_HASH_BYTES = 2048;
const MOST_RANGE_BYTES = 1024;

function checkSizes({ hash, range }: KeySchema, key: Item): void {
  const sizeOf = ({ name }: KeyAttribute) => {
    const bytes = keyBytes(memberOf(key, name));
    if (bytes !== 0) return bytes;
    const kind = emptyKind(memberOf(key, name));
    throw invalid(
      'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
        `cannot contain an empty ${kind} value. Key: ${name}`,
    );
  };
  if (sizeOf(hash) > MOST_HASH_BYTES) throw tooLargeHash();
  if (range && sizeOf(range) > MOST_RANGE_BYTES) throw tooLargeRange();
}

function emptyKind(value: Value | undefined): 'string' | 'binary' {
  return value && 'B' in value ? 'binary' : 'string';
}

function keyBytes(value: Value | undefined): number {
  if (!value) return 0;
  if ('S' in value) return Buffer.byteLength(value.S);
  return 'B' in value ? value.B.byteLength : 1;
}

function tooLargeHash() {
  return invalidValues(
    `Size of hashkey has exceeded the maximum size limit of${MOST_HASH_BYTES} bytes`,
  );
}

function tooLargeRange() {
  return invalidValues(
    `Aggregated size of all range keys has exceeded the size limit of ${MOST_RANGE_BYTES} bytes`,
  );
}

/** Why a value cannot be the key of an index. */
export type Unfit =
  | { readonly why: 'type'; readonly actual: string }
  | { readonly why: 'empty'; readonly kind: 'string' | 'binary' }
  | { readonly why: 'size' };

export function unfitness(
  value: Value,
  { type }: KeyAttribute,
  role: 'hash' | 'range',
): Unfit | undefined {
  const actual = typeOf(value);
  if (actual !== type) return { why: 'type', actual };
  const bytes = keyBytes(value);
  if (bytes === 0) return { why: 'empty', kind: emptyKind(value) };
  return bytes > (role === 'hash' ? MOST_HASH_BYTES : MOST_RANGE_BYTES)
    ? { why: 'size' }
    : undefined;
}

export function tooLarge(role: 'hash' | 'range') {
  return role === 'hash' ? tooLargeHash() : tooLargeRange();
}

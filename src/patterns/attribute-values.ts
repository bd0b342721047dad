/**
 * Plain values as DynamoDB attributes and back.
 *
 * Members that are undefined are left out, as in JSON. What has no attribute type of its own (a
 * Date, an instance of a class, NaN) is refused instead of stored as something else.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The plain values of an item, a key or an expression. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An attribute as the SDK gives it, or as a stream's record in a Lambda event does. */
export interface ImageValue {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly BOOL?: boolean | undefined;
  readonly NULL?: boolean | undefined;
  /** Base64 text in Lambda's events. */
  readonly B?: Uint8Array | string | undefined;
  readonly L?: readonly ImageValue[] | undefined;
  readonly M?: Readonly<Record<string, ImageValue>> | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly NS?: readonly string[] | undefined;
  readonly BS?: readonly (Uint8Array | string)[] | undefined;
}

export type Image = Readonly<Record<string, ImageValue>>;

/** The attributes of `values`; throws a TypeError that names the member it cannot store. */
export function toItem(values: object): Record<string, AttributeValue> {
  return members(values, '');
}

function members(values: object, path: string): Record<string, AttributeValue> {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    kept.map(([name, value]) => [name, toValue(value, path ? `${path}.${name}` : name)]),
  );
}

function toValue(value: unknown, path: string): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'bigint' || Number.isFinite(value)) return { N: String(value) };
  if (value instanceof Uint8Array) return { B: value };
  if (value instanceof Set) return toSet([...value], path);
  if (Array.isArray(value)) {
    // As in JSON: an element that is undefined keeps its place.
    return { L: value.map((element, at) => toValue(element ?? null, `${path}[${at}]`)) };
  }
  if (isPlain(value)) return { M: members(value, path) };
  throw new TypeError(`DynamoDB has no attribute type for ${path}: ${describe(value)}.`);
}

function toSet(elements: readonly unknown[], path: string): AttributeValue {
  const values = elements.map((element) => toValue(element, path));
  const [first] = values;
  if (first?.S !== undefined) return { SS: values.map(({ S }) => S ?? '') };
  if (first?.N !== undefined) return { NS: values.map(({ N }) => N ?? '') };
  if (first?.B !== undefined) return { BS: values.map(({ B }) => B ?? new Uint8Array()) };
  throw new TypeError(`The set ${path} is not one of strings, numbers or bytes, or is empty.`);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function describe(value: unknown): string {
  return typeof value === 'object' ? `a ${value?.constructor?.name ?? 'object'}` : String(value);
}

/** The plain values of an item or of a stream record's image. */
export function fromItem(item: Image): Attributes {
  return Object.fromEntries(Object.entries(item).map(([name, one]) => [name, fromValue(one)]));
}

function fromValue(value: ImageValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return fromNumber(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M !== undefined) return fromItem(value.M);
  if (value.L !== undefined) return value.L.map(fromValue);
  if (value.B !== undefined) return fromBytes(value.B);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.NS !== undefined) return new Set(value.NS.map(fromNumber));
  if (value.BS !== undefined) return new Set(value.BS.map(fromBytes));
  return null;
}

/** A whole number that a JavaScript number would change is answered as a bigint. */
function fromNumber(text: string): number | bigint {
  const number = Number(text);
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) return number;
  return BigInt(number) === BigInt(text) ? number : BigInt(text);
}

function fromBytes(bytes: Uint8Array | string): Uint8Array {
  return typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : bytes;
}

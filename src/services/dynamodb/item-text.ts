/**
 * Items as text: their size by DynamoDB's rule, a mark, and their own JSON.
 *
 * `1024 {"pk":{"S":"a"}}`. The mark is `b` where the JSON holds binaries (as base64) that
 * somebody must turn back into bytes, and a space where what is parsed is the item already.
 */
import type { Item, Value } from '../../expressions/attribute-values.ts';
import { itemBytes } from '../../expressions/sizes.ts';

export interface ItemText {
  readonly json: string;
  readonly bytes: number;
}

/** What a row holds. */
export function rowOf(item: Item): string {
  const { json, bytes, mark } = textOf(item);
  return `${bytes}${mark}${json}`;
}

export function textOf(item: Item): ItemText & { readonly mark: string } {
  const bytes = itemBytes(item);
  // Most items have no binaries, and a plain `stringify` is several times as fast.
  if (!Object.values(item).some(holdsBytes)) {
    return { json: JSON.stringify(item), bytes, mark: ' ' };
  }
  return { json: JSON.stringify(item, inBase64), bytes, mark: 'b' };
}

function holdsBytes(value: Value): boolean {
  if ('B' in value || 'BS' in value) return true;
  if ('L' in value) return value.L.some(holdsBytes);
  return 'M' in value && Object.values(value.M).some(holdsBytes);
}

/** For `JSON.stringify`, before which a Buffer turns into something else: so it looks itself. */
export function inBase64(this: unknown, name: string, value: unknown): unknown {
  const member: unknown = Object(this)[name];
  if (!(member instanceof Uint8Array)) return value;
  return Buffer.from(member.buffer, member.byteOffset, member.byteLength).toString('base64');
}

export function jsonOfRow(row: string): string {
  return row.slice(row.indexOf('{'));
}

/** The size that stands in front. */
export function bytesOfRow(row: string): number {
  return Number.parseInt(row, 10);
}

export function itemOfRow(row: string): Item {
  const start = row.indexOf('{');
  const item = JSON.parse(row.slice(start)) as Item;
  return row.charAt(start - 1) === 'b' ? withBytes(item) : item;
}

/** An item of JSON with each binary, which is base64 there, as bytes. */
export function withBytes(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, bytesIn(value)]));
}

function bytesIn(value: Value): Value {
  if ('B' in value) return { B: bytesOf(value.B) };
  if ('BS' in value) return { BS: value.BS.map(bytesOf) };
  if ('L' in value) return { L: value.L.map(bytesIn) };
  return 'M' in value ? { M: withBytes(value.M) } : value;
}

/** Typed as what it will be: the JSON of a value holds base64 in place of bytes. */
function bytesOf(base64: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(base64), 'base64'));
}

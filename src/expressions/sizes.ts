/**
 * How many bytes DynamoDB counts for an item: the UTF-8 bytes of each name and its value.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
import type { Item, Value } from './attribute-values.ts';

/** "An attribute of type List or Map requires 3 bytes of overhead, regardless of its contents." */
const CONTAINER_BYTES = 3;
/** "Each List or Map element also requires 1 byte of overhead." */
const MEMBER_BYTES = 1;

export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    bytes += Buffer.byteLength(name) + valueBytes(value);
  }
  return bytes;
}

export function valueBytes(value: Value): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('B' in value) return value.B.byteLength;
  if ('NULL' in value || 'BOOL' in value) return 1;
  if ('SS' in value) return total(value.SS, (member) => Buffer.byteLength(member));
  if ('NS' in value) return total(value.NS, numberBytes);
  if ('BS' in value) return total(value.BS, (member) => member.byteLength);
  if ('L' in value) {
    return CONTAINER_BYTES + total(value.L, (member) => MEMBER_BYTES + valueBytes(member));
  }
  return CONTAINER_BYTES + itemBytes(value.M) + MEMBER_BYTES * Object.keys(value.M).length;
}

/**
 * "The size of a number is approximately (1 byte per two significant digits) + (1 byte)", and one
 * more for a negative one. Pairs are cut at even powers of ten, so the outer ones may be half full.
 */
function numberBytes(text: string): number {
  if (text === '0') return 1;
  const negative = text.startsWith('-');
  const point = text.indexOf('.');
  const digits = text.replace(/^[-0.]+|\./g, '').replace(/0+$/, '').length;
  const zeros = point < 0 ? text.length - text.search(/0*$/) : text.length - point - 1;
  return 1 + Math.ceil((digits + (zeros % 2)) / 2) + (negative ? 1 : 0);
}

function total<Member>(members: readonly Member[], bytes: (member: Member) => number): number {
  return members.reduce((sum, member) => sum + bytes(member), 0);
}

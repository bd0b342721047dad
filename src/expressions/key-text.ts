/**
 * Keys as text that sorts as DynamoDB sorts the values.
 *
 * The order of the texts' UTF-8 bytes is the order of the values: text by its UTF-8 bytes, numbers
 * by size whatever their exponents, binaries by unsigned bytes. A text encodes to itself, so that
 * a prefix of a value is a prefix of its encoding; a binary to two hexadecimal digits per byte,
 * with the same property.
 */
import type { Value } from './attribute-values.ts';
import { magnitudeOf, readNumber, significantDigits } from './numbers.ts';

/** What a key attribute can be. */
export type KeyValue = Extract<Value, { S: string } | { N: string } | { B: Uint8Array }>;

export function isKeyValue(value: Value): value is KeyValue {
  return 'S' in value || 'N' in value || 'B' in value;
}

export function encodeKey(value: KeyValue): string {
  if ('S' in value) return value.S;
  if ('N' in value) return encodeNumber(value.N);
  return Buffer.from(value.B).toString('hex');
}

/** Magnitudes run from -130 to 125; moved up by this they have three digits and no sign. */
const MAGNITUDE_OFFSET = 300;
/** Behind the digits of a negative number, so that fewer digits come after more. */
const AFTER_DIGITS = '~';

/**
 * Sign, magnitude, digits: `2` for positive, `1` for zero, `0` for negative, whose magnitude and
 * digits are complemented so that the larger comes first.
 */
function encodeNumber(text: string): string {
  const number = readNumber(text);
  const digits = significantDigits(number);
  if (digits === '') return '1';
  const magnitude = String(magnitudeOf(number) + MAGNITUDE_OFFSET);
  if (number.coefficient > 0n) return `2${magnitude}${digits}`;
  return `0${complement(magnitude)}${complement(digits)}${AFTER_DIGITS}`;
}

function complement(digits: string): string {
  let turned = '';
  for (const digit of digits) turned += 9 - Number(digit);
  return turned;
}

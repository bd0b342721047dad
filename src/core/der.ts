/** DER, as far as certificates need it. https://www.itu.int/rec/T-REC-X.690 */

/** Tag, length, value. */
export function tlv(tag: number, value: Uint8Array): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const bytes = Buffer.from(evenHex(length), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, value]);
}

function evenHex(number: number): string {
  const hex = number.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return tlv(0x30, Buffer.concat(items));
}

export function set(...items: readonly Uint8Array[]): Buffer {
  return tlv(0x31, Buffer.concat(items));
}

/** An explicit context tag. */
export function tagged(tag: number, item: Uint8Array): Buffer {
  return tlv(0xa0 | tag, item);
}

/** A number that is not negative; DER wants it short, and its first bit clear. */
export function integer(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const short = bytes.subarray(start);
  const negative = ((short[0] ?? 0) & 0x80) !== 0;
  return tlv(0x02, negative ? Buffer.concat([Buffer.from([0]), short]) : short);
}

export function boolean(value: boolean): Buffer {
  return tlv(0x01, Buffer.from([value ? 0xff : 0]));
}

export function octets(value: Uint8Array): Buffer {
  return tlv(0x04, value);
}

/** `unused` bits at the end do not count. */
export function bits(value: Uint8Array, unused = 0): Buffer {
  return tlv(0x03, Buffer.concat([Buffer.from([unused]), value]));
}

export function nothing(): Buffer {
  return tlv(0x05, Buffer.alloc(0));
}

export function text(value: string): Buffer {
  return tlv(0x0c, Buffer.from(value));
}

export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): readonly number[] {
  const digits = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

/** UTCTime up to 2049, GeneralizedTime from 2050 on. */
export function moment(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]|\.\d+/g, '');
  return digits < '2050' ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

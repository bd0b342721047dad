/**
 * Internet addresses and the blocks of them that `cidr` names.
 *
 * As in event-ruler a block runs from the address as written to the last address that shares the
 * masked bits, so 10.0.0.5/24 begins at 10.0.0.5.
 */
import { PatternError } from './error.ts';

export interface Block {
  readonly version: 4 | 6;
  readonly bits: number;
  readonly first: bigint;
  readonly last: bigint;
}

export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** The block that `text` names, or a PatternError in event-ruler's words. */
export function parseBlock(text: string): Block {
  const [name, mask, ...rest] = text.split('/');
  if (name === undefined || mask === undefined || rest.length > 0) {
    throw new PatternError("Malformed CIDR, one '/' required");
  }
  if (!/^[+-]?\d+$/.test(mask)) {
    throw new PatternError('Malformed CIDR, mask bits must be an integer');
  }
  const bits = Number(mask);
  if (bits < 0) throw new PatternError('Malformed CIDR, mask bits must not be negative');
  const address = parseAddress(name);
  if (!address) throw new PatternError(`Nonstandard IP address: ${name}`);
  const width = address.version === 4 ? 32 : 128;
  if (bits >= width) throw new PatternError(`IPv${address.version} mask bits must be < ${width}`);
  const hosts = (1n << BigInt(width - bits)) - 1n;
  return {
    version: address.version,
    bits,
    first: address.value,
    last: address.value | hosts,
  };
}

/** Whether `text` is an address inside `block`. */
export function contains(block: Block, text: string): boolean {
  const address = parseAddress(text);
  if (!address || address.version !== block.version) return false;
  return address.value >= block.first && address.value <= block.last;
}

/** The longest text of an address, so that long values are not looked at. */
const MAX_CHARS = 45;

export function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_CHARS) return undefined;
  const value = text.includes(':') ? parseV6(text) : parseV4(text);
  if (value === undefined) return undefined;
  return { version: text.includes(':') ? 6 : 4, value };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = halves.length === 2 ? groups(halves[1] ?? '') : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  let value = 0n;
  for (const group of [...head, ...Array<number>(missing).fill(0), ...tail]) {
    value = (value << 16n) | BigInt(group);
  }
  return value;
}

function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  if (!parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  return parts.map((part) => Number.parseInt(part, 16));
}

/** The address in full, with no group of zeros left out. */
export function addressText(version: 4 | 6, value: bigint): string {
  if (version === 4) return cut(value, 4, 8n).join('.');
  return cut(value, 8, 16n)
    .map((group) => group.toString(16))
    .join(':');
}

function cut(value: bigint, count: number, bits: bigint): bigint[] {
  const mask = (1n << bits) - 1n;
  return Array.from(
    { length: count },
    (_, at) => (value >> (BigInt(count - 1 - at) * bits)) & mask,
  );
}

/**
 * Writes CBOR (RFC 8949) with definite lengths. Whole numbers become integers, all others 64-bit
 * floats, and what is undefined is left out of maps.
 */
import { CborFloat, CborTag } from './cbor-values.ts';

interface Page {
  bytes: Buffer;
  at: number;
}

/** Handed out in slices; one that has grown for a large answer is let go afterwards. */
const PAGE_BYTES = 64 * 1024;
let spare = Buffer.allocUnsafe(PAGE_BYTES);

export function writeCbor(value: unknown): Uint8Array {
  const page = { bytes: spare, at: 0 };
  writeValue(page, value);
  if (page.bytes === spare) return Buffer.from(page.bytes.subarray(0, page.at));
  spare = Buffer.allocUnsafe(PAGE_BYTES);
  return page.bytes.subarray(0, page.at);
}

function reserve(page: Page, length: number): number {
  const start = page.at;
  const needed = start + length;
  if (needed > page.bytes.length) {
    const grown = Buffer.allocUnsafe(Math.max(needed, page.bytes.length * 2));
    page.bytes.copy(grown, 0, 0, start);
    page.bytes = grown;
  }
  page.at = needed;
  return start;
}

function writeByte(page: Page, byte: number): void {
  const start = reserve(page, 1); // First, because it may put a larger buffer in place.
  page.bytes[start] = byte;
}

function writeHead(page: Page, kind: number, argument: number): void {
  const major = kind << 5;
  if (argument < 24) writeByte(page, major | argument);
  else if (argument < 0x100) {
    const start = reserve(page, 2);
    page.bytes[start] = major | 24;
    page.bytes[start + 1] = argument;
  } else if (argument < 0x10000) {
    const start = reserve(page, 3);
    page.bytes[start] = major | 25;
    page.bytes.writeUInt16BE(argument, start + 1);
  } else if (argument < 0x100000000) {
    const start = reserve(page, 5);
    page.bytes[start] = major | 26;
    page.bytes.writeUInt32BE(argument, start + 1);
  } else {
    const start = reserve(page, 9);
    page.bytes[start] = major | 27;
    page.bytes.writeUInt32BE(Math.floor(argument / 2 ** 32), start + 1);
    page.bytes.writeUInt32BE(argument % 2 ** 32, start + 5);
  }
}

function writeValue(page: Page, value: unknown): void {
  if (typeof value === 'string') writeText(page, value);
  else if (typeof value === 'number') writeNumber(page, value);
  else if (typeof value === 'boolean') writeByte(page, value ? 0xf5 : 0xf4);
  else if (typeof value === 'object' && value !== null) writeObject(page, value);
  else writeByte(page, 0xf6);
}

function writeText(page: Page, text: string): void {
  const length = Buffer.byteLength(text);
  writeHead(page, 3, length);
  const start = reserve(page, length);
  page.bytes.write(text, start, length, 'utf8');
}

function writeNumber(page: Page, value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) writeFloat(page, value);
  else if (value >= 0) writeHead(page, 0, value);
  else writeHead(page, 1, -1 - value);
}

function writeFloat(page: Page, value: number): void {
  const start = reserve(page, 9);
  page.bytes[start] = 0xfb;
  page.bytes.writeDoubleBE(value, start + 1);
}

function writeObject(page: Page, value: object): void {
  if (value instanceof Uint8Array) {
    writeHead(page, 2, value.length);
    const start = reserve(page, value.length);
    page.bytes.set(value, start);
  } else if (Array.isArray(value)) {
    writeHead(page, 4, value.length);
    for (const element of value) writeValue(page, element);
  } else if (value instanceof CborFloat) writeFloat(page, value.value);
  else if (value instanceof CborTag) {
    writeHead(page, 6, value.tag);
    writeValue(page, value.value);
  } else writeMap(page, value as Record<string, unknown>);
}

function writeMap(page: Page, value: Record<string, unknown>): void {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  writeHead(page, 5, keys.length);
  for (const key of keys) {
    writeText(page, key);
    writeValue(page, value[key]);
  }
}

/**
 * Reads CBOR (RFC 8949) as strangers send it: nesting and lengths are bounded by the bytes that
 * are there, keys are text and unique, and the only tag is 1, a moment.
 *
 * Answers plain values, dictionaries, `Uint8Array`s that share the input's memory, and `CborTag`s.
 */

import { notReadable, tooDeep } from '../errors/framework-errors.ts';
import { CborTag } from './cbor-values.ts';
import { type Dictionary, dictionary } from './dictionary.ts';

/** AWS documents no limit; recursion needs one. */
const DEEPEST = 128;
const INDEFINITE = 31;
const BREAK = 0xff;

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

export function readCbor(body: Uint8Array): unknown {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const cursor = { bytes, at: 0 };
  const value = readValue(cursor, 0);
  if (cursor.at !== bytes.length) throw broken('data after its end');
  return value;
}

function broken(what: string) {
  return notReadable(`The CBOR document is not well formed: ${what}.`);
}

function readValue(cursor: Cursor, depth: number): unknown {
  const initial = readByte(cursor);
  const kind = initial >> 5;
  const info = initial & 31;
  switch (kind) {
    case 0:
      return readLength(cursor, info);
    case 1:
      return -1 - readLength(cursor, info);
    case 2:
      return info === INDEFINITE ? readChunks(cursor, 2) : readBytes(cursor, info);
    case 3:
      return info === INDEFINITE ? readChunks(cursor, 3).toString('utf8') : readText(cursor, info);
    case 4:
      return readList(cursor, info, deeper(depth));
    case 5:
      return readMap(cursor, info, deeper(depth));
    case 6:
      return readTag(cursor, info, deeper(depth));
    default:
      return readSimple(cursor, info);
  }
}

function deeper(depth: number): number {
  if (depth >= DEEPEST) throw tooDeep(DEEPEST);
  return depth + 1;
}

function readByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw broken('it ends early');
  cursor.at += 1;
  return byte;
}

/** Moves past `length` bytes and answers where they begin. */
function take(cursor: Cursor, length: number): number {
  const start = cursor.at;
  if (length > cursor.bytes.length - start) throw broken('it ends early');
  cursor.at = start + length;
  return start;
}

/** An initial byte's argument. Beyond 2^53 its last digits are lost, beyond 2^63 it is refused. */
function readLength(cursor: Cursor, info: number): number {
  if (info < 24) return info;
  if (info === 24) return readByte(cursor);
  if (info === 25) return cursor.bytes.readUInt16BE(take(cursor, 2));
  if (info === 26) return cursor.bytes.readUInt32BE(take(cursor, 4));
  if (info !== 27) throw broken('a reserved length');
  const start = take(cursor, 8);
  const high = cursor.bytes.readUInt32BE(start);
  if (high >= 2 ** 31) throw notReadable('A number is out of the range of Long.');
  return high * 2 ** 32 + cursor.bytes.readUInt32BE(start + 4);
}

function readBytes(cursor: Cursor, info: number): Uint8Array {
  const length = readLength(cursor, info);
  const start = take(cursor, length);
  return cursor.bytes.subarray(start, cursor.at);
}

/** Short ASCII, which keys are, is read three times as fast by hand as by the decoder. */
const BY_HAND = 24;

function readText(cursor: Cursor, info: number): string {
  const length = readLength(cursor, info);
  const start = take(cursor, length);
  if (length <= BY_HAND) {
    let text = '';
    let at = start;
    for (; at < cursor.at; at += 1) {
      const byte = cursor.bytes[at] as number;
      if (byte > 0x7f) break;
      text += String.fromCharCode(byte);
    }
    if (at === cursor.at) return text;
  }
  return cursor.bytes.toString('utf8', start, cursor.at);
}

function readChunks(cursor: Cursor, kind: number): Buffer {
  const chunks: Uint8Array[] = [];
  for (let initial = readByte(cursor); initial !== BREAK; initial = readByte(cursor)) {
    if (initial >> 5 !== kind || (initial & 31) === INDEFINITE) throw broken('a foreign chunk');
    chunks.push(readBytes(cursor, initial & 31));
  }
  return Buffer.concat(chunks);
}

/** True at the end of a list or map of `left` more entries; -1 stands for "until a break". */
function ended(cursor: Cursor, left: number): boolean {
  if (left !== -1) return left === 0;
  if (cursor.bytes[cursor.at] !== BREAK) return false;
  cursor.at += 1;
  return true;
}

function readCount(cursor: Cursor, info: number): number {
  if (info === INDEFINITE) return -1;
  const count = readLength(cursor, info);
  if (count > cursor.bytes.length - cursor.at) throw broken('it ends early');
  return count;
}

function readList(cursor: Cursor, info: number, depth: number): unknown[] {
  const list: unknown[] = [];
  for (let left = readCount(cursor, info); !ended(cursor, left); left -= left === -1 ? 0 : 1) {
    list.push(readValue(cursor, depth));
  }
  return list;
}

function readMap(cursor: Cursor, info: number, depth: number): Dictionary<unknown> {
  const map = dictionary<unknown>();
  for (let left = readCount(cursor, info); !ended(cursor, left); left -= left === -1 ? 0 : 1) {
    const key = readValue(cursor, depth);
    if (typeof key !== 'string') throw broken('a key that is no text');
    if (Object.hasOwn(map, key)) throw broken('a key that comes twice');
    map[key] = readValue(cursor, depth);
  }
  return map;
}

function readTag(cursor: Cursor, info: number, depth: number): CborTag {
  const tag = readLength(cursor, info);
  if (tag !== 1) throw broken(`tag ${tag} is not known`);
  return new CborTag(tag, readValue(cursor, depth));
}

function readSimple(cursor: Cursor, info: number): unknown {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
    case 23:
      return null;
    case 25:
      return halfFloat(cursor.bytes.readUInt16BE(take(cursor, 2)));
    case 26:
      return cursor.bytes.readFloatBE(take(cursor, 4));
    case 27:
      return cursor.bytes.readDoubleBE(take(cursor, 8));
    default:
      throw broken(`simple value ${info}`);
  }
}

function halfFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * Records of a log packed into one row: their texts end to end, and beside them a list of
 * numbers that says when each was and where it ends.
 */
import { crc32 } from 'node:zlib';
import { damaged } from './damaged.ts';
import { Corrupt, type LogRecord } from './storage.ts';

export interface Packed {
  readonly frames: string;
  readonly text: string;
  readonly seal: number;
}

/** Numbers per record: moment, length of the key or -1 for none, length of the body. */
const FRAME = 3;

export function pack(records: readonly LogRecord[]): Packed {
  let frames = '';
  let text = '';
  for (const { atMs, key, body } of records) {
    if (frames) frames += ',';
    frames += `${atMs},${key === undefined ? -1 : key.length},${body.length}`;
    text += key === undefined ? body : key + body;
  }
  return { frames, text, seal: crc32(text, crc32(frames)) };
}

export function unpack({ frames, text, seal }: Packed, what: () => string): readonly LogRecord[] {
  if (crc32(text, crc32(frames)) !== seal) throw new Corrupt(damaged(what()));
  const numbers = frames.split(',');
  const records: LogRecord[] = [];
  let at = 0;
  for (let index = 0; index < numbers.length; index += FRAME) {
    const atMs = Number(numbers[index]);
    const keyLength = Number(numbers[index + 1]);
    const bodyAt = at + Math.max(0, keyLength);
    const end = bodyAt + Number(numbers[index + 2]);
    const body = text.slice(bodyAt, end);
    records.push(keyLength < 0 ? { atMs, body } : { atMs, key: text.slice(at, bodyAt), body });
    at = end;
  }
  return records;
}

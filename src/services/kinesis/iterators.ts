/**
 * Shard iterators: a position of a shard of a stream, and when it was made. To clients they are
 * opaque; a checksum tells those that were made up or cut off.
 */
import { crc32 } from 'node:zlib';
import type { StreamAddress } from './arns.ts';
import { fault, invalid } from './errors.ts';

export interface ShardIterator {
  readonly address: StreamAddress;
  readonly streamId: string;
  readonly shard: number;
  readonly position: number;
  readonly madeAtMs: number;
}

const LIFE_MS = 300_000;
/** A version, six parts and a checksum; none of them holds the character between them. */
const BETWEEN = '/';
const VERSION = '1';
const PARTS = 9;

export function writeIterator(iterator: ShardIterator): string {
  const { address, streamId, shard, position, madeAtMs } = iterator;
  const { account, region, name } = address;
  const text = [VERSION, account, region, name, streamId, shard, position, madeAtMs].join(BETWEEN);
  return Buffer.from(`${text}${BETWEEN}${crc32(text)}`).toString('base64');
}

export function readIterator(text: string): ShardIterator {
  const whole = Buffer.from(text, 'base64').toString();
  const end = whole.lastIndexOf(BETWEEN);
  const parts = whole.split(BETWEEN);
  const isOurs = parts.length === PARTS && crc32(whole.slice(0, end)) === Number(parts.at(-1));
  if (!isOurs) throw invalid('Invalid ShardIterator.');
  const [, account = '', region = '', name = '', streamId = '', shard, position, madeAtMs] = parts;
  return {
    address: { account, region, name },
    streamId,
    shard: Number(shard),
    position: Number(position),
    madeAtMs: Number(madeAtMs),
  };
}

export function checkAge({ madeAtMs }: ShardIterator, nowMs: number): void {
  if (nowMs <= madeAtMs + LIFE_MS) return;
  throw fault(
    'ExpiredIteratorException',
    `Iterator expired. The iterator was created at time ${dateText(madeAtMs)} while right now it ` +
      `is ${dateText(nowMs)} which is further in the future than the tolerated delay of ` +
      `${LIFE_MS} milliseconds.`,
  );
}

/** As Java writes moments: `Mon Nov 02 10:00:00 UTC 2026`. */
function dateText(atMs: number): string {
  const [weekday = '', day, month, year, time] = new Date(atMs).toUTCString().split(' ');
  return `${weekday.replace(',', '')} ${month} ${day} ${time} UTC ${year}`;
}

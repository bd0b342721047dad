/**
 * Sequence numbers: 56 decimal digits that begin with 49, as AWS's do, and grow with each record
 * of a shard. They hold when the shard was opened, the record's position in its log, a hash of
 * the stream's id and the shard's number, so a number tells where it came from. As a child is
 * opened after its parents, its numbers are greater than all of theirs.
 */
import { hash } from 'node:crypto';
import type { Shard, Stream } from './store.ts';

const HEAD = '49';
const OPENED = 13;
const POSITION = 16;
const STREAM = 13;
const NUMBER = 12;
const FORM = new RegExp(
  `^${HEAD}(\\d{${OPENED}})(\\d{${POSITION}})(\\d{${STREAM}})(\\d{${NUMBER}})$`,
);

export interface Parsed {
  readonly openedAtMs: number;
  readonly position: number;
  readonly streamHash: string;
  readonly shard: number;
}

interface Frame {
  readonly before: string;
  readonly after: string;
}

const frames = new WeakMap<Shard, Frame>();

function frameOf(stream: Pick<Stream, 'id'>, shard: Shard): Frame {
  let frame = frames.get(shard);
  if (!frame) {
    const { openedAtMs, number } = shard;
    frame = {
      before: HEAD + padded(openedAtMs, OPENED),
      after: streamHash(stream) + padded(number, NUMBER),
    };
    frames.set(shard, frame);
  }
  return frame;
}

/** Position 0 is the shard's starting number, below that of its first record. */
export function sequenceNumber(stream: Pick<Stream, 'id'>, shard: Shard, position: number): string {
  const { before, after } = frameOf(stream, shard);
  return before + padded(position, POSITION) + after;
}

/** What a number says; undefined when it is none of ours. */
export function parseSequenceNumber(text: string): Parsed | undefined {
  const [, opened, position, from = '', shard] = FORM.exec(text) ?? [];
  if (opened === undefined) return undefined;
  return {
    openedAtMs: Number(opened),
    position: Number(position),
    streamHash: from,
    shard: Number(shard),
  };
}

/** Ten hexadecimal digits have no more than thirteen decimal ones. */
export function streamHash({ id }: Pick<Stream, 'id'>): string {
  return padded(Number.parseInt(hash('md5', id, 'hex').slice(0, 10), 16), STREAM);
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

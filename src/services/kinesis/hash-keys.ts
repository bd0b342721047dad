/**
 * Hash keys: which shard a record goes to. The MD5 of the partition key is read as a number of
 * 128 bits; kept as 32 hexadecimal digits, numbers compare as texts do.
 * https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key
 */
import { hash } from 'node:crypto';
import { openShards, type Shard, type Stream } from './store.ts';

const DIGITS = 32;
const SPACE = 2n ** 128n;
export const LAST_HASH = 'f'.repeat(DIGITS);

export function hashOf(partitionKey: string): string {
  return hash('md5', partitionKey, 'hex');
}

/** The digits of a decimal number; undefined when it is no hash key. */
export function fromDecimal(text: string): string | undefined {
  const value = BigInt(text);
  return value < SPACE ? hex(value) : undefined;
}

export function toDecimal(digits: string): string {
  return BigInt(`0x${digits}`).toString();
}

function hex(value: bigint): string {
  return value.toString(16).padStart(DIGITS, '0');
}

export function before(digits: string): string {
  return hex(BigInt(`0x${digits}`) - 1n);
}

export function after(digits: string): string {
  return hex(BigInt(`0x${digits}`) + 1n);
}

/** Where `count` equal ranges begin. */
export function uniformStarts(count: number): readonly string[] {
  const width = SPACE / BigInt(count);
  return Array.from({ length: count }, (_, index) => hex(width * BigInt(index)));
}

const ordered = new WeakMap<Stream, readonly Shard[]>();

/** The open shards of a stream in the order of their ranges, which have no gaps. */
export function byRange(stream: Stream): readonly Shard[] {
  let shards = ordered.get(stream);
  if (!shards) {
    shards = [...openShards(stream)].sort((a, b) => (a.first < b.first ? -1 : 1));
    ordered.set(stream, shards);
  }
  return shards;
}

/** The open shard that takes a record; its hash is only asked for where there is a choice. */
export function shardFor(stream: Stream, hashKey: () => string): Shard {
  const shards = byRange(stream);
  let [low, high] = [0, shards.length - 1];
  if (high > 0) {
    const wanted = hashKey();
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((shards[middle] as Shard).first <= wanted) low = middle;
      else high = middle - 1;
    }
  }
  const shard = shards[low];
  if (!shard) throw new Error(`Stream ${stream.name} has no open shard.`);
  return shard;
}

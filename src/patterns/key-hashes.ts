/**
 * Which shard a partition key belongs to: its MD5, read as a number, lies in the shard's range.
 * https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key
 */
import { createHash } from 'node:crypto';

export interface HashRange {
  readonly first: bigint;
  readonly last: bigint;
}

const SPACE = 2n ** 128n;

export function keyHash(partitionKey: string): bigint {
  return BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
}

export function holdsKey({ first, last }: HashRange, partitionKey: string): boolean {
  const hash = keyHash(partitionKey);
  return first <= hash && hash <= last;
}

/** The ranges of a new stream's shards. */
export function evenRanges(count: number): readonly HashRange[] {
  const width = SPACE / BigInt(count);
  return Array.from({ length: count }, (_, at) => {
    const next = at === count - 1 ? SPACE : width * BigInt(at + 1);
    return { first: width * BigInt(at), last: next - 1n };
  });
}

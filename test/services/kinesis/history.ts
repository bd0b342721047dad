/**
 * Histories of one stream, as fast-check draws them, beside a model that is so simple that it can
 * be read: shards are lists of records, and a reader is a place in such a list.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Operations } from '../../../src/wire/types/kinesis.ts';
import type { Suite } from '../../sdk/suite.ts';

const SPACE = 2n ** 128n;
const RETENTION_MS = 24 * 3_600_000;
const ITERATOR_MS = 300_000;

const pick = fc.nat({ max: 1_000 });

export type Step =
  | { readonly kind: 'put'; readonly key: number; readonly count: number }
  | { readonly kind: 'put at'; readonly hash: bigint }
  | { readonly kind: 'split'; readonly pick: number; readonly percent: number }
  | { readonly kind: 'merge'; readonly pick: number }
  | { readonly kind: 'scale'; readonly to: number }
  | { readonly kind: 'begin'; readonly pick: number; readonly from: From; readonly record: number }
  | { readonly kind: 'read'; readonly pick: number; readonly limit: number }
  | { readonly kind: 'wait'; readonly seconds: number };

type From = (typeof FROM)[number];

const FROM = [
  'TRIM_HORIZON',
  'LATEST',
  'AT_SEQUENCE_NUMBER',
  'AFTER_SEQUENCE_NUMBER',
  'AT_TIMESTAMP',
] as const;

const is = <Kind extends string>(kind: Kind) => fc.constant(kind);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: is('put'),
      key: fc.nat({ max: 9 }),
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  fc.record({ kind: is('put at'), hash: fc.bigInt({ min: 0n, max: SPACE - 1n }) }),
  fc.record({ kind: is('split'), pick, percent: fc.integer({ min: 1, max: 99 }) }),
  fc.record({ kind: is('merge'), pick }),
  fc.record({ kind: is('scale'), to: fc.integer({ min: 1, max: 6 }) }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: is('begin'),
      pick,
      from: fc.constantFrom(...FROM),
      record: pick,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: is('read'), pick, limit: fc.integer({ min: 1, max: 7 }) }),
  },
  fc.record({
    kind: is('wait'),
    seconds: fc.oneof(fc.nat({ max: 200 }), fc.integer({ min: 3_600, max: 90_000 })),
  }),
);

export const history = fc.record({
  shards: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
});

interface ModelRecord {
  readonly key: string;
  readonly data: string;
  readonly number: string;
  readonly atMs: number;
}

interface ModelShard {
  readonly id: string;
  readonly low: bigint;
  readonly high: bigint;
  readonly records: ModelRecord[];
  closedAtMs?: number;
}

interface Reader {
  readonly shard: ModelShard;
  iterator: string;
  /** Index of the record to be read next. */
  next: number;
  madeAtMs: number;
}

/** A stream and its model, taken through a history together. */
export class Twin {
  readonly #aws: Suite;
  readonly #name: string;
  readonly #shards = new Map<string, ModelShard>();
  #readers: Reader[] = [];
  #puts = 0;

  constructor(aws: Suite, name: string) {
    this.#aws = aws;
    this.#name = name;
  }

  async run(shards: number, steps: readonly Step[]): Promise<void> {
    await this.#ask('CreateStream', { StreamName: this.#name, ShardCount: shards });
    await this.#learn();
    for (const one of steps) await this.#do(one);
    for (const shard of this.#living()) await this.#begin(shard, 'TRIM_HORIZON', undefined);
    for (const reader of this.#readers.slice()) await this.#read(reader, 10_000);
  }

  async #do(one: Step): Promise<void> {
    const { length } = this.#readers;
    switch (one.kind) {
      case 'put':
        return this.#put(`key ${one.key}`, one.count);
      case 'put at':
        return this.#put('key', 1, one.hash);
      case 'split':
        return this.#split(this.#open(one.pick), BigInt(one.percent));
      case 'merge':
        return this.#merge(one.pick);
      case 'scale':
        return this.#scale(one.to);
      case 'begin': {
        const living = this.#living();
        const shard = living[one.pick % living.length];
        const record = shard?.records[one.record % Math.max(1, shard.records.length)];
        return shard && this.#begin(shard, one.from, record);
      }
      case 'read': {
        const reader = this.#readers[one.pick % Math.max(1, length)];
        return reader && this.#read(reader, one.limit);
      }
      case 'wait':
        return this.#aws.clock.advance(`${one.seconds}s`);
    }
  }

  async #put(key: string, count: number, explicit?: bigint): Promise<void> {
    const digest = createHash('md5').update(key).digest('hex');
    const hash = explicit ?? BigInt(`0x${digest}`);
    const taker = this.#openOnes().find(({ low, high }) => low <= hash && hash <= high);
    const data = Array.from({ length: count }, (_, index) => `${this.#puts + index}`);
    this.#puts += count;
    const { Records } = await this.#ask('PutRecords', {
      StreamName: this.#name,
      Records: data.map((text) => ({
        Data: Buffer.from(text),
        PartitionKey: key,
        ...(explicit !== undefined && { ExplicitHashKey: String(explicit) }),
      })),
    });
    for (const [index, { ShardId, SequenceNumber: number = '' }] of Records.entries()) {
      expect(ShardId).toBe(taker?.id);
      expect(number > (taker?.records.at(-1)?.number ?? '')).toBe(true);
      taker?.records.push({ key, data: data[index] ?? '', number, atMs: this.#nowMs() });
    }
  }

  async #split({ id, low, high }: ModelShard, percent: bigint): Promise<void> {
    const at = low + ((high - low) * percent) / 100n;
    if (at === low) return;
    const input = { ShardToSplit: id, NewStartingHashKey: String(at) };
    await this.#ask('SplitShard', { StreamName: this.#name, ...input });
    await this.#learn();
  }

  async #merge(pickOne: number): Promise<void> {
    const lower = this.#open(pickOne);
    const upper = this.#openOnes().find(({ low }) => low === lower.high + 1n);
    if (!upper) return;
    const input = { ShardToMerge: lower.id, AdjacentShardToMerge: upper.id };
    await this.#ask('MergeShards', { StreamName: this.#name, ...input });
    await this.#learn();
  }

  async #scale(to: number): Promise<void> {
    const from = this.#openOnes().length;
    const input = { StreamName: this.#name, TargetShardCount: to, ScalingType: 'UNIFORM_SCALING' };
    const asked = this.#ask('UpdateShardCount', input as never);
    if (to > from * 2 || to * 2 < from) {
      await expect(asked).rejects.toMatchObject({ code: 'InvalidArgumentException' });
      return;
    }
    const refusal = await asked.then(
      () => undefined,
      (cause: { readonly code?: string }) => cause.code,
    );
    if (refusal === undefined) await this.#learn();
    else expect(refusal).toBe('LimitExceededException'); // The eleventh of a day.
  }

  /** Takes in which shards there are, and checks that the open ones share all hash keys. */
  async #learn(): Promise<void> {
    const { Shards = [] } = await this.#ask('ListShards', { StreamName: this.#name });
    for (const { ShardId: id, HashKeyRange, SequenceNumberRange } of Shards) {
      const low = BigInt(HashKeyRange.StartingHashKey);
      const high = BigInt(HashKeyRange.EndingHashKey);
      const shard = this.#shards.get(id) ?? { id, low, high, records: [] };
      this.#shards.set(id, shard);
      const isClosed = SequenceNumberRange.EndingSequenceNumber !== undefined;
      if (isClosed) shard.closedAtMs ??= this.#nowMs();
      const last = shard.records.at(-1)?.number ?? '';
      if (isClosed) expect((SequenceNumberRange.EndingSequenceNumber ?? '') > last).toBe(true);
    }
    let next = 0n;
    for (const { low, high } of this.#openOnes()) {
      expect(low).toBe(next);
      next = high + 1n;
    }
    expect(next).toBe(SPACE);
  }

  async #begin(shard: ModelShard, from: From, record: ModelRecord | undefined): Promise<void> {
    const isNumbered = from === 'AT_SEQUENCE_NUMBER' || from === 'AFTER_SEQUENCE_NUMBER';
    const isTimed = from === 'AT_TIMESTAMP';
    if ((isNumbered || isTimed) && !record) return;
    const { ShardIterator = '' } = await this.#ask('GetShardIterator', {
      StreamName: this.#name,
      ShardId: shard.id,
      ShardIteratorType: from,
      ...(isNumbered && { StartingSequenceNumber: record?.number }),
      ...(isTimed && { Timestamp: record?.atMs }),
    });
    const next = placeOf(shard, from, record);
    this.#readers.push({ shard, iterator: ShardIterator, next, madeAtMs: this.#nowMs() });
  }

  async #read(reader: Reader, limit: number): Promise<void> {
    const { shard, next } = reader;
    const asked = this.#ask('GetRecords', { ShardIterator: reader.iterator, Limit: limit });
    if (this.#nowMs() > reader.madeAtMs + ITERATOR_MS) {
      await expect(asked).rejects.toMatchObject({ code: 'ExpiredIteratorException' });
      this.#readers = this.#readers.filter((other) => other !== reader);
      return;
    }
    const answer = await asked;
    const sinceMs = this.#nowMs() - RETENTION_MS;
    const left = shard.records.slice(next).filter(({ atMs }) => atMs >= sinceMs);
    const expected = left.slice(0, limit);
    const got = answer.Records.map((record) => ({
      key: record.PartitionKey,
      data: Buffer.from(record.Data).toString(),
      number: record.SequenceNumber,
      atMs: record.ApproximateArrivalTimestamp,
    }));
    expect(got).toEqual(expected);
    const hasMore = left.length > expected.length;
    expect((answer.MillisBehindLatest ?? 0) > 0).toBe(hasMore);
    const hasEnded = shard.closedAtMs !== undefined && !hasMore;
    expect(answer.NextShardIterator === undefined).toBe(hasEnded);
    expect((answer.ChildShards ?? []).length > 0).toBe(hasEnded);
    this.#readers = this.#readers.filter((other) => other !== reader);
    const last = expected.at(-1);
    const place = last ? shard.records.indexOf(last) + 1 : next;
    const iterator = answer.NextShardIterator;
    if (iterator !== undefined) {
      this.#readers.push({ shard, iterator, next: place, madeAtMs: this.#nowMs() });
    }
  }

  #openOnes(): ModelShard[] {
    const open = [...this.#shards.values()].filter(({ closedAtMs }) => closedAtMs === undefined);
    return open.sort((a, b) => (a.low < b.low ? -1 : 1));
  }

  #open(pickOne: number): ModelShard {
    const open = this.#openOnes();
    const shard = open[pickOne % open.length];
    if (!shard) throw new Error('A stream has open shards.');
    return shard;
  }

  /** A little less than retention, as closing may take shards a few milliseconds ahead. */
  #living(): ModelShard[] {
    const sinceMs = this.#nowMs() - RETENTION_MS + 1_000;
    return [...this.#shards.values()].filter(({ closedAtMs = this.#nowMs() }) => {
      return closedAtMs >= sinceMs;
    });
  }

  #nowMs(): number {
    return this.#aws.clock.now();
  }

  async #ask<Name extends keyof Operations & string>(
    operation: Name,
    input: Operations[Name]['input'],
  ): Promise<Operations[Name]['output']> {
    const { stack, account, region } = this.#aws;
    const as = { account, region, principalArn: `arn:aws:iam::${account}:root` };
    return (await stack.invoke('kinesis', operation, input, as)) as Operations[Name]['output'];
  }
}

function placeOf({ records }: ModelShard, from: From, record: ModelRecord | undefined): number {
  const index = record ? records.indexOf(record) : 0;
  switch (from) {
    case 'TRIM_HORIZON':
      return 0;
    case 'LATEST':
      return records.length;
    case 'AT_SEQUENCE_NUMBER':
      return index;
    case 'AFTER_SEQUENCE_NUMBER':
      return index + 1;
    case 'AT_TIMESTAMP':
      return records.findIndex(({ atMs }) => atMs >= (record?.atMs ?? 0));
  }
}

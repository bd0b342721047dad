/**
 * What it means to be fed from a stream, be it under its own name or under a consumer's: its
 * shards are read as they stand in their logs, so no limit on reads is used up.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
import { LogFeeder, type LogView, type ShardedLog } from '../../delivery/log-feeder.ts';
import type { LogItem, LogShard } from '../../delivery/log-feeder-lane.ts';
import type { Source } from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Refused } from '../../delivery/targets.ts';
import type { LogEntry } from '../../storage/storage.ts';
import {
  type ConsumerAddress,
  consumerArn,
  parseConsumerArn,
  parseStreamArn,
  type StreamAddress,
  shardId,
  streamArn,
} from './arns.ts';
import { findConsumer } from './consumers.ts';
import { findStream } from './lookup.ts';
import { endOf } from './marks.ts';
import { base64Of, isMark, ownId } from './records.ts';
import { sequenceNumber } from './sequence-numbers.ts';
import { horizonMs, livingShards, logOf, type Stream } from './store.ts';

export const streamSource: Source = {
  open: (stack, feed) => {
    const consumer = parseConsumerArn(feed.sourceArn);
    const address = consumer?.stream ?? parseStreamArn(feed.sourceArn);
    if (!address) throw new Refused('NO_RESOURCE', `${feed.sourceArn} is no stream.`);
    return new LogFeeder(stack, feed, new StreamLog(stack, address, consumer));
  },
};

class StreamLog implements ShardedLog {
  readonly #stack: Stack;
  readonly #address: StreamAddress;
  readonly #consumer: ConsumerAddress | undefined;

  constructor(stack: Stack, address: StreamAddress, consumer: ConsumerAddress | undefined) {
    this.#stack = stack;
    this.#address = address;
    this.#consumer = consumer;
  }

  async view(): Promise<LogView> {
    const { storage, clock } = this.#stack;
    const stream = await this.#stream();
    const living = livingShards(stream, clock.nowMs());
    const known = new Map(living.map((shard) => [shardId(shard.number), shard]));
    const shards = living.map(async (shard): Promise<LogShard> => {
      const { number, parents, closed } = shard;
      return {
        id: shardId(number),
        parents: parents.map(shardId),
        log: logOf(stream, shard),
        from: 1,
        until: closed && (await endOf(storage, stream, shard, closed)),
      };
    });
    return {
      shards: await Promise.all(shards),
      horizonMs: horizonMs(stream, clock.nowMs()),
      watched: `kinesis/${stream.id}/`,
      isEnd: isMark,
      item: ({ id }, entry, { roleArn }) => {
        const shard = known.get(id);
        if (!shard) throw new Error(`There is no shard ${id}.`);
        const sequence = sequenceNumber(stream, shard, entry.position);
        return itemOf(this.#address, id, sequence, entry, roleArn);
      },
    };
  }

  async #stream(): Promise<Stream> {
    const consumer = this.#consumer;
    const found = consumer
      ? (await findConsumer(this.#stack, consumer))?.stream
      : await findStream(this.#stack, this.#address);
    const stream = found?.row.value;
    if (stream && stream.status !== 'DELETING') return stream;
    const arn = consumer ? consumerArn(consumer) : streamArn(this.#address);
    throw new Refused('NO_RESOURCE', `${arn} does not exist.`);
  }
}

function itemOf(
  address: StreamAddress,
  shard: string,
  sequence: string,
  entry: LogEntry,
  roleArn: string,
): LogItem {
  const eventID = `${shard}:${sequence}`;
  const event = {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: entry.key ?? '',
      sequenceNumber: sequence,
      data: base64Of(entry),
      approximateArrivalTimestamp: entry.atMs / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: roleArn,
    awsRegion: address.region,
    eventSourceARN: streamArn(address),
  };
  const { position, atMs } = entry;
  const cause = ownId(entry) ?? eventID;
  return { id: sequence, cause, event, json: JSON.stringify(event), position, atMs };
}

/**
 * The names of streams, shards and consumers.
 * https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html#kinesis-using-iam-arn-format
 */
import { arnOf, parseArn } from '../../core/arn.ts';

export interface StreamAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export interface ConsumerAddress {
  readonly stream: StreamAddress;
  readonly consumer: string;
  /** A consumer that is registered again has another ARN. */
  readonly createdAtSeconds: number;
}

export function streamArn({ account, region, name }: StreamAddress): string {
  return arnOf('kinesis', region, account, `stream/${name}`);
}

/** The stream of an ARN; undefined when it is none of a stream. */
export function parseStreamArn(text: string): StreamAddress | undefined {
  const arn = parseArn(text);
  const [, name] = /^stream\/([a-zA-Z0-9_.-]{1,128})$/.exec(arn?.resource ?? '') ?? [];
  if (arn?.service !== 'kinesis' || name === undefined) return undefined;
  return { account: arn.account, region: arn.region, name };
}

export function consumerArn({ stream, consumer, createdAtSeconds }: ConsumerAddress): string {
  return `${streamArn(stream)}/consumer/${consumer}:${createdAtSeconds}`;
}

export function parseConsumerArn(text: string): ConsumerAddress | undefined {
  const [, streamPart = '', consumer, seconds] =
    /^(.*)\/consumer\/([a-zA-Z0-9_.-]{1,128}):(\d+)$/.exec(text) ?? [];
  const stream = parseStreamArn(streamPart);
  if (!stream || consumer === undefined) return undefined;
  return { stream, consumer, createdAtSeconds: Number(seconds) };
}

export function shardId(number: number): string {
  return `shardId-${String(number).padStart(12, '0')}`;
}

/** The number of a shard; undefined when `text` is no shard's id. */
export function shardNumber(text: string): number | undefined {
  const [, digits] = /^shardId-(\d{12})$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

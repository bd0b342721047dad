import {
  KinesisClient,
  type StartingPosition,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
} from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { ARN, bytes, id, put, StreamName, text, withStream } from './streams-kit.ts';

const HALF = '170141183460469231731687303715884105728';

interface Subscriber extends AsyncDisposable {
  readonly consumer: string;
  /** The next event; undefined at the end. Throws what the stream ends with. */
  next(): Promise<SubscribeToShardEvent | undefined>;
  /** Of the next event that has records. */
  records(): Promise<string[]>;
}

async function register(aws: Suite, ConsumerName = 'c'): Promise<string> {
  const consumer = { StreamARN: ARN, ConsumerName };
  const { Consumer } = await aws.call('kinesis', 'RegisterStreamConsumer', consumer);
  return Consumer.ConsumerARN;
}

/** With the SDK's own client, which speaks HTTP/2, and reads the events as they come. */
async function subscribe(
  { endpoint, region }: Suite,
  ConsumerARN: string,
  position: StartingPosition = { Type: 'TRIM_HORIZON' },
  shard = 0,
): Promise<Subscriber> {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
  const leaving = new AbortController();
  const client = new KinesisClient({ endpoint, region, credentials, maxAttempts: 1 });
  const input = { ConsumerARN, ShardId: id(shard), StartingPosition: position };
  const command = new SubscribeToShardCommand(input);
  const answer = await client
    .send(command, { abortSignal: leaving.signal })
    .catch((cause: unknown) => {
      client.destroy();
      throw cause;
    });
  const events = answer.EventStream?.[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = (await events?.next()) ?? { done: true };
    return done ? undefined : value?.SubscribeToShardEvent;
  };
  return {
    consumer: ConsumerARN,
    next,
    async records() {
      for (;;) {
        const event = await next();
        const records = event?.Records ?? [];
        if (!event || records.length > 0) return records.map(({ Data }) => text(Data ?? bytes('')));
      }
    },
    async [Symbol.asyncDispose]() {
      // Destroying the client leaves the connections alone that it has for streams of events.
      leaving.abort();
      client.destroy();
    },
  };
}

describe('answers', () => {
  test('the first event comes at once, then records as they are put', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'before');
    await using one = await subscribe(aws, await register(aws), { Type: 'LATEST' });
    const { SequenceNumber } = await put(aws, 'k', 'a');
    const first = await one.next();
    if (first?.Records?.length === 0) {
      expect(first.MillisBehindLatest).toBe(0);
      expect(await one.records()).toEqual(['a']);
    }
    await put(aws, 'k', 'b');
    const event = await one.next();
    expect(event?.Records?.map(({ PartitionKey }) => PartitionKey)).toEqual(['k']);
    expect(BigInt(event?.ContinuationSequenceNumber ?? 0)).toBeGreaterThan(BigInt(SequenceNumber));
  });

  test('it begins wherever it is told to, and goes on from its continuation', async () => {
    await using aws = await withStream();
    const began = aws.clock.now();
    const { SequenceNumber } = await put(aws, 'k', 'a');
    await aws.clock.advance('1s');
    await put(aws, 'k', 'b');
    const from = async (position: StartingPosition) => {
      await aws.clock.advance('6s');
      await using one = await subscribe(aws, consumer, position);
      return await one.next();
    };
    const consumer = await register(aws);
    const data = (event: SubscribeToShardEvent | undefined) =>
      event?.Records?.map(({ Data }) => text(Data ?? bytes('')));
    expect(data(await from({ Type: 'TRIM_HORIZON' }))).toEqual(['a', 'b']);
    expect(data(await from({ Type: 'AT_SEQUENCE_NUMBER', SequenceNumber }))).toEqual(['a', 'b']);
    const Timestamp = new Date(began + 500);
    const last = await from({ Type: 'AT_TIMESTAMP', Timestamp });
    expect(data(last)).toEqual(['b']);
    await put(aws, 'k', 'c');
    const { ContinuationSequenceNumber = '' } = last ?? {};
    const position = { SequenceNumber: ContinuationSequenceNumber };
    expect(data(await from({ Type: 'AFTER_SEQUENCE_NUMBER', ...position }))).toEqual(['c']);
  });

  test('at the end of a closed shard it names the children, and ends', async () => {
    await using aws = await withStream();
    const ConsumerARN = await register(aws);
    await using one = await subscribe(aws, ConsumerARN);
    await put(aws, 'k', 'a');
    expect(await one.records()).toEqual(['a']);
    const split = { StreamName, ShardToSplit: id(0), NewStartingHashKey: HALF };
    await aws.call('kinesis', 'SplitShard', split);
    const last = await one.next();
    expect(last?.ChildShards?.map(({ ShardId }) => ShardId)).toEqual([id(1), id(2)]);
    // There is nothing to go on from, and the Kinesis Client Library refuses an event that says so.
    expect(last?.ContinuationSequenceNumber).toBeUndefined();
    expect(await one.next()).toBeUndefined();

    await aws.clock.advance('5s');
    const again = { ConsumerARN, ShardId: id(0) };
    const whole = await aws.call('kinesis', 'SubscribeToShard', {
      ...again,
      StartingPosition: { Type: 'TRIM_HORIZON' },
    });
    // The suite reads the events of an answer to their end.
    expect(whole.EventStream).toHaveLength(1);
    expect(await Array.fromAsync(whole.EventStream)).toMatchObject([
      { SubscribeToShardEvent: { Records: [{ Data: bytes('a') }], MillisBehindLatest: 0 } },
    ]);
  });

  test('every five seconds there is an event, and after five minutes an end', async () => {
    await using aws = await withStream();
    await using one = await subscribe(aws, await register(aws));
    expect(await one.next()).toMatchObject({ Records: [], MillisBehindLatest: 0 });
    await aws.clock.advance('5s');
    expect(await one.next()).toMatchObject({ Records: [] });
    await aws.clock.advance('5m');
    for (let event = await one.next(); event; event = await one.next()) {
      expect(event.Records).toEqual([]);
    }
  });

  test('consumers do not know of each other', async () => {
    await using aws = await withStream();
    await using one = await subscribe(aws, await register(aws, 'a'));
    await using two = await subscribe(aws, await register(aws, 'b'));
    await put(aws, 'k', 'x');
    expect(await one.records()).toEqual(['x']);
    expect(await two.records()).toEqual(['x']);
  });

  test('a later subscription takes over', async () => {
    await using aws = await withStream();
    const consumer = await register(aws);
    await using one = await subscribe(aws, consumer);
    expect(await one.next()).toMatchObject({ Records: [] });
    await aws.clock.advance('5s');
    await using two = await subscribe(aws, consumer);
    const rest = async () => {
      while (await one.next());
    };
    await expect(rest()).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await put(aws, 'k', 'x');
    expect(await two.records()).toEqual(['x']);
  });

  test('the end of the server is the end of it', async () => {
    const aws = await withStream();
    await using one = await subscribe(aws, await register(aws));
    expect(await one.next()).toMatchObject({ Records: [] });
    await aws[Symbol.asyncDispose]();
    expect(await one.next()).toBeUndefined();
  });

  test('without its consumer it ends with an error', async () => {
    await using aws = await withStream();
    const ConsumerARN = await register(aws);
    await using one = await subscribe(aws, ConsumerARN);
    expect(await one.next()).toMatchObject({ Records: [] });
    await aws.call('kinesis', 'DeregisterStreamConsumer', { ConsumerARN });
    await put(aws, 'k', 'x');
    await expect(one.next()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('refusals', () => {
  test('a consumer or a shard that is not there', async () => {
    await using aws = await withStream();
    const StartingPosition = { Type: 'LATEST' };
    const at = { StartingPosition, ShardId: id(0) };
    const unknown = { ...at, ConsumerARN: `${ARN}/consumer/c:1` };
    const missing = { code: 'ResourceNotFoundException' };
    expect(await aws.fails('kinesis', 'SubscribeToShard', unknown)).toMatchObject(missing);
    const beyond = { ...at, ConsumerARN: await register(aws), ShardId: id(5) };
    expect(await aws.fails('kinesis', 'SubscribeToShard', beyond)).toMatchObject(missing);
  });

  test('a consumer that is still being made', async () => {
    await using aws = await withStream(1, { 'kinesis.transitionMs': 1_000 });
    await aws.settled();
    const input = {
      ConsumerARN: await register(aws),
      ShardId: id(0),
      StartingPosition: { Type: 'LATEST' },
    };
    expect(await aws.fails('kinesis', 'SubscribeToShard', input)).toMatchObject({
      code: 'ResourceInUseException',
      message: expect.stringContaining('Consumer c with creation timestamp'),
    });
  });
});

describe('limits', () => {
  test('a second subscription in five seconds is refused', async () => {
    await using aws = await withStream();
    const consumer = await register(aws);
    await using one = await subscribe(aws, consumer);
    await aws.clock.advance('4s');
    await expect(subscribe(aws, consumer)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `Another active subscription exists for this consumer: 000000000000:s:${id(0)}:c`,
    });
    await put(aws, 'k', 'x');
    expect(await one.records()).toEqual(['x']);
  });
});

test('a shard that is limited sends a consumer no more than its share of a second', async () => {
  await using aws = await withStream(1, { 'kinesis.shardReadBytes': 4 });
  await put(aws, 'k', '12345678');
  await using one = await subscribe(aws, await register(aws));
  expect(await one.records()).toEqual(['12345678']);
  await put(aws, 'k', 'later');
  let hasCome = false;
  const next = one.records().then((records) => {
    hasCome = true;
    return records;
  });
  await aws.clock.advance('1s');
  expect(hasCome).toBe(false);
  await aws.clock.advance('1s');
  expect(await next).toEqual(['later']);
});

/** Mappings of streams at work: what functions get, and what becomes of what they fail. */
import type { DynamoDBStreamEvent, KinesisStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { TRACE_PATH } from '../../../src/journal/routes.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aStream, image, insertion } from '../dynamodbstreams/a-stream.ts';
import { aQueue } from '../sqs/a-queue.ts';

const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const FROM_START = { StartingPosition: 'TRIM_HORIZON' } as const;

async function withStream(ShardCount = 1): Promise<Suite> {
  const aws = await startSuite();
  await aws.call('kinesis', 'CreateStream', { StreamName: 's', ShardCount });
  return aws;
}

const put = (aws: Suite, ...texts: readonly string[]) =>
  aws.call('kinesis', 'PutRecords', {
    StreamName: 's',
    Records: texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text.split(':')[0] })),
  });

const textsOf = ({ Records }: KinesisStreamEvent) =>
  Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());

const get = (aws: Suite, UUID: string) => aws.call('lambda', 'GetEventSourceMapping', { UUID });

describe('Kinesis', () => {
  test('a function gets records as Lambda shapes them', async () => {
    await using aws = await withStream();
    const worker = await aws.lambda<KinesisStreamEvent>('worker', () => undefined);
    const uuid = await worker.feedFrom(STREAM, FROM_START);
    const { Records: placed } = await put(aws, 'a:1');
    await aws.settled();
    const sequenceNumber = placed[0]?.SequenceNumber;
    expect(worker.received).toEqual([
      {
        Records: [
          {
            kinesis: {
              kinesisSchemaVersion: '1.0',
              partitionKey: 'a',
              sequenceNumber,
              data: Buffer.from('a:1').toString('base64'),
              approximateArrivalTimestamp: aws.clock.now() / 1000,
            },
            eventSource: 'aws:kinesis',
            eventVersion: '1.0',
            eventID: `shardId-000000000000:${sequenceNumber}`,
            eventName: 'aws:kinesis:record',
            invokeIdentityArn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\//),
            awsRegion: 'us-east-1',
            eventSourceARN: STREAM,
          },
        ],
      },
    ]);
    expect((await get(aws, uuid)).LastProcessingResult).toBe('OK');
  });

  test('a consumer is read like its stream, from the creation of the mapping on', async () => {
    await using aws = await withStream();
    const { Consumer } = await aws.call('kinesis', 'RegisterStreamConsumer', {
      StreamARN: STREAM,
      ConsumerName: 'c',
    });
    const worker = await aws.lambda<KinesisStreamEvent>('worker', () => undefined);
    await put(aws, 'before');
    await worker.feedFrom(Consumer?.ConsumerARN ?? '', { StartingPosition: 'LATEST' });
    await put(aws, 'a', 'b');
    await aws.settled();
    expect(worker.received.map(textsOf)).toEqual([['a', 'b']]);
  });

  test('shards that are split are read on in their children, in the order of keys', async () => {
    await using aws = await withStream();
    const seen: string[] = [];
    const worker = await aws.lambda<KinesisStreamEvent>('worker', (event) => {
      seen.push(...textsOf(event));
    });
    await worker.feedFrom(STREAM, { StartingPosition: 'LATEST', BatchSize: 3 });
    await aws.settled();
    const round = (at: number) => Array.from({ length: 8 }, (_, key) => `k${key}:${at}`);
    await put(aws, ...round(0));
    await aws.call('kinesis', 'SplitShard', {
      StreamName: 's',
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: String(2n ** 127n),
    });
    await put(aws, ...round(1));
    await aws.settled();
    await aws.call('kinesis', 'MergeShards', {
      StreamName: 's',
      ShardToMerge: 'shardId-000000000001',
      AdjacentShardToMerge: 'shardId-000000000002',
    });
    await put(aws, ...round(2));
    await aws.settled();
    expect(seen.toSorted()).toEqual([...round(0), ...round(1), ...round(2)].toSorted());
    for (let key = 0; key < 8; key += 1) {
      const own = seen.filter((text) => text.startsWith(`k${key}:`));
      expect(own).toEqual([`k${key}:0`, `k${key}:1`, `k${key}:2`]);
    }
  });

  test('filters look into the JSON of the data', async () => {
    await using aws = await withStream();
    const worker = await aws.lambda<KinesisStreamEvent>('worker', () => undefined);
    const Filters = [{ Pattern: '{"data":{"kind":["sale"]}}' }];
    await worker.feedFrom(STREAM, { ...FROM_START, FilterCriteria: { Filters } });
    const [sale, refund] = ['{"kind":"sale"}', '{"kind":"refund"}'];
    await put(aws, sale, 'no JSON', refund, sale);
    await aws.settled();
    expect(worker.received.map(textsOf)).toEqual([[sale, sale]]);
  });

  test('a mapping that is switched off goes on where it was', async () => {
    await using aws = await withStream();
    const worker = await aws.lambda<KinesisStreamEvent>('worker', () => undefined);
    const UUID = await worker.feedFrom(STREAM, { StartingPosition: 'LATEST' });
    await aws.settled();
    await put(aws, 'a');
    await aws.settled();
    const enable = (Enabled: boolean) =>
      aws.call('lambda', 'UpdateEventSourceMapping', { UUID, Enabled });
    await enable(false);
    await aws.settled();
    await put(aws, 'b');
    await aws.settled();
    expect(worker.received.map(textsOf)).toEqual([['a']]);
    await enable(true);
    await aws.settled();
    expect(worker.received.map(textsOf)).toEqual([['a'], ['b']]);
    await aws.call('lambda', 'DeleteEventSourceMapping', { UUID });
    await aws.settled();
    expect(await aws.stack.storage.scan('lambda/checkpoints', UUID)).toEqual([]);
  });

  test('a stream that is made anew is read from its beginning', async () => {
    await using aws = await withStream();
    const worker = await aws.lambda<KinesisStreamEvent>('worker', () => undefined);
    const uuid = await worker.feedFrom(STREAM, FROM_START);
    await put(aws, 'a', 'b');
    await aws.settled();
    await aws.call('kinesis', 'DeleteStream', { StreamName: 's' });
    await aws.clock.advance('1m');
    const problem = 'PROBLEM: The event source does not exist';
    expect((await get(aws, uuid)).LastProcessingResult).toBe(problem);
    await aws.call('kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 });
    await aws.settled();
    await put(aws, 'c');
    await aws.clock.advance('1m');
    expect(worker.received.map(textsOf)).toEqual([['a', 'b'], ['c']]);
  });

  test('a state goes through the batches of a tumbling window', async () => {
    await using aws = await withStream();
    interface Windowed extends KinesisStreamEvent {
      readonly window: object;
      readonly state: { readonly sum?: number };
      readonly isFinalInvokeForWindow: boolean;
    }
    const worker = await aws.lambda<Windowed>('worker', ({ Records, state }) => ({
      state: { sum: (state.sum ?? 0) + Records.length },
    }));
    await worker.feedFrom(STREAM, { ...FROM_START, BatchSize: 2, TumblingWindowInSeconds: 60 });
    await put(aws, 'a', 'b', 'c');
    const start = aws.clock.now();
    await aws.settled();
    const [first, second, last] = worker.received;
    expect([first?.state, second?.state, last?.state]).toEqual([{}, { sum: 2 }, { sum: 3 }]);
    const second_ = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
    expect(last).toEqual({
      Records: [],
      window: { start: second_(start), end: second_(start + 60_000) },
      state: { sum: 3 },
      shardId: 'shardId-000000000000',
      eventSourceARN: STREAM,
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly: false,
    });
  });

  test('an answer without a state fails the batch of a window', async () => {
    await using aws = await withStream();
    const worker = await aws.lambda<KinesisStreamEvent>('worker', () => ({}));
    const settings = { TumblingWindowInSeconds: 60, MaximumRetryAttempts: 1 };
    const uuid = await worker.feedFrom(STREAM, { ...FROM_START, ...settings });
    await put(aws, 'a');
    await aws.settled();
    const batches = worker.received.map(({ Records }) => Records.length);
    expect(batches).toEqual([1, 1, 0]);
    expect((await get(aws, uuid)).LastProcessingResult).toBe('OK');
  });
});

test('a topic may hear of what is given up', async () => {
  await using aws = await withStream();
  const queue = await aQueue(aws, 'told');
  const { TopicArn: topic = '' } = await aws.call('sns', 'CreateTopic', { Name: 'failures' });
  await aws.call('sns', 'Subscribe', {
    TopicArn: topic,
    Protocol: 'sqs',
    Endpoint: queue.arn,
    Attributes: { RawMessageDelivery: 'true' },
  });
  await queue.set({ Policy: allowing(topic, queue.arn) });
  const worker = await aws.lambda<KinesisStreamEvent>('worker', () => {
    throw new Error('never');
  });
  await worker.feedFrom(STREAM, {
    ...FROM_START,
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: topic } },
  });
  await put(aws, 'a', 'b');
  await aws.settled();
  const [body = ''] = await queue.bodies();
  expect(JSON.parse(body).KinesisBatchInfo.batchSize).toBe(2);
});

function allowing(topic: string, queue: string): string {
  const Principal = { Service: 'sns.amazonaws.com' };
  const Condition = { ArnEquals: { 'aws:SourceArn': topic } };
  const Action = 'sqs:SendMessage';
  const Statement = [{ Effect: 'Allow', Principal, Action, Resource: queue, Condition }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

describe('DynamoDB', () => {
  test('a function gets changes as Lambda shapes them', async () => {
    await using aws = await startSuite();
    const stream = await aStream(aws.stack);
    const worker = await aws.lambda<DynamoDBStreamEvent>('worker', () => undefined);
    await worker.feedFrom(stream.arn, FROM_START);
    const keys = image({ id: { S: 'a' } }, 3);
    const before = image({ id: { S: 'a' }, blob: { B: 'AAE=' } }, 9);
    await stream.put({ name: 'REMOVE', keys, before, expired: true, causes: [] });
    await aws.settled();
    expect(worker.received).toEqual([
      {
        Records: [
          {
            eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
            eventName: 'REMOVE',
            eventVersion: '1.1',
            eventSource: 'aws:dynamodb',
            awsRegion: 'us-east-1',
            dynamodb: {
              ApproximateCreationDateTime: Math.floor(aws.clock.now() / 1000),
              Keys: { id: { S: 'a' } },
              OldImage: { id: { S: 'a' }, blob: { B: 'AAE=' } },
              SequenceNumber: '100000000000000000100',
              SizeBytes: 12,
              StreamViewType: 'NEW_AND_OLD_IMAGES',
            },
            userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
            eventSourceARN: stream.arn,
          },
        ],
      },
    ]);
  });

  test("a table's changes reach a function in their order", async () => {
    await using aws = await startSuite();
    const { TableDescription: table } = await aws.call('dynamodb', 'CreateTable', {
      TableName: 'orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });
    await aws.settled();
    const worker = await aws.lambda<DynamoDBStreamEvent>('worker', () => undefined);
    await worker.feedFrom(table?.LatestStreamArn ?? '', FROM_START);
    const item = (n: string) => ({ TableName: 'orders', Item: { id: { S: 'a' }, n: { N: n } } });
    await aws.call('dynamodb', 'PutItem', item('1'));
    await aws.call('dynamodb', 'PutItem', item('2'));
    await aws.call('dynamodb', 'PutItem', item('2'));
    await aws.call('dynamodb', 'DeleteItem', { TableName: 'orders', Key: { id: { S: 'a' } } });
    await aws.settled();
    const records = worker.received.flatMap(({ Records }) => Records);
    expect(records.map(({ eventName, dynamodb }) => [eventName, dynamodb?.NewImage?.n?.N])).toEqual(
      [
        ['INSERT', '1'],
        ['MODIFY', '2'],
        ['REMOVE', undefined],
      ],
    );
  });

  test('shards follow each other while a mapping reads', async () => {
    await using aws = await startSuite();
    const stream = await aStream(aws.stack);
    const worker = await aws.lambda<DynamoDBStreamEvent>('worker', () => undefined);
    await worker.feedFrom(stream.arn, { StartingPosition: 'LATEST' });
    await aws.settled();
    await stream.insert('a');
    await aws.clock.advance(9 * 3_600_000);
    await stream.insert('b');
    await aws.settled();
    const ids = worker.received.map(({ Records }) => Records.map((r) => r.dynamodb?.Keys?.id?.S));
    expect(ids).toEqual([['a'], ['b']]);
  });

  test('filters look at keys and images', async () => {
    await using aws = await startSuite();
    const stream = await aStream(aws.stack);
    const worker = await aws.lambda<DynamoDBStreamEvent>('worker', () => undefined);
    const Pattern = '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"n":{"N":["7"]}}}}';
    await worker.feedFrom(stream.arn, {
      ...FROM_START,
      FilterCriteria: { Filters: [{ Pattern }] },
    });
    await stream.put(insertion('a', { n: { N: '7' } }), insertion('b', { n: { N: '8' } }));
    await aws.settled();
    expect(worker.received.map(({ Records }) => Records.length)).toEqual([1]);
  });

  test('what is given up for its age is told without an answer of the function', async () => {
    await using aws = await startSuite();
    const stream = await aStream(aws.stack);
    const failures = await aQueue(aws, 'failures');
    const worker = await aws.lambda<DynamoDBStreamEvent>('worker', () => {
      throw new Error('never');
    });
    await worker.feedFrom(stream.arn, {
      ...FROM_START,
      MaximumRecordAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: failures.arn } },
    });
    await stream.insert('a', 'b');
    const atMs = aws.clock.now();
    await aws.settled();
    const [body = ''] = await failures.bodies();
    const arrival = new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
    expect(JSON.parse(body)).toEqual({
      requestContext: {
        requestId: expect.any(String),
        functionArn: worker.arn,
        condition: 'RecordAgeExceeded',
        approximateInvokeCount: worker.received.length,
      },
      version: '1.0',
      timestamp: expect.any(String),
      DDBStreamBatchInfo: {
        shardId: expect.stringMatching(/^shardId-/),
        startSequenceNumber: '100000000000000000100',
        endSequenceNumber: '100000000000000000200',
        approximateArrivalOfFirstRecord: arrival,
        approximateArrivalOfLastRecord: arrival,
        batchSize: 2,
        streamArn: stream.arn,
      },
    });
  });
});

test('a trace leads from a record to what it was run for, and to where it was told', async () => {
  await using aws = await withStream();
  const failures = await aQueue(aws, 'failures');
  const worker = await aws.lambda<KinesisStreamEvent>('worker', () => {
    throw new Error('never');
  });
  await worker.feedFrom(STREAM, {
    ...FROM_START,
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: failures.arn } },
  });
  await put(aws, 'a');
  await aws.settled();
  const id = worker.received[0]?.Records[0]?.eventID ?? '';
  const path = `${aws.endpoint}${TRACE_PATH}${encodeURIComponent(id)}`;
  const answer = await fetch(path, { headers: { accept: 'text/plain' } });
  expect((await answer.text()).split('\n').map((line) => line.trim())).toEqual([
    `${id} at kinesis:stream/s`,
    expect.stringMatching(/received from kinesis:stream\/s to lambda:function:worker$/),
    expect.stringMatching(
      /given up .* to sqs:failures \[RetryAttemptsExhausted\]: after 1 attempt$/,
    ),
    expect.stringMatching(/ at lambda:function:worker:\$LATEST$/),
    expect.stringMatching(/run by lambda:function:worker:\$LATEST \[Error\]/),
    expect.stringMatching(/handed over by lambda:function:worker to sqs:failures$/),
    expect.stringMatching(/ at sqs:failures$/),
    '',
  ]);
});

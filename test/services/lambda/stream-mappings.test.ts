/** Event source mappings of streams: what may be asked of them, and how they answer. */
import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aStream } from '../dynamodbstreams/a-stream.ts';
import { aQueue } from '../sqs/a-queue.ts';

const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

async function setUp() {
  const aws = await startSuite();
  await aws.call('kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 });
  await aws.lambda('worker', () => undefined);
  const input = { FunctionName: 'worker', EventSourceArn: STREAM };
  return {
    aws,
    create: (more = {}) =>
      aws.call('lambda', 'CreateEventSourceMapping', {
        ...input,
        StartingPosition: 'TRIM_HORIZON',
        ...more,
      }),
    fails: (more: object = { StartingPosition: 'LATEST' }) =>
      aws.fails('lambda', 'CreateEventSourceMapping', { ...input, ...more }),
    [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose](),
  };
}

const get = (aws: Suite, UUID = '') => aws.call('lambda', 'GetEventSourceMapping', { UUID });

const invalid = (message: string) => ({ code: 'InvalidParameterValueException', message });

describe('answers', () => {
  test('a mapping is made with what a stream needs', async () => {
    await using given = await setUp();
    const made = await given.create();
    expect(made).toEqual({
      UUID: expect.any(String),
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      EventSourceArn: STREAM,
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:worker',
      LastModified: given.aws.clock.now(),
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'User action',
      DestinationConfig: { OnFailure: {} },
      MaximumRecordAgeInSeconds: -1,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      TumblingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      EventSourceMappingArn: expect.any(String),
    });
    await given.aws.settled();
    expect((await get(given.aws, made.UUID)).State).toBe('Enabled');
  });

  test('every setting is kept, and may be changed but for where it starts', async () => {
    await using given = await setUp();
    const { aws } = given;
    const { arn: Destination } = await aQueue(aws, 'failures');
    const settings = {
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 300,
      ParallelizationFactor: 10,
      MaximumRecordAgeInSeconds: 60,
      MaximumRetryAttempts: 0,
      BisectBatchOnFunctionError: true,
      TumblingWindowInSeconds: 900,
      DestinationConfig: { OnFailure: { Destination } },
      FunctionResponseTypes: ['ReportBatchItemFailures'] as const,
    };
    const start = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1_000 };
    const made = await given.create({ ...settings, ...start });
    expect(made).toMatchObject({ ...settings, ...start });
    await aws.settled();
    const changes = {
      BatchSize: 5,
      MaximumRetryAttempts: -1,
      DestinationConfig: { OnFailure: {} },
    };
    const UUID = made.UUID ?? '';
    await aws.call('lambda', 'UpdateEventSourceMapping', { UUID, ...changes });
    await aws.settled();
    expect(await get(aws, UUID)).toMatchObject({ ...settings, ...start, ...changes });
  });

  test('a consumer and a stream of a table may be sources', async () => {
    await using given = await setUp();
    const { aws } = given;
    const registered = await aws.call('kinesis', 'RegisterStreamConsumer', {
      StreamARN: STREAM,
      ConsumerName: 'c',
    });
    const { arn } = await aStream(aws.stack);
    for (const EventSourceArn of [registered.Consumer?.ConsumerARN, arn]) {
      expect((await given.create({ EventSourceArn })).EventSourceArn).toBe(EventSourceArn);
    }
  });
});

describe('refusals', () => {
  test('a position to start at is asked for', async () => {
    await using given = await setUp();
    expect(await given.fails({})).toMatchObject(
      invalid(
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy " +
          'constraint: Member must not be null.',
      ),
    );
    const at = { StartingPosition: 'AT_TIMESTAMP' };
    const moment = { StartingPositionTimestamp: 4_000_000_000_000 };
    for (const wrong of [at, { ...at, ...moment }, { StartingPosition: 'LATEST', ...moment }]) {
      expect((await given.fails(wrong)).message).toMatch(/^StartingPositionTimestamp/);
    }
    const { arn: EventSourceArn } = await aStream(given.aws.stack);
    const past = { ...at, StartingPositionTimestamp: 1_000 };
    expect(await given.fails({ EventSourceArn, ...past })).toMatchObject(
      invalid(`Unsupported starting position for arn type: ${EventSourceArn}`),
    );
  });

  test('a stream that is not there', async () => {
    await using given = await setUp();
    const { arn } = await aStream(given.aws.stack);
    const missing = [
      'arn:aws:kinesis:us-east-1:000000000000:stream/other',
      `${STREAM}/consumer/c:1`,
      arn.replace('orders', 'others'),
    ];
    for (const EventSourceArn of missing) {
      expect(await given.fails({ EventSourceArn, StartingPosition: 'LATEST' })).toMatchObject(
        invalid(`Stream not found: ${EventSourceArn}`),
      );
    }
  });

  test('a stream of others, who do not allow it', async () => {
    await using given = await setUp();
    const other = given.aws.as({ account: '111122223333' });
    await other.call('kinesis', 'CreateStream', { StreamName: 'theirs', ShardCount: 1 });
    const EventSourceArn = 'arn:aws:kinesis:us-east-1:111122223333:stream/theirs';
    expect(await given.fails({ EventSourceArn, StartingPosition: 'LATEST' })).toMatchObject(
      invalid(
        `Cannot access stream ${EventSourceArn}. Please ensure the role can perform the ` +
          'GetRecords, GetShardIterator, DescribeStream, ListShards, and ListStreams Actions on ' +
          'your stream in IAM.',
      ),
    );
  });

  test('the same stream for the same function twice', async () => {
    await using given = await setUp();
    const { UUID } = await given.create();
    expect(await given.fails()).toMatchObject({
      code: 'ResourceConflictException',
      message:
        `The event source arn (" ${STREAM} ") and function (" worker ") provided mapping already ` +
        `exists. Please update or delete the existing mapping with UUID ${UUID}`,
    });
  });

  test('what is for queues', async () => {
    await using given = await setUp();
    const scaling = { ScalingConfig: { MaximumConcurrency: 2 } };
    expect(await given.fails({ StartingPosition: 'LATEST', ...scaling })).toMatchObject(
      invalid('Unsupported ScalingConfig parameter for given event source mapping type.'),
    );
  });

  test('ages between none and a minute, and destinations that cannot be', async () => {
    await using given = await setUp();
    const fails = (more: object) => given.fails({ StartingPosition: 'LATEST', ...more });
    for (const MaximumRecordAgeInSeconds of [0, 1, 59]) {
      expect((await fails({ MaximumRecordAgeInSeconds })).code).toBe(
        'InvalidParameterValueException',
      );
    }
    const to = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } });
    const fifo = 'arn:aws:sqs:us-east-1:000000000000:q.fifo';
    expect(await fails(to(fifo))).toMatchObject(invalid(`The destination ARN ${fifo} is invalid.`));
    expect((await fails(to('arn:aws:s3:::bucket'))).code).toBe('NotImplemented');
  });
});

describe('limits', () => {
  test.each([
    { ParallelizationFactor: 11 },
    { BatchSize: 10_001 },
    { MaximumBatchingWindowInSeconds: 301 },
    { MaximumRetryAttempts: 10_001 },
    { MaximumRecordAgeInSeconds: 604_801 },
    { TumblingWindowInSeconds: 901 },
  ])('%o is too much', async (more) => {
    await using given = await setUp();
    const { message } = await given.fails({ StartingPosition: 'LATEST', ...more });
    expect(message).toMatch(/^1 validation error detected: Value '\d+' at/);
  });
});

/** Powertools for AWS Lambda, unmodified, in functions that are fed from streams. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type {
  DynamoDBRecord,
  DynamoDBStreamEvent,
  KinesisStreamEvent,
  KinesisStreamRecord,
} from 'aws-lambda';
import { expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aStream } from '../dynamodbstreams/a-stream.ts';
import { aQueue } from '../sqs/a-queue.ts';

const SETTINGS = {
  StartingPosition: 'TRIM_HORIZON',
  BisectBatchOnFunctionError: true,
  MaximumRetryAttempts: 1,
  FunctionResponseTypes: ['ReportBatchItemFailures'],
} as const;

test('its batch processor loses the poison of a Kinesis stream and nothing else', async () => {
  await using aws = await startSuite();
  await aws.call('kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 });
  const failures = await aQueue(aws, 'failures');
  const processor = new BatchProcessor(EventType.KinesisDataStreams);
  const done: string[] = [];
  const work = async ({ kinesis }: KinesisStreamRecord) => {
    const text = Buffer.from(kinesis.data, 'base64').toString();
    if (text === 'poison') throw new Error('It cannot be worked on.');
    done.push(text);
  };
  const worker = await aws.lambda<KinesisStreamEvent>('worker', (event, context) =>
    processPartialResponse(event, work, processor, { context }),
  );
  await worker.feedFrom('arn:aws:kinesis:us-east-1:000000000000:stream/s', {
    ...SETTINGS,
    DestinationConfig: { OnFailure: { Destination: failures.arn } },
  });
  const texts = ['a', 'b', 'poison', 'c', 'd'];
  const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
  await aws.call('kinesis', 'PutRecords', { StreamName: 's', Records });
  await aws.settled();
  // What stands behind a failure is worked on again.
  expect([...new Set(done)]).toEqual(['a', 'b', 'c', 'd']);
  const [record = ''] = await failures.bodies();
  expect(JSON.parse(record).KinesisBatchInfo.batchSize).toBe(1);
});

test('its batch processor names changes of a table by their sequence numbers', async () => {
  await using aws = await startSuite();
  const stream = await aStream(aws.stack);
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const done: (string | undefined)[] = [];
  let fails = true;
  const work = async ({ dynamodb }: DynamoDBRecord) => {
    const id = dynamodb?.Keys?.id?.S;
    if (id === 'b' && fails) {
      fails = false;
      throw new Error('Not yet.');
    }
    done.push(id);
  };
  const worker = await aws.lambda<DynamoDBStreamEvent>('worker', (event, context) =>
    processPartialResponse(event, work, processor, { context }),
  );
  await worker.feedFrom(stream.arn, SETTINGS);
  await stream.insert('a', 'b', 'c');
  await aws.settled();
  expect(done).toEqual(['a', 'c', 'b', 'c']);
  expect(worker.received.map(({ Records }) => Records.length)).toEqual([3, 2]);
});

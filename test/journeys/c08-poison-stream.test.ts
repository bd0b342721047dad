/** C-08 on a stream: halves of a batch find the poison in it, and everything else is worked on. */
import type { KinesisStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { startSuite } from '../sdk/suite.ts';
import { openQueue } from '../services/events/receivers.ts';

const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/work';
const POISON = 37;

test.each([
  ['halves', []],
  ['halves and item failures', ['ReportBatchItemFailures']],
] as const)(
  'with %s one poison in a hundred is told, and ninety-nine are done',
  async (_, types) => {
    await using aws = await startSuite();
    await aws.call('kinesis', 'CreateStream', { StreamName: 'work', ShardCount: 1 });
    const failures = await openQueue(aws, 'failures');
    const done = new Set<number>();
    const worker = await aws.lambda<KinesisStreamEvent>('work', ({ Records }) => {
      for (const { kinesis } of Records) {
        const { job } = JSON.parse(Buffer.from(kinesis.data, 'base64').toString());
        if (job === POISON && types.length > 0) {
          return { batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }] };
        }
        if (job === POISON) throw new Error('This job cannot be worked on.');
        done.add(job);
      }
      return { batchItemFailures: [] };
    });
    await worker.feedFrom(STREAM, {
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 2,
      FunctionResponseTypes: [...types],
      DestinationConfig: { OnFailure: { Destination: failures.arn } },
    });
    const jobs = Array.from({ length: 100 }, (_job, job) => job);
    const { Records: placed } = await aws.call('kinesis', 'PutRecords', {
      StreamName: 'work',
      Records: jobs.map((job) => ({
        Data: Buffer.from(JSON.stringify({ job })),
        PartitionKey: String(job),
      })),
    });
    await aws.settled();
    expect([...done].toSorted((a, b) => a - b)).toEqual(jobs.filter((job) => job !== POISON));

    const { Messages = [] } = await aws.call('sqs', 'ReceiveMessage', {
      QueueUrl: failures.url,
      MaxNumberOfMessages: 10,
    });
    expect(Messages).toHaveLength(1);
    const sequence = placed[POISON]?.SequenceNumber;
    expect(JSON.parse(Messages[0]?.Body ?? '')).toEqual({
      requestContext: {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionArn: worker.arn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: types.length > 0 ? null : 'Unhandled',
      },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      KinesisBatchInfo: {
        shardId: 'shardId-000000000000',
        startSequenceNumber: sequence,
        endSequenceNumber: sequence,
        approximateArrivalOfFirstRecord: expect.stringMatching(/Z$/),
        approximateArrivalOfLastRecord: expect.stringMatching(/Z$/),
        batchSize: 1,
        streamArn: STREAM,
      },
    });
  },
);

/** The same kind of jobs in a stream: how it goes on behind a bad one, and who is told of it. */
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { feed } from '../feed.ts';
import { makeFunction } from '../make-function.ts';
import { makeQueue, type Queue } from '../make-queue.ts';
import { lambda, sqs } from './deploy.ts';

const kinesis = new KinesisClient({});
const StreamName = 'c08-jobs';

/** What Lambda says of records that it gave up; the records stay in the stream. */
export interface GivenUp {
  readonly requestContext: {
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly KinesisBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
}

/** Answers with the queue that hears of what was given up. */
export async function deployStream(done: Queue): Promise<Queue> {
  const failures = await makeQueue(sqs, 'c08-stream-failures');
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const waiting = { client: kinesis, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilStreamExists(waiting, { StreamName });
  const FunctionName = 'c08-work-stream';
  const functionArn = await makeFunction(lambda, {
    FunctionName,
    Handler: 'work-stream.handler',
    folder: import.meta.dirname,
    variables: { DONE_URL: done.url },
  });
  const [, , , region, account] = functionArn.split(':');
  await feed(lambda, FunctionName, `arn:aws:kinesis:${region}:${account}:stream/${StreamName}`, {
    BatchSize: 100,
    FunctionResponseTypes: [],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: failures.arn } },
  });
  return failures;
}

/** Answers with the sequence numbers, in order. */
export async function putJobs(bodies: readonly string[]): Promise<readonly string[]> {
  const Records = bodies.map((body) => ({ PartitionKey: body, Data: Buffer.from(body) }));
  const answer = await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
  return answer.Records?.map(({ SequenceNumber = '' }) => SequenceNumber) ?? [];
}

/** Reads what was given up where it still is. */
export async function readGivenUp({ KinesisBatchInfo: info }: GivenUp): Promise<string> {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName,
      ShardId: info.shardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      StartingSequenceNumber: info.startSequenceNumber,
    }),
  );
  const read = new GetRecordsCommand({ ShardIterator, Limit: info.batchSize });
  const { Records = [] } = await kinesis.send(read);
  return Records.map(({ Data = [] }) => Buffer.from(Data).toString()).join();
}

/** Creates queues, functions and archive with the AWS SDK, as one would on AWS. */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateEventSourceMappingCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeFunction } from '../make-function.ts';
import { makeQueue, type Queue } from '../make-queue.ts';

export const sqs = new SQSClient({});
export const lambda = new LambdaClient({});
export const logs = new CloudWatchLogsClient({});

export const ARCHIVE = '/c08/archive';

export interface Deployment {
  readonly work: Queue;
  readonly dead: Queue;
  readonly done: Queue;
  /** Tells the worker how its bank is. */
  bank(state: 'up' | 'down'): Promise<void>;
}

const FOURTEEN_DAYS = String(14 * 86_400);

export async function deploy(): Promise<Deployment> {
  const done = await makeQueue(sqs, 'c08-done');
  const dead = await makeQueue(sqs, 'c08-work-dlq', { MessageRetentionPeriod: FOURTEEN_DAYS });
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 5 };
  const work = await makeQueue(sqs, 'c08-work', {
    VisibilityTimeout: '30',
    RedrivePolicy: JSON.stringify(redrive),
  });
  await logs.send(new CreateLogGroupCommand({ logGroupName: ARCHIVE }));
  const stream = { logGroupName: ARCHIVE, logStreamName: 'rejected' };
  await logs.send(new CreateLogStreamCommand(stream));

  const folder = import.meta.dirname;
  const variables = (bank: string) => ({ WORK_URL: work.url, DONE_URL: done.url, BANK: bank });
  const worker = { FunctionName: 'c08-work', Handler: 'work.handler' };
  await makeFunction(lambda, { ...worker, folder, variables: variables('down') });
  await makeFunction(lambda, {
    FunctionName: 'c08-triage',
    Handler: 'triage.handler',
    Timeout: 30,
    folder,
    variables: { WORK_URL: work.url, DEAD_URL: dead.url, DEAD_ARN: dead.arn, ARCHIVE },
  });
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'c08-work',
      EventSourceArn: work.arn,
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    }),
  );
  return { work, dead, done, bank: (state) => configure(worker.FunctionName, variables(state)) };
}

async function configure(FunctionName: string, Variables: Record<string, string>): Promise<void> {
  const Environment = { Variables };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
  const waiting = { client: lambda, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilFunctionUpdatedV2(waiting, { FunctionName });
}

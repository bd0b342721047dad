/**
 * Creates one function in four configurations, and what hears of their ends, with the AWS SDK.
 */
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeFunction } from '../make-function.ts';
import { makeQueue, type Queue } from '../make-queue.ts';

export const lambda = new LambdaClient({});
export const sqs = new SQSClient({});
const events = new EventBridgeClient({});

export interface Deployment {
  /** Success records come here, over the bus. */
  readonly succeeded: Queue;
  /** Failure records. */
  readonly failed: Queue;
  /** Events that their function gave up. */
  readonly dead: Queue;
}

export async function deploy(table: string): Promise<Deployment> {
  const failed = await makeQueue(sqs, 'c09-failed');
  const dead = await makeQueue(sqs, 'c09-dead');
  const { bus, queue: succeeded } = await resultsBus();
  const toFailed = { OnFailure: { Destination: failed.arn } };

  await make('c09-charge', table);
  await configure('c09-charge', {
    DestinationConfig: { ...toFailed, OnSuccess: { Destination: bus } },
  });

  await make('c09-hasty', table);
  await configure('c09-hasty', { MaximumEventAgeInSeconds: 60, DestinationConfig: toFailed });

  await make('c09-closed', table);
  await configure('c09-closed', { DestinationConfig: toFailed });
  const closed = { FunctionName: 'c09-closed', ReservedConcurrentExecutions: 0 };
  await lambda.send(new PutFunctionConcurrencyCommand(closed));

  await make('c09-plain', table, dead);
  return { succeeded, failed, dead };
}

async function make(FunctionName: string, table: string, dead?: Queue): Promise<void> {
  await makeFunction(lambda, {
    FunctionName,
    Handler: 'charge.handler',
    folder: import.meta.dirname,
    variables: { TABLE: table },
    ...(dead && { DeadLetterConfig: { TargetArn: dead.arn } }),
  });
}

async function configure(
  FunctionName: string,
  config: Omit<PutFunctionEventInvokeConfigCommand['input'], 'FunctionName'>,
): Promise<void> {
  const command = new PutFunctionEventInvokeConfigCommand({ FunctionName, ...config });
  await lambda.send(command);
}

/** A bus, and a queue behind it that takes what Lambda says there. */
async function resultsBus(): Promise<{ readonly bus: string; readonly queue: Queue }> {
  const Name = 'c09-results';
  const { EventBusArn: bus = '' } = await events.send(new CreateEventBusCommand({ Name }));
  const allowed = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: '*',
  };
  const queue = await makeQueue(sqs, 'c09-succeeded', {
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: [allowed] }),
  });
  const EventPattern = JSON.stringify({
    source: ['lambda'],
    'detail-type': ['Lambda Function Invocation Result - Success'],
  });
  await events.send(new PutRuleCommand({ Name: 'succeeded', EventBusName: Name, EventPattern }));
  const Targets = [{ Id: 'queue', Arn: queue.arn }];
  await events.send(new PutTargetsCommand({ Rule: 'succeeded', EventBusName: Name, Targets }));
  return { bus, queue };
}

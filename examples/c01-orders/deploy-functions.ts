/**
 * Creates the functions and what feeds them with the AWS SDK, or updates what is there.
 *
 * Their code is this folder, mounted in place: change a file, and the next event runs the change.
 * On AWS it would be a bundle of functions.ts in a bucket.
 */
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  ResourceConflictException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { Fault } from './faults.ts';
import { functionName, handlerName } from './topology.ts';

const CODE = { S3Bucket: 'hot-reload', S3Key: import.meta.dirname };

export interface FunctionSettings {
  /** The file of the books. */
  readonly books: string;
  readonly fault?: Fault | undefined;
}

/** Makes the function called `name`, or makes it anew with these settings. */
export async function putFunction(
  lambda: LambdaClient,
  name: string,
  { books, fault }: FunctionSettings,
): Promise<void> {
  const FunctionName = functionName(name);
  const configuration = {
    FunctionName,
    Runtime: 'nodejs24.x',
    Handler: handlerName(name),
    Role: 'arn:aws:iam::111111111111:role/c01-shop',
    // The queue hides a message for six times as long.
    Timeout: 5,
    MemorySize: 256,
    Environment: { Variables: { BOOKS: books, ...(fault && { FAULT: fault }) } },
  } as const;
  const waiting = { client: lambda, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  try {
    await lambda.send(new CreateFunctionCommand({ ...configuration, Code: CODE }));
    await waitUntilFunctionActiveV2(waiting, { FunctionName });
  } catch (cause) {
    if (!(cause instanceof ResourceConflictException)) throw cause;
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ...CODE }));
    await waitUntilFunctionUpdatedV2(waiting, { FunctionName });
    await lambda.send(new UpdateFunctionConfigurationCommand(configuration));
    await waitUntilFunctionUpdatedV2(waiting, { FunctionName });
  }
}

/** Feeds the function called `name` from its queue; answers with the mapping's id. */
export async function feed(lambda: LambdaClient, name: string, queueArn: string): Promise<string> {
  const between = { FunctionName: functionName(name), EventSourceArn: queueArn };
  const command = new CreateEventSourceMappingCommand({
    ...between,
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    // The books are one file; more writers would only queue up before it.
    ScalingConfig: { MaximumConcurrency: 2 },
  });
  try {
    return (await lambda.send(command)).UUID ?? '';
  } catch (cause) {
    if (!(cause instanceof ResourceConflictException)) throw cause;
    const found = await lambda.send(new ListEventSourceMappingsCommand(between));
    const [mapping] = found.EventSourceMappings ?? [];
    if (!mapping?.UUID) throw cause;
    return mapping.UUID;
  }
}

import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  type LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';

export type FunctionDraft = Pick<CreateFunctionCommandInput, 'FunctionName' | 'Handler'> &
  Partial<CreateFunctionCommandInput> & {
    /** Mounted in place; on AWS it would be a bundle in a bucket. */
    readonly folder: string;
    readonly variables?: Record<string, string>;
  };

/** Creates a function, waits until it is ready, and answers with its ARN. */
export async function makeFunction(lambda: LambdaClient, draft: FunctionDraft): Promise<string> {
  const { folder, variables = {}, ...settings } = draft;
  const { FunctionName } = settings;
  const made = await lambda.send(
    new CreateFunctionCommand({
      Runtime: 'nodejs24.x',
      Role: `arn:aws:iam::111111111111:role/${FunctionName}`,
      Timeout: 5,
      MemorySize: 256,
      Environment: { Variables: variables },
      Code: { S3Bucket: 'hot-reload', S3Key: folder },
      ...settings,
    }),
  );
  const waiting = { client: lambda, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilFunctionActiveV2(waiting, { FunctionName });
  return made.FunctionArn ?? '';
}

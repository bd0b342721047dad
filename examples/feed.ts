import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';

/** Feeds a function from a queue or a stream; answers, once it does, with the mapping's id. */
export async function feed(
  lambda: LambdaClient,
  FunctionName: string,
  EventSourceArn: string,
  options: Partial<CreateEventSourceMappingCommandInput> = {},
): Promise<string> {
  const isStream = !EventSourceArn.includes(':sqs:');
  const made = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...(isStream && { StartingPosition: 'TRIM_HORIZON' }),
      ...options,
    }),
  );
  return arrived(lambda, made);
}

/** Feeds the function no more, or again. */
export async function setFeeding(
  lambda: LambdaClient,
  UUID: string,
  Enabled: boolean,
): Promise<void> {
  const command = new UpdateEventSourceMappingCommand({ UUID, Enabled });
  await arrived(lambda, await lambda.send(command));
}

/** A mapping is on its way for some seconds after each change. */
async function arrived(
  lambda: LambdaClient,
  { UUID = '' }: EventSourceMappingConfiguration,
): Promise<string> {
  const ask = new GetEventSourceMappingCommand({ UUID });
  for (;;) {
    const { State = '' } = await lambda.send(ask);
    if (!State.endsWith('ing')) return UUID;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

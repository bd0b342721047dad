/** A server with a client for each service and a collector that is told of what happens. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { TelemetryOptions } from '../../src/telemetry/settings.ts';
import { startTelemetry } from '../../src/telemetry/start.ts';
import { type Aws, type AwsOptions, startAws } from '../../src/testing/index.ts';
import { type ACollector, aCollector } from './a-collector.ts';

const OPEN_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' }],
});

export interface World {
  readonly aws: Aws;
  readonly collector: ACollector;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  /** Makes a queue; answers with its URL and ARN. */
  queue(name: string, attributes?: Readonly<Record<string, string>>): Promise<AQueue>;
  /** Lets everything happen, and be told. */
  told(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AQueue {
  readonly url: string;
  readonly arn: string;
  /** Sends a message; answers with its id. */
  send(more?: object): Promise<string>;
}

export interface WorldOptions extends AwsOptions {
  readonly telemetry?: TelemetryOptions;
  readonly collector?: ACollector;
}

export async function aWorld(options: WorldOptions = {}): Promise<World> {
  const { telemetry, collector = await aCollector(), ...kit } = options;
  const aws = await startAws(kit);
  startTelemetry(aws.stack, { endpoint: collector.url, ...telemetry });
  const sqs = aws.client(SQSClient);
  return {
    ...{ aws, collector, sqs },
    sns: aws.client(SNSClient),
    events: aws.client(EventBridgeClient),
    lambda: aws.client(LambdaClient),
    queue: async (name, attributes = {}) => {
      const Attributes = { Policy: OPEN_POLICY, ...attributes };
      const made = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
      const { QueueUrl: url = '' } = made;
      const send = async (more: object = {}) => {
        const input = { QueueUrl: url, MessageBody: 'hello', ...more };
        return (await sqs.send(new SendMessageCommand(input))).MessageId ?? '';
      };
      return { url, arn: `arn:aws:sqs:us-east-1:000000000000:${name}`, send };
    },
    told: async () => {
      await aws.settled();
      await aws.clock.advance('6s');
    },
    [Symbol.asyncDispose]: async () => {
      await aws[Symbol.asyncDispose]();
      await collector.close();
    },
  };
}

/**
 * Creates the bus, rules, queues, topic and functions with the AWS SDK, as one would on AWS.
 * Running it again changes nothing but the functions' settings.
 */
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type FunctionSettings, feed, putFunction } from './deploy-functions.ts';
import { SOURCE } from './events.ts';
import { BUS, deadLetterQueueName, NOTIFY, QUEUES, queueName, ROUTES, TOPIC } from './topology.ts';

export interface Clients {
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** They take endpoint, region and credentials from the environment, here as on AWS. */
export function connect(): Clients {
  return {
    events: new EventBridgeClient({}),
    lambda: new LambdaClient({}),
    sns: new SNSClient({}),
    sqs: new SQSClient({}),
  };
}

/** What there is now, by the names of topology.ts. */
export interface Deployment {
  readonly mappingIds: ReadonlyMap<string, string>;
  readonly deadLetterUrls: ReadonlyMap<string, string>;
}

interface Queue {
  readonly url: string;
  readonly arn: string;
  readonly deadLetterUrl: string;
}

export async function deploy(clients: Clients, settings: FunctionSettings): Promise<Deployment> {
  await clients.events
    .send(new CreateEventBusCommand({ Name: BUS }))
    .catch(unless(ResourceAlreadyExistsException));
  const queues = await eachQueue((name) => consumerQueue(clients.sqs, name));
  const topicArn = await topic(clients, queues);

  for (const { rule, detailTypes, queues: names } of ROUTES) {
    await putRule(clients.events, rule, detailTypes);
    const targets = names.map((name) => ({ Id: name, Arn: arnOf(queues, name) }));
    await putTargets(clients.events, rule, targets);
  }
  await putRule(clients.events, NOTIFY.rule, NOTIFY.detailTypes);
  await putTargets(clients.events, NOTIFY.rule, [{ Id: 'topic', Arn: topicArn }]);

  const mappingIds = await eachQueue(async (name) => {
    await putFunction(clients.lambda, name, settings);
    return feed(clients.lambda, name, arnOf(queues, name));
  });
  const urls = [...queues].map(([name, { deadLetterUrl }]) => [name, deadLetterUrl] as const);
  return { mappingIds, deadLetterUrls: new Map(urls) };
}

async function eachQueue<Made>(
  make: (name: string) => Promise<Made>,
): Promise<ReadonlyMap<string, Made>> {
  return new Map(await Promise.all(QUEUES.map(async (name) => [name, await make(name)] as const)));
}

function unless(expected: abstract new (...args: never[]) => Error) {
  return (cause: unknown) => {
    if (!(cause instanceof expected)) throw cause;
  };
}

/** A queue whose messages rest in a dead-letter queue after five failed receives. */
async function consumerQueue(sqs: SQSClient, name: string): Promise<Queue> {
  const fortnight = String(14 * 86_400);
  const deadLetters = await createQueue(sqs, deadLetterQueueName(name), {
    MessageRetentionPeriod: fortnight,
  });
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] },
        Action: 'sqs:SendMessage',
        Resource: '*',
      },
    ],
  };
  const queue = await createQueue(sqs, queueName(name), {
    // Six times the functions' time-out, as AWS advises.
    VisibilityTimeout: '30',
    Policy: JSON.stringify(policy),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 }),
  });
  return { ...queue, deadLetterUrl: deadLetters.url };
}

async function createQueue(
  sqs: SQSClient,
  name: string,
  attributes: Record<string, string>,
): Promise<{ readonly url: string; readonly arn: string }> {
  const created = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  const url = created.QueueUrl ?? '';
  const answer = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: answer.Attributes?.QueueArn ?? '' };
}

async function topic(clients: Clients, queues: ReadonlyMap<string, Queue>): Promise<string> {
  const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: TOPIC }));
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: TopicArn,
      },
    ],
  };
  await clients.sns.send(
    new SetTopicAttributesCommand({
      TopicArn,
      AttributeName: 'Policy',
      AttributeValue: JSON.stringify(policy),
    }),
  );
  for (const name of NOTIFY.queues) {
    await clients.sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: arnOf(queues, name),
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
  }
  return TopicArn ?? '';
}

async function putRule(
  events: EventBridgeClient,
  rule: string,
  detailTypes: readonly string[],
): Promise<void> {
  const EventPattern = JSON.stringify({ source: [SOURCE], 'detail-type': detailTypes });
  await events.send(new PutRuleCommand({ Name: rule, EventBusName: BUS, EventPattern }));
}

async function putTargets(
  events: EventBridgeClient,
  rule: string,
  Targets: { Id: string; Arn: string }[],
): Promise<void> {
  const answer = await events.send(
    new PutTargetsCommand({ Rule: rule, EventBusName: BUS, Targets }),
  );
  const failed = answer.FailedEntries?.[0];
  if (failed) throw new Error(`${rule}: ${failed.ErrorMessage}`);
}

function arnOf(queues: ReadonlyMap<string, Queue>, name: string): string {
  const queue = queues.get(name);
  if (!queue) throw new Error(`No queue is called ${name}.`);
  return queue.arn;
}

/**
 * Creates the bus, rules, queues and topic with the AWS SDK, as one would on AWS. Running it again
 * changes nothing.
 */
import {
  CreateEventBusCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-eventbridge';
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  type SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { SOURCE } from './events.ts';
import { BUS, deadLetterQueueName, NOTIFY, QUEUES, queueName, ROUTES, TOPIC } from './topology.ts';

export interface Clients {
  readonly events: EventBridgeClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

export interface Deployment {
  /** Queue URLs by the names of topology.ts. */
  readonly queueUrls: ReadonlyMap<string, string>;
}

interface Queue {
  readonly url: string;
  readonly arn: string;
}

export async function deploy(clients: Clients): Promise<Deployment> {
  await clients.events
    .send(new CreateEventBusCommand({ Name: BUS }))
    .catch(unless(ResourceAlreadyExistsException));
  const queues = new Map<string, Queue>();
  for (const name of QUEUES) queues.set(name, await consumerQueue(clients.sqs, name));
  const topicArn = await topic(clients, queues);

  for (const { rule, detailTypes, queues: names } of ROUTES) {
    await putRule(clients.events, rule, detailTypes);
    const targets = names.map((name) => ({ Id: name, Arn: arnOf(queues, name) }));
    await putTargets(clients.events, rule, targets);
  }
  await putRule(clients.events, NOTIFY.rule, NOTIFY.detailTypes);
  await putTargets(clients.events, NOTIFY.rule, [{ Id: 'topic', Arn: topicArn }]);
  return { queueUrls: new Map([...queues].map(([name, { url }]) => [name, url])) };
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
  return createQueue(sqs, queueName(name), {
    VisibilityTimeout: '10',
    Policy: JSON.stringify(policy),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 }),
  });
}

async function createQueue(
  sqs: SQSClient,
  name: string,
  attributes: Record<string, string>,
): Promise<Queue> {
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

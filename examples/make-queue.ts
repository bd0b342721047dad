import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface Queue {
  readonly url: string;
  readonly arn: string;
}

export async function makeQueue(
  sqs: SQSClient,
  QueueName: string,
  Attributes: Record<string, string> = {},
): Promise<Queue> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const ask = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  return { url, arn: (await sqs.send(ask)).Attributes?.QueueArn ?? '' };
}

/** Takes everything out of a queue. */
export async function drain(sqs: SQSClient, { url }: Queue): Promise<readonly Message[]> {
  const all: Message[] = [];
  const receive = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  for (;;) {
    const { Messages = [] } = await sqs.send(receive);
    if (Messages.length === 0) return all;
    const done = Messages.map(({ ReceiptHandle }) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle })),
    );
    await Promise.all(done);
    all.push(...Messages);
  }
}

/** How many messages wait in a queue, and how many are being worked on. */
export async function countOf(sqs: SQSClient, { url }: Queue): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
}

export interface WorkQueue extends Queue {
  /** Where messages go that failed five times. */
  readonly dead: Queue;
}

const FOURTEEN_DAYS = String(14 * 86_400);

/** Lets buses and topics of this account send to a queue. */
const FROM_BUSES_AND_TOPICS = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] },
      Action: 'sqs:SendMessage',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
    },
  ],
});

/** A queue that feeds a function, and its dead-letter queue. */
export async function makeWorkQueue(sqs: SQSClient, name: string): Promise<WorkQueue> {
  const retention = { MessageRetentionPeriod: FOURTEEN_DAYS };
  const dead = await makeQueue(sqs, `${name}-dlq`, retention);
  const queue = await makeQueue(sqs, name, {
    // Six times as long as functions may take, as AWS advises.
    VisibilityTimeout: '30',
    Policy: FROM_BUSES_AND_TOPICS,
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
  });
  return { ...queue, dead };
}

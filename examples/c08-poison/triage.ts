/**
 * Goes through the dead letters and decides about each of them: what failed for reasons that have
 * passed goes back as it is, what can be put right goes back edited, the rest is archived.
 */
import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { examine } from './jobs.ts';

const sqs = new SQSClient({});
const logs = new CloudWatchLogsClient({});
const { WORK_URL, DEAD_URL, DEAD_ARN, ARCHIVE } = process.env;

export interface Triage {
  readonly transient: number;
  readonly edited: number;
  readonly rejected: number;
}

export async function handler(): Promise<Triage> {
  const counts = { transient: 0, edited: 0, rejected: 0 };
  for (const message of await takeAll()) {
    const { Body: body = '' } = message;
    const finding = examine(body);
    switch (finding.kind) {
      case 'transient':
        await show(message);
        counts.transient += 1;
        break;
      case 'data-error':
        await sqs.send(new SendMessageCommand({ QueueUrl: WORK_URL, MessageBody: finding.body }));
        await remove(message);
        counts.edited += 1;
        break;
      case 'reject':
        await archive(JSON.stringify({ id: message.MessageId, body, why: finding.why }));
        await remove(message);
        counts.rejected += 1;
    }
  }
  if (counts.transient > 0) await moveBack();
  return counts;
}

async function takeAll(): Promise<readonly Message[]> {
  const all: Message[] = [];
  const receive = new ReceiveMessageCommand({
    QueueUrl: DEAD_URL,
    MaxNumberOfMessages: 10,
    // As long as this function may take.
    VisibilityTimeout: 30,
  });
  for (;;) {
    const { Messages = [] } = await sqs.send(receive);
    if (Messages.length === 0) return all;
    all.push(...Messages);
  }
}

/** Lets the move task see it again. */
async function show({ ReceiptHandle }: Message): Promise<void> {
  const now = { QueueUrl: DEAD_URL, ReceiptHandle, VisibilityTimeout: 0 };
  await sqs.send(new ChangeMessageVisibilityCommand(now));
}

async function remove({ ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: DEAD_URL, ReceiptHandle }));
}

async function archive(message: string): Promise<void> {
  await logs.send(
    new PutLogEventsCommand({
      logGroupName: ARCHIVE,
      logStreamName: 'rejected',
      logEvents: [{ timestamp: Date.now(), message }],
    }),
  );
}

/** SQS moves what is left to the queue that it came from, no faster than its worker can follow. */
async function moveBack(): Promise<void> {
  await sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: DEAD_ARN, MaxNumberOfMessagesPerSecond: 10 }),
  );
}

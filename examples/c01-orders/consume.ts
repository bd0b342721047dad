/**
 * A plain SQS consumer: long poll, work, say, delete. It knows nothing of millrace.
 *
 * A message whose work fails is left alone: it shows up again when its visibility time-out is
 * over, and rests in the dead-letter queue after five times.
 */
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Books } from './books.ts';
import type { Worker } from './business.ts';
import type { Clients } from './deploy.ts';
import { envelope, type ShopEvent } from './events.ts';
import { BUS } from './topology.ts';

export interface Consumer {
  readonly name: string;
  readonly queueUrl: string;
  readonly worker: Worker;
}

/** Works until `signal` aborts; then resolves. */
export async function consume(
  clients: Clients,
  books: Books,
  consumer: Consumer,
  signal: AbortSignal,
): Promise<void> {
  const receive = new ReceiveMessageCommand({
    QueueUrl: consumer.queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 20,
  });
  while (!signal.aborted) {
    try {
      const { Messages = [] } = await clients.sqs.send(receive, { abortSignal: signal });
      const done: Message[] = [];
      for (const message of Messages) {
        if (await work(clients, books, consumer, message)) done.push(message);
      }
      await remove(clients, consumer.queueUrl, done);
    } catch (cause) {
      if (signal.aborted) return;
      console.error(`${consumer.name}: ${cause instanceof Error ? cause.message : cause}`);
    }
  }
}

async function work(
  clients: Clients,
  books: Books,
  { name, worker }: Consumer,
  message: Message,
): Promise<boolean> {
  try {
    const event = JSON.parse(message.Body ?? '') as ShopEvent;
    const key = event.detail.metadata['idempotency-key'];
    const said = books.once(name, key, () => worker(books, event));
    if (said.length > 0) {
      const Entries = said.map((one) => envelope(BUS, name, one, event));
      const answer = await clients.events.send(new PutEventsCommand({ Entries }));
      if (answer.FailedEntryCount) throw new Error(answer.Entries?.[0]?.ErrorMessage);
    }
    return true;
  } catch (cause) {
    console.error(`${name}: ${cause instanceof Error ? cause.message : cause}`);
    return false;
  }
}

async function remove(
  clients: Clients,
  queueUrl: string,
  messages: readonly Message[],
): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle,
  }));
  await clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}

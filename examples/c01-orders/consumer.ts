/**
 * A worker as a Lambda function that is fed from a queue, up to ten messages at a time.
 *
 * However often a message comes, its work is done once: the inbox of the books sees to it. One
 * that fails is named in the answer and comes again alone; the others of its batch are done.
 */
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Books } from './books.ts';
import { WORKERS, type Worker } from './business.ts';
import { envelope, type ShopEvent } from './events.ts';
import { BUS } from './topology.ts';

/** Puts events on the bus; throws when one of them is refused. */
export type Say = (entries: PutEventsRequestEntry[]) => Promise<void>;

export type Consumer = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** The function that does what the queue called `name` asks for. */
export function consumer(name: string, books: Books, say: Say): Consumer {
  const worker = WORKERS[name];
  if (!worker) throw new Error(`Nobody works on ${name}.`);
  return async ({ Records }) => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const { messageId, body } of Records) {
      try {
        await work(name, worker, books, say, body);
      } catch (cause) {
        console.error(`${name} ${messageId}: ${cause instanceof Error ? cause.message : cause}`);
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

async function work(
  name: string,
  worker: Worker,
  books: Books,
  say: Say,
  body: string,
): Promise<void> {
  const event = JSON.parse(body) as ShopEvent;
  const key = event.detail.metadata['idempotency-key'];
  const said = books.once(name, key, () => worker(books, event));
  if (said.length > 0) await say(said.map((one) => envelope(BUS, name, one, event)));
}

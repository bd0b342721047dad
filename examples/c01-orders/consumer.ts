/**
 * A worker as a Lambda function that is fed from a queue, up to ten messages at a time.
 *
 * However often a message comes, its work is done once: the inbox of the books sees to it. What a
 * batch leads to is said at once, in one request. A message that fails is named in the answer and
 * comes again alone; where the saying fails, all that wanted something said come again.
 */
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Books } from './books.ts';
import { WORKERS } from './business.ts';
import { envelope, type ShopEvent } from './events.ts';
import { BUS } from './topology.ts';

type Entries = PutEventsRequestEntry[];

/** Puts up to ten events on the bus; throws when one of them is refused. */
export type Say = (entries: Entries) => Promise<void>;

export type Consumer = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** The function that does what the queue called `name` asks for. */
export function consumer(name: string, books: Books, say: Say): Consumer {
  const worker = WORKERS[name];
  if (!worker) throw new Error(`Nobody works on ${name}.`);

  const work = ({ body }: SQSRecord): Entries => {
    const event = JSON.parse(body) as ShopEvent;
    const key = event.detail.metadata['idempotency-key'];
    const said = books.once(name, key, () => worker(books, event));
    return said.map((one) => envelope(BUS, name, one, event));
  };

  return async ({ Records }) => {
    const failed = new Set<string>();
    const failing = (messages: readonly SQSRecord[], cause: unknown) => {
      console.error(`${name}: ${cause instanceof Error ? cause.message : cause}`);
      for (const { messageId } of messages) failed.add(messageId);
    };
    const entries: Entries = [];
    const saying: SQSRecord[] = [];
    for (const record of Records) {
      try {
        const said = work(record);
        entries.push(...said);
        if (said.length > 0) saying.push(record);
      } catch (cause) {
        failing([record], cause);
      }
    }
    if (entries.length > 0) await say(entries).catch((cause) => failing(saying, cause));
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

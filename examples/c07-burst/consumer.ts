/**
 * A function that is fed from a queue, and works on what belongs together at once. What fails is
 * named in the answer and comes again; the others are done.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

export interface Work<Item> {
  /** What a message says; throws when it makes no sense. */
  readonly read: (body: string) => Item;
  /** Items of the same key are worked on together. */
  readonly keyOf: (item: Item) => string;
  readonly work: (items: readonly Item[]) => Promise<void>;
}

export function consumer<Item>({ read, keyOf, work }: Work<Item>) {
  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed: SQSRecord[] = [];
    const failing = (records: readonly SQSRecord[], cause: unknown) => {
      console.error(String(cause));
      failed.push(...records);
    };
    const readable = Records.flatMap((record) => {
      try {
        maybeFail(record);
        return [{ record, item: read(record.body) }];
      } catch (cause) {
        failing([record], cause);
        return [];
      }
    });
    const groups = Map.groupBy(readable, ({ item }) => keyOf(item));
    const working = [...groups.values()].map((group) =>
      work(group.map(({ item }) => item)).catch((cause) => {
        const records = group.map(({ record }) => record);
        failing(records, cause);
      }),
    );
    await Promise.all(working);
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** Bad luck comes over one message in a hundred, when it is first received. */
function maybeFail({ messageId, attributes }: SQSRecord): void {
  const isFirst = attributes.ApproximateReceiveCount === '1';
  const isUnlucky = Number.parseInt(messageId.slice(0, 4), 16) % 100 === 0;
  if (isFirst && isUnlucky) throw new Error('Bad luck, this once.');
}

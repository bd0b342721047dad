/**
 * A function that is fed from a queue, and the bad luck that comes over one message in a hundred
 * when it is first received.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

export type Consumer = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** Works on messages side by side; those that fail are named and come again. */
export function consumer(work: (record: SQSRecord) => Promise<void>): Consumer {
  return async ({ Records }) => {
    const outcomes = await Promise.allSettled(
      Records.map(async (record) => {
        if (isUnlucky(record)) throw new Error('Bad luck, this once.');
        await work(record);
      }),
    );
    return {
      batchItemFailures: outcomes.flatMap((outcome, index) => {
        if (outcome.status === 'fulfilled') return [];
        console.error(String(outcome.reason));
        return [{ itemIdentifier: Records[index]?.messageId ?? '' }];
      }),
    };
  };
}

function isUnlucky({ messageId, attributes }: SQSRecord): boolean {
  if (attributes.ApproximateReceiveCount !== '1') return false;
  return Number.parseInt(messageId.slice(0, 4), 16) % 100 === 0;
}

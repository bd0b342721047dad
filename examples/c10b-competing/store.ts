/** Writes a batch of measurements to the database, all ten at once. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

const { DATABASE_URL = '' } = process.env;

export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const writes = Records.map(async ({ messageId, body }) => {
    const { ok } = await fetch(DATABASE_URL, { method: 'POST', body });
    return ok ? [] : [{ itemIdentifier: messageId }];
  });
  return { batchItemFailures: (await Promise.all(writes)).flat() };
}

/**
 * Works on jobs, ten at a time. A job that fails is named in the answer and comes again alone;
 * the others of its batch are done. After five times it is a dead letter.
 */
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type Job, readJob } from './jobs.ts';

const sqs = new SQSClient({});
const { WORK_URL, DONE_URL, BANK } = process.env;

class BankIsDown extends Error {
  override readonly name = 'BankIsDown';
}

export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const outcomes = await Promise.all(Records.map(attempt));
  return { batchItemFailures: outcomes.flatMap((failure) => failure ?? []) };
}

async function attempt(record: SQSRecord) {
  try {
    await work(readJob(record.body));
    return undefined;
  } catch (cause) {
    console.error(String(cause));
    if (cause instanceof BankIsDown) await comeBackLater(record);
    return { itemIdentifier: record.messageId };
  }
}

async function work(job: Job): Promise<void> {
  if (job.kind === 'refund' && BANK === 'down') throw new BankIsDown();
  await sqs.send(new SendMessageCommand({ QueueUrl: DONE_URL, MessageBody: JSON.stringify(job) }));
}

/** Trying again makes sense, but not soon: twice as late each time, and not all at once. */
async function comeBackLater({ receiptHandle, attributes }: SQSRecord): Promise<void> {
  const longest = 30 * 2 ** (Number(attributes.ApproximateReceiveCount) - 1);
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: WORK_URL,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.round(longest * (1 - Math.random() / 2)),
    }),
  );
}

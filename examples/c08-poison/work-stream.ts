/**
 * Works on the jobs of a stream. A stream does not go on behind what fails, so one bad job fails
 * its whole batch, before any of it is done; Lambda then halves the batch until it stands alone.
 */
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { KinesisStreamEvent } from 'aws-lambda';
import { readJob } from './jobs.ts';

const sqs = new SQSClient({});
const { DONE_URL } = process.env;

export async function handler({ Records }: KinesisStreamEvent): Promise<void> {
  const jobs = Records.map(({ kinesis }) =>
    readJob(Buffer.from(kinesis.data, 'base64').toString()),
  );
  for (let first = 0; first < jobs.length; first += 10) {
    const Entries = jobs.slice(first, first + 10).map((job) => ({
      Id: String(job.job),
      MessageBody: JSON.stringify(job),
    }));
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: DONE_URL, Entries }));
    if (answer.Failed?.[0]) throw new Error(answer.Failed[0].Message);
  }
}

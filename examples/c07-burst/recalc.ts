/**
 * Tells of each change of what people have done. Messages say how things stand and not what was
 * added, so they may come twice or late; and of several changes only the last is worth telling.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Standing } from './progress.ts';

const sqs = new SQSClient({});
const { POINTS_URL } = process.env;

export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  const latest = new Map<string, Standing>();
  for (const { dynamodb } of Records) {
    const image = (dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>;
    const standing = unmarshall(image) as Standing;
    latest.set(standing.userId, standing);
  }
  const all = [...latest.values()];
  for (let first = 0; first < all.length; first += 10) await tell(all.slice(first, first + 10));
}

async function tell(standings: readonly Standing[]): Promise<void> {
  const Entries = standings.map((standing, index) => ({
    Id: String(index),
    MessageBody: JSON.stringify(standing),
  }));
  const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: POINTS_URL, Entries }));
  const [failed] = answer.Failed ?? [];
  if (failed) throw new Error(failed.Message);
}

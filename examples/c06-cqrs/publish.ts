/**
 * Publishes what is written to the event store, from its stream. Nothing is published that was
 * not written, and nothing that was written is not published.
 *
 * With FAULT=twice it does so twice, and in no particular order: read models must not mind.
 */
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { store } from './store.ts';

const sns = new SNSClient({});
const { TOPIC_ARN, FAULT } = process.env;

export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  const events = Records.flatMap(({ dynamodb }) => {
    const event = store.eventIn(dynamodb?.NewImage ?? {});
    return event ? [JSON.stringify(event)] : [];
  });
  const messages = FAULT === 'twice' ? shuffled([...events, ...events]) : events;
  for (let first = 0; first < messages.length; first += 10) {
    await publish(messages.slice(first, first + 10));
  }
}

/** One that fails brings all of them back: those that were published will come twice. */
async function publish(messages: readonly string[]): Promise<void> {
  const entries = messages.map((Message, index) => ({ Id: String(index), Message }));
  const command = new PublishBatchCommand({
    TopicArn: TOPIC_ARN,
    PublishBatchRequestEntries: entries,
  });
  const { Failed = [] } = await sns.send(command);
  if (Failed[0]) throw new Error(Failed[0].Message);
}

function shuffled(items: readonly string[]): readonly string[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Tells the world of badges, from the stream of their table: no badge is given in silence. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

const sns = new SNSClient({});
const { TOPIC_ARN } = process.env;

export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const { dynamodb } of Records) {
    const { userId, milestone } = dynamodb?.Keys ?? {};
    const Message = `${userId?.S} reached ${milestone?.N}`;
    try {
      await sns.send(new PublishCommand({ TopicArn: TOPIC_ARN, Message }));
    } catch (cause) {
      // From this one on they come again; those before were told.
      console.error(String(cause));
      return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}

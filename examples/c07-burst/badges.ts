/** Gives a badge for each milestone. Who has one gets no second: the table sees to it. */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { consumer } from './consumer.ts';
import { milestonesOf, readPoints } from './progress.ts';

const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = consumer({
  read: readPoints,
  keyOf: ({ userId }) => userId,
  work: async (all) => {
    const [{ userId = '' } = {}] = all;
    const due = milestonesOf(Math.max(...all.map(({ steps }) => steps)));
    await Promise.all(due.map((milestone) => give(userId, milestone)));
  },
});

async function give(userId: string, milestone: number): Promise<void> {
  const put = new PutCommand({
    TableName: 'c07-badges',
    Item: { userId, milestone },
    ConditionExpression: 'attribute_not_exists(userId)',
  });
  await tables.send(put).catch((cause) => {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
  });
}

/** Gives a badge for each milestone. Who has one gets no second: the table sees to it. */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { consumer } from './luck.ts';
import { milestonesOf, type Points } from './progress.ts';

const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = consumer(async ({ body }) => {
  const { userId, steps } = (JSON.parse(body) as { readonly detail: Points }).detail;
  await Promise.all(milestonesOf(steps).map((milestone) => give(userId, milestone)));
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

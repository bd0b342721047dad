/**
 * Adds up what teams have done. A member's row says how far that member was counted; it and the
 * team's total change together or not at all, so events may come twice and in any order.
 */
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { consumer } from './luck.ts';
import type { Points } from './progress.ts';

const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = 'c07-teams';
/** The row that holds the sum of the others. */
const TOTAL = '*';

export const handler = consumer(async ({ body }) => {
  const { detail } = JSON.parse(body) as { readonly detail: Points };
  for (let attempt = 1; !(await count(detail)); attempt += 1) {
    if (attempt === 10) throw new Error(`Team ${detail.team} is too busy.`);
  }
});

/** Whether it was counted, now or before; false when others changed the rows at the same time. */
async function count({ team, userId, steps, version }: Points): Promise<boolean> {
  const Key = { team, member: userId };
  const { Item } = await tables.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  const before = { steps: 0, version: 0, ...Item };
  if (before.version >= version) return true;
  const member = {
    TableName,
    Key,
    UpdateExpression: 'SET steps = :steps, version = :version',
    ConditionExpression: 'attribute_not_exists(version) OR version = :before',
    ExpressionAttributeValues: {
      ':steps': steps,
      ':version': version,
      ':before': before.version,
    },
  };
  const total = {
    TableName,
    Key: { team, member: TOTAL },
    UpdateExpression: 'ADD steps :more',
    ExpressionAttributeValues: { ':more': steps - before.steps },
  };
  try {
    const TransactItems = [{ Update: member }, { Update: total }];
    await tables.send(new TransactWriteCommand({ TransactItems }));
    return true;
  } catch (cause) {
    if (cause instanceof TransactionCanceledException) return false;
    throw cause;
  }
}

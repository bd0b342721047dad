/**
 * Adds progress to what people have done so far. An event that was counted is remembered in the
 * same transaction, so one that comes twice counts once.
 */
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { consumer } from './luck.ts';
import { type ProgressLogged, readProgress } from './progress.ts';

const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const KNOWS_COMMAS = process.env.KNOWS_COMMAS === 'yes';

export const handler = consumer(({ body }) => count(readProgress(body, KNOWS_COMMAS)));

async function count({ eventId, userId, steps }: ProgressLogged): Promise<void> {
  const counted = {
    TableName: 'c07-counted',
    Item: { eventId },
    ConditionExpression: 'attribute_not_exists(eventId)',
  };
  const sum = {
    TableName: 'c07-progress',
    Key: { userId },
    UpdateExpression: 'ADD steps :steps, version :one',
    ExpressionAttributeValues: { ':steps': steps, ':one': 1 },
  };
  const command = new TransactWriteCommand({ TransactItems: [{ Put: counted }, { Update: sum }] });
  // Two events of one person may meet; both count, one after the other.
  for (let attempt = 1; ; attempt += 1) {
    try {
      await tables.send(command);
      return;
    } catch (cause) {
      if (!(cause instanceof TransactionCanceledException)) throw cause;
      const [{ Code = '' } = {}] = cause.CancellationReasons ?? [];
      if (Code === 'ConditionalCheckFailed') return;
      if (attempt === 5) throw cause;
    }
  }
}

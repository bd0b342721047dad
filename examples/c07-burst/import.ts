/**
 * Adds progress to what people have done so far. An event that was counted is remembered in the
 * same transaction, so one that comes twice counts once.
 */
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { consumer } from './consumer.ts';
import { type ProgressLogged, readProgress } from './progress.ts';

const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const KNOWS_COMMAS = process.env.KNOWS_COMMAS === 'yes';

export const handler = consumer({
  read: (body) => readProgress(body, KNOWS_COMMAS),
  keyOf: ({ userId }) => userId,
  work: count,
});

/** Counts events of one person. */
async function count(events: readonly ProgressLogged[]): Promise<void> {
  let left = [...new Map(events.map((event) => [event.eventId, event])).values()];
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const counted = await countAll(left);
    if (counted === 'all') return;
    left = left.filter(({ eventId }) => !counted.has(eventId));
    if (attempt === 5) throw new Error('Too many want to count at the same time.');
  }
}

/** Counts all or none; then answers with those that had been counted before. */
async function countAll(events: readonly ProgressLogged[]): Promise<'all' | Set<string>> {
  const marks = events.map(({ eventId }) => ({
    Put: {
      TableName: 'c07-counted',
      Item: { eventId },
      ConditionExpression: 'attribute_not_exists(eventId)',
    },
  }));
  const sum = {
    TableName: 'c07-progress',
    Key: { userId: events[0]?.userId },
    UpdateExpression: 'ADD steps :steps, version :one',
    ExpressionAttributeValues: {
      ':steps': events.reduce((so, { steps }) => so + steps, 0),
      ':one': 1,
    },
  };
  try {
    const TransactItems = [...marks, { Update: sum }];
    await tables.send(new TransactWriteCommand({ TransactItems }));
    return 'all';
  } catch (cause) {
    if (!(cause instanceof TransactionCanceledException)) throw cause;
    const reasons = cause.CancellationReasons ?? [];
    const before = events.filter((_, place) => reasons[place]?.Code === 'ConditionalCheckFailed');
    return new Set(before.map(({ eventId }) => eventId));
  }
}

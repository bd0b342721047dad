/**
 * Adds up what teams have done. A member's row says how far that member was counted; it and the
 * team's total change together or not at all, so events may come twice and in any order.
 */
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { consumer } from './consumer.ts';
import { type Points, readPoints } from './progress.ts';

const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = 'c07-teams';
/** The row that holds the sum of the others. */
const TOTAL = '*';

interface Counted {
  readonly member: string;
  readonly steps: number;
  readonly version: number;
}

export const handler = consumer({
  read: readPoints,
  keyOf: ({ team }) => team,
  work: async (all) => {
    for (let attempt = 1; !(await count(all)); attempt += 1) {
      if (attempt === 10) throw new Error(`Team ${all[0]?.team} is too busy.`);
    }
  },
});

/** Counts one team's; false when others changed the rows at the same time. */
async function count(all: readonly Points[]): Promise<boolean> {
  const changes = await changesBy(all);
  const [{ team = '' } = {}] = changes;
  if (changes.length === 0) return true;
  const members = changes.map(({ userId, steps, version, before }) => ({
    Update: {
      TableName,
      Key: { team, member: userId },
      UpdateExpression: 'SET steps = :steps, version = :version',
      ConditionExpression: 'attribute_not_exists(version) OR version = :before',
      ExpressionAttributeValues: { ':steps': steps, ':version': version, ':before': before },
    },
  }));
  const total = {
    TableName,
    Key: { team, member: TOTAL },
    UpdateExpression: 'ADD steps :more',
    ExpressionAttributeValues: { ':more': changes.reduce((sum, { more }) => sum + more, 0) },
  };
  try {
    const TransactItems = [...members, { Update: total }];
    await tables.send(new TransactWriteCommand({ TransactItems }));
    return true;
  } catch (cause) {
    if (cause instanceof TransactionCanceledException) return false;
    throw cause;
  }
}

/** How members stand, where that is newer than what is counted, and how much more it is. */
async function changesBy(all: readonly Points[]) {
  const latest = new Map<string, Points>();
  for (const one of all.toSorted((a, b) => a.version - b.version)) latest.set(one.userId, one);
  const counted = await countedBefore([...latest.values()]);
  return [...latest.values()].flatMap((one) => {
    const { steps, version: before } = counted.get(one.userId) ?? { steps: 0, version: 0 };
    return one.version > before ? [{ ...one, before, more: one.steps - steps }] : [];
  });
}

async function countedBefore(all: readonly Points[]): Promise<ReadonlyMap<string, Counted>> {
  const Keys = all.map(({ team, userId }) => ({ team, member: userId }));
  const RequestItems = { [TableName]: { Keys, ConsistentRead: true } };
  const { Responses = {}, UnprocessedKeys = {} } = await tables.send(
    new BatchGetCommand({ RequestItems }),
  );
  if (UnprocessedKeys[TableName]) throw new Error('The table is too busy.');
  const rows = (Responses[TableName] ?? []) as Counted[];
  return new Map(rows.map((row) => [row.member, row]));
}

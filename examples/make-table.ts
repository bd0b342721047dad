import {
  CreateTableCommand,
  type DynamoDBClient,
  type StreamViewType,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

export interface TableDraft {
  /** Names of attributes; of strings, or of numbers where `numbers` has them. */
  readonly hash: string;
  readonly range?: string;
  readonly numbers?: readonly string[];
  /** What its stream shows; default: it has none. */
  readonly stream?: StreamViewType;
}

/** Creates a table, waits until it is ready, and answers with its stream's ARN. */
export async function makeTable(
  dynamodb: DynamoDBClient,
  TableName: string,
  { hash, range, numbers = [], stream }: TableDraft,
): Promise<string> {
  const keys = range === undefined ? [hash] : [hash, range];
  const made = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({
        AttributeName,
        AttributeType: numbers.includes(AttributeName) ? 'N' : 'S',
      })),
      KeySchema: keys.map((AttributeName, place) => ({
        AttributeName,
        KeyType: place === 0 ? 'HASH' : 'RANGE',
      })),
      ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } }),
    }),
  );
  const waiting = { client: dynamodb, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilTableExists(waiting, { TableName });
  return made.TableDescription?.LatestStreamArn ?? '';
}

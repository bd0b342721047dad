/** Tables and clients for the tests of the patterns. */
import {
  CreateTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { type Attributes, fromItem } from '../../src/patterns/attribute-values.ts';
import { type Aws, type AwsOptions, startAws } from '../../src/testing/index.ts';

export interface Tables {
  readonly aws: Aws;
  readonly client: DynamoDBClient;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A stack and a client that does not retry, so that each failure shows. */
export async function startTables(options?: AwsOptions): Promise<Tables> {
  const aws = await startAws(options);
  const client = aws.client(DynamoDBClient, { maxAttempts: 1 });
  return { aws, client, [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose]() };
}

/** A table whose keys are strings; `keys` are the partition key and, if any, the sort key. */
export async function createTable(
  client: DynamoDBClient,
  TableName: string,
  keys: readonly string[] = ['id'],
  indexes: Readonly<Record<string, readonly string[]>> = {},
): Promise<string> {
  const schema = (names: readonly string[]) =>
    names.map((AttributeName, at) => ({
      AttributeName,
      KeyType: at === 0 ? ('HASH' as const) : ('RANGE' as const),
    }));
  const GlobalSecondaryIndexes = Object.entries(indexes).map(
    ([IndexName, names]): GlobalSecondaryIndex => ({
      IndexName,
      KeySchema: schema(names),
      Projection: { ProjectionType: 'ALL' },
    }),
  );
  const names = new Set([...keys, ...Object.values(indexes).flat()]);
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: schema(keys),
      AttributeDefinitions: [...names].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      BillingMode: 'PAY_PER_REQUEST',
      ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes }),
    }),
  );
  return TableName;
}

/** All items of a table. */
export async function itemsOf(
  client: DynamoDBClient,
  TableName: string,
): Promise<readonly Attributes[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return Items.map(fromItem);
}

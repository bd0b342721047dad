/** Tables for tests, and their items as short as can be. */
import type { AttributeValue } from '../../../src/wire/types/dynamodb.ts';
import { type Input, type Suite, startSuite } from '../../sdk/suite.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** Partition key `pk`, sort key `sk`, both texts. */
export const SIMPLE: Input<'dynamodb', 'CreateTable'> = {
  TableName: 'orders',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
};

/** As above, with global index `byOwner` (`owner`, `at`) and local index `byAt`. */
export const INDEXED: Input<'dynamodb', 'CreateTable'> = {
  ...SIMPLE,
  AttributeDefinitions: [
    ...(SIMPLE.AttributeDefinitions ?? []),
    { AttributeName: 'owner', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'N' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byOwner',
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'byAt',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
};

/** A stack with one table. */
export async function withTable(
  changes: Partial<Input<'dynamodb', 'CreateTable'>> = {},
): Promise<Suite> {
  const aws = await startSuite();
  await aws.call('dynamodb', 'CreateTable', { ...SIMPLE, ...changes });
  return aws;
}

export const S = (text: string): AttributeValue => ({ S: text });
export const N = (number: number | string): AttributeValue => ({ N: String(number) });

export async function put(aws: Suite, ...items: readonly Item[]): Promise<void> {
  for (const Item of items) await aws.call('dynamodb', 'PutItem', { TableName: 'orders', Item });
}

/** The item with these keys. */
export async function get(aws: Suite, pk: string, sk: string): Promise<Item | undefined> {
  const Key = { pk: S(pk), sk: S(sk) };
  return (await aws.call('dynamodb', 'GetItem', { TableName: 'orders', Key })).Item;
}

import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/app.ts';
import { quotas } from '../../../src/core/quotas.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { INDEXED, N, put, S, SIMPLE } from './a-table.ts';

const TableName = 'orders';

/** With collections of at most 2,000 bytes. */
async function small(table: object = INDEXED): Promise<Suite> {
  const limits = quotas('current', { 'dynamodb.collectionBytes': 2000 });
  const aws = await startSuite({ settings: { ...DEFAULT_SETTINGS, quotas: limits } });
  await aws.call('dynamodb', 'CreateTable', { ...SIMPLE, ...table });
  return aws;
}

function item(pk: string, sk: string, bytes: number) {
  return { pk: S(pk), sk: S(sk), body: S('x'.repeat(bytes)) };
}

describe('answers', () => {
  test('the size of a collection is told in GB to who asks', async () => {
    await using aws = await small();
    const asked = { TableName, Item: item('a', '1', 10), ReturnItemCollectionMetrics: 'SIZE' };
    const answer = await aws.call('dynamodb', 'PutItem', asked as never);
    expect(answer.ItemCollectionMetrics).toEqual({
      ItemCollectionKey: { pk: S('a') },
      SizeEstimateRangeGB: [0, 1],
    });
  });
});

describe('limits', () => {
  test('a collection that would be too large is refused, others are not', async () => {
    await using aws = await small();
    await put(aws, item('a', '1', 900), item('a', '2', 900));
    const more = { TableName, Item: item('a', '3', 900) };
    expect(await aws.fails('dynamodb', 'PutItem', more)).toMatchObject({
      code: 'ItemCollectionSizeLimitExceededException',
      message: 'Collection size exceeded.',
    });
    const TransactItems = [{ Put: more }];
    const { message } = await aws.fails('dynamodb', 'TransactWriteItems', { TransactItems });
    expect(message).toContain('[ItemCollectionSizeLimitExceeded]');
    await put(aws, item('b', '1', 900), item('a', '2', 100));
    await put(aws, item('a', '3', 900));
  });

  test('entries of local indexes count, and go with their items', async () => {
    await using aws = await small();
    const indexed = (sk: string) => ({ ...item('a', sk, 600), at: N(1) });
    await put(aws, indexed('1'), indexed('2'));
    await put(aws, { pk: S('a'), sk: S('3'), at: N(1), owner: S('x'.repeat(600)) });
    const more = { TableName, Item: item('a', '4', 150) };
    expect((await aws.fails('dynamodb', 'PutItem', more)).status).toBe(400);
    const Key = { pk: S('a'), sk: S('3') };
    await aws.call('dynamodb', 'DeleteItem', { TableName, Key });
    await put(aws, item('a', '4', 600));
  });

  test('a table without local indexes has no such limit', async () => {
    await using aws = await small({});
    await put(aws, item('a', '1', 1900), item('a', '2', 1900));
  });
});

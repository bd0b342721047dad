import { describe, expect, test } from 'vitest';
import type { Input, Suite } from '../../sdk/suite.ts';
import { INDEXED, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
type ScanInput = Input<'dynamodb', 'Scan'>;

async function filled(count = 40): Promise<Suite> {
  const aws = await withTable(INDEXED);
  for (let at = 0; at < count; at += 1) {
    const item = { pk: S(`p${at}`), sk: S('s'), amount: N(at) };
    await put(aws, at % 4 ? item : { ...item, owner: S('o'), at: N(at) });
  }
  return aws;
}

async function all(aws: Suite, input: ScanInput): Promise<readonly (string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  for (let next = input; ; ) {
    const { Items = [], LastEvaluatedKey: last } = await aws.call('dynamodb', 'Scan', next);
    seen.push(...Items.map(({ pk }) => pk?.S));
    if (!last) return seen;
    next = { ...input, ExclusiveStartKey: last };
  }
}

describe('answers', () => {
  test('every item once, in an order that is not that of the keys, page by page', async () => {
    await using aws = await filled();
    const whole = await all(aws, { TableName });
    expect(new Set(whole).size).toBe(40);
    expect(whole).not.toEqual([...whole].sort());
    expect(await all(aws, { TableName, Limit: 7 })).toEqual(whole);
  });

  test('segments share the items between them', async () => {
    await using aws = await filled();
    const segments = await Promise.all(
      [0, 1, 2].map((Segment) => all(aws, { TableName, Segment, TotalSegments: 3, Limit: 4 })),
    );
    expect(segments.flat()).toEqual(await all(aws, { TableName }));
    for (const segment of segments) expect(segment.length).toBeGreaterThan(5);
  });

  test('a filter says which items are told, not which are counted as scanned', async () => {
    await using aws = await filled();
    const input: ScanInput = {
      ...{ TableName, FilterExpression: 'amount < :most' },
      ExpressionAttributeValues: { ':most': N(10) },
    };
    expect(await aws.call('dynamodb', 'Scan', { ...input, Select: 'COUNT' })).toEqual({
      ...{ Count: 10, ScannedCount: 40 },
    });
    const ScanFilter: ScanInput['ScanFilter'] = {
      amount: { ComparisonOperator: 'LT', AttributeValueList: [N(10)] },
    };
    expect((await aws.call('dynamodb', 'Scan', { TableName, ScanFilter })).Count).toBe(10);
  });

  test('an index holds the items that have its key', async () => {
    await using aws = await filled();
    const { Count } = await aws.call('dynamodb', 'Scan', { TableName, IndexName: 'byOwner' });
    expect(Count).toBe(10);
  });

  test('it takes half a unit for 4 KB, or one where consistency is asked for', async () => {
    await using aws = await filled(4);
    const capacity = async (ConsistentRead: boolean) => {
      const input = { TableName, ConsistentRead, ReturnConsumedCapacity: 'TOTAL' } as const;
      return (await aws.call('dynamodb', 'Scan', input)).ConsumedCapacity?.CapacityUnits;
    };
    expect(await capacity(false)).toBe(0.5);
    expect(await capacity(true)).toBe(1);
  });
});

describe('refusals', () => {
  test.each([
    [
      'a segment of none',
      { Segment: 0 },
      'The TotalSegments parameter is required but was not present in the request when ' +
        'Segment parameter is present',
    ],
    [
      'segments without one',
      { TotalSegments: 2 },
      'The Segment parameter is required but was not present in the request when ' +
        'TotalSegments parameter is present',
    ],
    [
      'a segment too many',
      { Segment: 2, TotalSegments: 2 },
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
        'Segment: 2 is not less than TotalSegments: 2',
    ],
    [
      'a starting key with an attribute too many',
      { ExclusiveStartKey: { pk: S('a'), sk: S('b'), amount: N(1) } },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
    [
      'projected attributes of no index',
      { Select: 'ALL_PROJECTED_ATTRIBUTES' },
      'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    ],
  ])('%s', async (_, changes, message) => {
    await using aws = await withTable();
    expect((await aws.fails('dynamodb', 'Scan', { TableName, ...changes })).message).toBe(message);
  });

  test('a starting key of another segment', async () => {
    await using aws = await filled(10);
    const first = { TableName, Segment: 0, TotalSegments: 2, Limit: 1 };
    const { LastEvaluatedKey: ExclusiveStartKey } = await aws.call('dynamodb', 'Scan', first);
    const other = { ...first, Segment: 1, ExclusiveStartKey };
    expect((await aws.fails('dynamodb', 'Scan', other)).message).toContain('correct Segment');
  });
});

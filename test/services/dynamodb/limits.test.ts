import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

describe('answers', () => {
  test('what a new account may provision', async () => {
    await using aws = await startSuite();
    expect(await aws.call('dynamodb', 'DescribeLimits', {})).toEqual({
      ...{ AccountMaxReadCapacityUnits: 80_000, AccountMaxWriteCapacityUnits: 80_000 },
      ...{ TableMaxReadCapacityUnits: 40_000, TableMaxWriteCapacityUnits: 40_000 },
    });
  });
});

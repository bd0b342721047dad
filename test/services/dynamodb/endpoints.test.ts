import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

describe('answers', () => {
  test('the endpoint is the one that was asked', async () => {
    await using aws = await startSuite();
    const { Endpoints } = await aws.call('dynamodb', 'DescribeEndpoints', {});
    const Address = new URL(aws.endpoint).host;
    expect(Endpoints).toEqual([{ Address, CachePeriodInMinutes: 1440 }]);
  });
});

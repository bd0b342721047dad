import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

const commitment = (Status: 'ENABLED' | 'DISABLED') => {
  return { MinimumThroughputBillingCommitment: { Status } };
};

describe('answers', () => {
  test('a commitment begins at once and holds for a day', async () => {
    await using aws = await startSuite();
    const settings = () => aws.call('kinesis', 'DescribeAccountSettings', {});
    expect(await settings()).toEqual(commitment('DISABLED'));
    const StartedAt = aws.clock.now();
    const EarliestAllowedEndAt = StartedAt + 24 * 3_600_000;
    const on = { Status: 'ENABLED', StartedAt, EarliestAllowedEndAt };
    const begun = await aws.call('kinesis', 'UpdateAccountSettings', commitment('ENABLED'));
    expect(begun.MinimumThroughputBillingCommitment).toEqual(on);
    await aws.clock.advance('1h');
    const ending = await aws.call('kinesis', 'UpdateAccountSettings', commitment('DISABLED'));
    const Status = 'ENABLED_UNTIL_EARLIEST_ALLOWED_END';
    expect(ending.MinimumThroughputBillingCommitment).toEqual({ ...on, Status });
    await aws.call('kinesis', 'UpdateAccountSettings', commitment('ENABLED'));
    expect((await settings()).MinimumThroughputBillingCommitment).toEqual(on);
    await aws.call('kinesis', 'UpdateAccountSettings', commitment('DISABLED'));
    await aws.clock.advance('23h');
    expect((await settings()).MinimumThroughputBillingCommitment).toEqual({
      Status: 'DISABLED',
      StartedAt,
      EndedAt: EarliestAllowedEndAt,
    });
  });
});

describe('refusals', () => {
  test('a status that is none', async () => {
    await using aws = await startSuite();
    const input = { MinimumThroughputBillingCommitment: { Status: 'MAYBE' } };
    const { code } = await aws.fails('kinesis', 'UpdateAccountSettings', input);
    expect(code).toBe('ValidationException');
  });
});

import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

const policyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  ],
});

describe('answers', () => {
  test('a policy is stored, replaced and deleted by its name', async () => {
    await using aws = await startSuite();
    const put = { policyName: 'events', policyDocument };
    await aws.call('logs', 'PutResourcePolicy', put);
    await aws.call('logs', 'PutResourcePolicy', put);
    const { resourcePolicies } = await aws.call('logs', 'DescribeResourcePolicies', {});
    expect(resourcePolicies).toEqual([
      {
        policyName: 'events',
        policyDocument,
        policyScope: 'ACCOUNT',
        lastUpdatedTime: aws.clock.now(),
      },
    ]);
    await aws.call('logs', 'DeleteResourcePolicy', { policyName: 'events' });
    const after = await aws.call('logs', 'DescribeResourcePolicies', {});
    expect(after.resourcePolicies).toEqual([]);
  });

  test('a policy of one group has a revision', async () => {
    await using aws = await startSuite();
    await aws.call('logs', 'CreateLogGroup', { logGroupName: 'g' });
    const resourceArn = 'arn:aws:logs:us-east-1:000000000000:log-group:g:*';
    const put = { resourceArn, policyDocument };
    const { revisionId } = await aws.call('logs', 'PutResourcePolicy', put);
    const { resourcePolicies } = await aws.call('logs', 'DescribeResourcePolicies', {
      resourceArn,
    });
    expect(resourcePolicies).toMatchObject([{ policyScope: 'RESOURCE', revisionId }]);
    const stale = { ...put, expectedRevisionId: 'other' };
    expect(await aws.fails('logs', 'PutResourcePolicy', stale)).toMatchObject({
      code: 'InvalidParameterException',
    });
    await aws.call('logs', 'PutResourcePolicy', { ...put, expectedRevisionId: revisionId });
  });
});

describe('refusals', () => {
  test('a document that is no policy is refused', async () => {
    await using aws = await startSuite();
    const input = { policyName: 'p', policyDocument: '{}' };
    expect(await aws.fails('logs', 'PutResourcePolicy', input)).toMatchObject({
      code: 'InvalidParameterException',
    });
  });

  test('a policy that is not there cannot be deleted', async () => {
    await using aws = await startSuite();
    expect(await aws.fails('logs', 'DeleteResourcePolicy', { policyName: 'p' })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Policy with the specified name does not exist.',
    });
  });
});

describe('limits', () => {
  test('an account has ten policies in a Region', async () => {
    await using aws = await startSuite();
    for (let index = 0; index < 10; index += 1) {
      await aws.call('logs', 'PutResourcePolicy', { policyName: `p${index}`, policyDocument });
    }
    const input = { policyName: 'p10', policyDocument };
    expect(await aws.fails('logs', 'PutResourcePolicy', input)).toMatchObject({
      code: 'LimitExceededException',
    });
    await aws.call('logs', 'PutResourcePolicy', { policyName: 'p9', policyDocument });
  });
});

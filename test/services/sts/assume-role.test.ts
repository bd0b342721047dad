import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { startAws } from '../../../src/testing/index.ts';
import { startSuite } from '../../sdk/suite.ts';

const ROLE = 'arn:aws:iam::222233334444:role/service/deployer';
const ASSUMED = { RoleArn: ROLE, RoleSessionName: 'me@example' };

describe('answers', () => {
  test('any role can be assumed where signatures are not checked', async () => {
    await using aws = await startSuite();
    const { Credentials, AssumedRoleUser } = await aws.call('sts', 'AssumeRole', ASSUMED);
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::222233334444:assumed-role/deployer/me@example');
    expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:me@example$/);
    expect(Credentials?.Expiration).toBe(aws.stack.clock.nowMs() + 3_600_000);
  });

  test('the session acts as the role, in its account', async () => {
    await using aws = await startAws();
    const { Credentials: made } = await aws.client(STSClient).send(new AssumeRoleCommand(ASSUMED));
    const credentials = {
      accessKeyId: made?.AccessKeyId ?? '',
      secretAccessKey: made?.SecretAccessKey ?? '',
      sessionToken: made?.SessionToken ?? '',
    };
    const identity = await aws
      .client(STSClient, { credentials })
      .send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: '222233334444',
      Arn: 'arn:aws:sts::222233334444:assumed-role/deployer/me@example',
    });
    const { QueueUrl } = await aws
      .client(SQSClient, { credentials })
      .send(new CreateQueueCommand({ QueueName: 'orders' }));
    expect(QueueUrl).toContain('/222233334444/orders');
  });

  test('the policy of a session and the source are answered', async () => {
    await using aws = await startSuite();
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sqs:*', Resource: '*' },
    });
    const input = { ...ASSUMED, Policy, SourceIdentity: 'alice' };
    const answer = await aws.call('sts', 'AssumeRole', input);
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
    expect(answer.SourceIdentity).toBe('alice');
  });
});

describe('refusals', () => {
  test('an ARN that is none of a role is invalid', async () => {
    await using aws = await startSuite();
    const RoleArn = 'arn:aws:iam::222233334444:user/me';
    const { code } = await aws.fails('sts', 'AssumeRole', { ...ASSUMED, RoleArn });
    expect(code).toBe('ValidationError');
  });

  test('a policy must be one', async () => {
    await using aws = await startSuite();
    const { code } = await aws.fails('sts', 'AssumeRole', { ...ASSUMED, Policy: '{"a":1}' });
    expect(code).toBe('MalformedPolicyDocumentException');
  });
});

describe('limits', () => {
  test('names of sessions have 2 to 64 signs, and few kinds of them', async () => {
    await using aws = await startSuite();
    for (const RoleSessionName of ['x', 'a b', 'x'.repeat(65)]) {
      const { code } = await aws.fails('sts', 'AssumeRole', { ...ASSUMED, RoleSessionName });
      expect(code).toBe('ValidationError');
    }
  });
});

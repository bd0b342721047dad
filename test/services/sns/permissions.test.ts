import { describe, expect, test } from 'vitest';
import { aTopic, startSns } from './a-topic.ts';

const OTHER = '222222222222';

describe('answers', () => {
  test('a permission is a statement of the policy', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await aws.call('sns', 'AddPermission', {
      TopicArn: topic.arn,
      Label: 'partner',
      AWSAccountId: [OTHER],
      ActionName: ['Publish'],
    });
    const { Policy = '' } = await topic.attributes();
    const { Statement } = JSON.parse(Policy);
    expect(Statement).toHaveLength(2);
    expect(Statement[1]).toEqual({
      Sid: 'partner',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
      Action: 'SNS:Publish',
      Resource: topic.arn,
    });
  });

  test('another account publishes while it is permitted', async () => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const other = aws.as({ account: OTHER });
    const publish = { TopicArn, Message: 'hello' };
    expect((await other.fails('sns', 'Publish', publish)).code).toBe('AuthorizationErrorException');
    const permission = { TopicArn, Label: 'partner', AWSAccountId: [OTHER, '333333333333'] };
    const ActionName = ['Publish', 'GetTopicAttributes'];
    await aws.call('sns', 'AddPermission', { ...permission, ActionName });
    await other.call('sns', 'Publish', publish);
    await other.call('sns', 'GetTopicAttributes', { TopicArn });
    await aws.call('sns', 'RemovePermission', { TopicArn, Label: 'partner' });
    await aws.call('sns', 'RemovePermission', { TopicArn, Label: 'partner' });
    expect((await other.fails('sns', 'Publish', publish)).status).toBe(403);
  });

  test('a policy may deny its own account', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const statement = { Effect: 'Deny', Principal: '*', Action: 'sns:Publish' };
    const Statement = { ...statement, Resource: topic.arn };
    await topic.set('Policy', JSON.stringify({ Version: '2012-10-17', Statement }));
    const input = { TopicArn: topic.arn, Message: 'hello' };
    const refused = await aws.fails('sns', 'Publish', input);
    expect(refused.message).toMatch('with an explicit deny in a resource-based policy');
  });

  test('policies bind nobody when they are not enforced', async () => {
    await using aws = await startSns({ settings: { enforcePolicies: false } });
    const { arn: TopicArn } = await aTopic(aws);
    const other = aws.as({ account: OTHER });
    await other.call('sns', 'Publish', { TopicArn, Message: 'hello' });
  });
});

describe('refusals', () => {
  test.each([
    [{ ActionName: ['CreateTopic'] }, 'Policy statement action out of service scope!'],
    [{ AWSAccountId: ['me'] }, 'AWSAccountId'],
    [{ Label: 'taken' }, 'Statement already exists'],
  ])('a permission with %j', async (changes, reason) => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const permission = { TopicArn, AWSAccountId: [OTHER], ActionName: ['Publish'] };
    await aws.call('sns', 'AddPermission', { ...permission, Label: 'taken' });
    const input = { ...permission, Label: 'new', ...changes };
    const refused = await aws.fails('sns', 'AddPermission', input);
    expect(refused.message).toBe(`Invalid parameter: ${reason}`);
  });
});

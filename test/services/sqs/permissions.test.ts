import { describe, expect, test } from 'vitest';
import { aQueue, startSqs } from './a-queue.ts';

const FRIEND = '222222222222';

const permission = (QueueUrl: string, changes: object = {}) => ({
  QueueUrl,
  Label: 'friends',
  AWSAccountIds: [FRIEND],
  Actions: ['SendMessage'],
  ...changes,
});

describe('answers', () => {
  test('a permission is a statement of the policy, and goes by its label', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await aws.call('sqs', 'AddPermission', permission(queue.url));
    const both = { Label: 'both', AWSAccountIds: [FRIEND, '333333333333'], Actions: ['*'] };
    await aws.call('sqs', 'AddPermission', permission(queue.url, both));
    expect(JSON.parse((await queue.attributes()).Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Id: `${queue.arn}/SQSDefaultPolicy`,
      Statement: [
        {
          Sid: 'friends',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${FRIEND}:root` },
          Action: 'SQS:SendMessage',
          Resource: queue.arn,
        },
        {
          Sid: 'both',
          Effect: 'Allow',
          Principal: {
            AWS: [`arn:aws:iam::${FRIEND}:root`, 'arn:aws:iam::333333333333:root'],
          },
          Action: 'SQS:*',
          Resource: queue.arn,
        },
      ],
    });
    for (const Label of ['friends', 'both']) {
      await aws.call('sqs', 'RemovePermission', { QueueUrl: queue.url, Label });
    }
    expect(await queue.attributes()).not.toHaveProperty('Policy');
  });

  test('another account may do what it was permitted, and nothing else', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('mine');
    const friend = aws.as({ account: FRIEND });
    const QueueUrl = queue.url;
    const send = { QueueUrl, MessageBody: 'hello' };
    expect(await friend.fails('sqs', 'SendMessage', send)).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message:
        `User: arn:aws:iam::${FRIEND}:root is not authorized to perform: sqs:sendmessage on ` +
        `resource: ${queue.arn} because no resource-based policy allows the sqs:sendmessage action`,
    });
    await aws.call('sqs', 'AddPermission', permission(QueueUrl));
    await friend.call('sqs', 'SendMessage', send);
    const Entries = [{ Id: 'a', MessageBody: 'hello' }];
    await friend.call('sqs', 'SendMessageBatch', { QueueUrl, Entries });
    expect((await friend.fails('sqs', 'ReceiveMessage', { QueueUrl })).code).toBe('AccessDenied');
    expect(await queue.bodies()).toEqual(['mine', 'hello', 'hello']);
  });

  test('another account finds the URL of a queue that lets it', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const friend = aws.as({ account: FRIEND });
    const asked = { QueueName: 'orders', QueueOwnerAWSAccountId: aws.account };
    const hidden = await friend.fails('sqs', 'GetQueueUrl', asked);
    expect(hidden).toMatchObject({
      code: 'QueueDoesNotExist',
      message: 'The specified queue does not exist or you do not have access to it.',
    });
    const none = { ...asked, QueueName: 'none' };
    expect((await friend.fails('sqs', 'GetQueueUrl', none)).message).toBe(hidden.message);
    const Actions = ['GetQueueUrl'];
    await aws.call('sqs', 'AddPermission', permission(queue.url, { Actions }));
    expect(await friend.call('sqs', 'GetQueueUrl', asked)).toEqual({ QueueUrl: queue.url });
  });

  test('a denial in the policy beats what it allows', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const statement = { Principal: '*', Action: 'sqs:*', Resource: queue.arn };
    const Policy = JSON.stringify({
      Statement: [
        { ...statement, Effect: 'Allow' },
        { ...statement, Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    });
    await queue.set({ Policy });
    const friend = aws.as({ account: FRIEND });
    const { message } = await friend.fails('sqs', 'ReceiveMessage', { QueueUrl: queue.url });
    expect(message).toContain('with an explicit deny in a resource-based policy');
  });

  test('what concerns the queue itself is for its owner, whatever the policy says', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const Actions = ['*'];
    await aws.call('sqs', 'AddPermission', permission(queue.url, { Actions }));
    const friend = aws.as({ account: FRIEND });
    const { code } = await friend.fails('sqs', 'DeleteQueue', { QueueUrl: queue.url });
    expect(code).toBe('AccessDenied');
  });

  test('policies bind nobody where they are not enforced', async () => {
    await using aws = await startSqs({ settings: { enforcePolicies: false } });
    const queue = await aQueue(aws);
    const friend = aws.as({ account: FRIEND });
    await friend.call('sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: 'hello' });
  });
});

describe('refusals', () => {
  test('a label is used once', async () => {
    await using aws = await startSqs();
    const { url } = await aQueue(aws);
    await aws.call('sqs', 'AddPermission', permission(url));
    const failure = await aws.fails('sqs', 'AddPermission', permission(url));
    expect(failure).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'Value friends for parameter Label is invalid. Reason: Already exists.',
    });
  });

  test('a label that is not there cannot be removed', async () => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    const failure = await aws.fails('sqs', 'RemovePermission', { QueueUrl, Label: 'x' });
    expect(failure.message).toBe(
      "Value x for parameter Label is invalid. Reason: can't find label on existing policy.",
    );
  });

  test.each([
    [{ Actions: ['CreateQueue'] }, 'Value SQS:CreateQueue for parameter ActionName is invalid.'],
    [{ Actions: [] }, 'The request must contain the parameter Actions.'],
    [{ AWSAccountIds: ['12'] }, 'Value 12 for parameter PrincipalId is invalid.'],
    [{ AWSAccountIds: [] }, 'The request must contain the parameter PrincipalId.'],
    [{ Label: 'a b' }, 'Value a b for parameter Label is invalid.'],
  ])('%j is no permission', async (changes, sentence) => {
    await using aws = await startSqs();
    const { url } = await aQueue(aws);
    const { message } = await aws.fails('sqs', 'AddPermission', permission(url, changes));
    expect(message).toContain(sentence);
  });
});

describe('limits', () => {
  test('a permission has at most seven actions', async () => {
    await using aws = await startSqs();
    const { url } = await aQueue(aws);
    const Actions = Array.from({ length: 8 }, () => 'SendMessage');
    const failure = await aws.fails('sqs', 'AddPermission', permission(url, { Actions }));
    expect(failure).toMatchObject({
      code: 'OverLimit',
      message: '8 Actions were found, maximum allowed is 7.',
    });
    await aws.call('sqs', 'AddPermission', permission(url, { Actions: Actions.slice(1) }));
  });

  test('a policy has at most twenty statements', async () => {
    await using aws = await startSqs();
    const { url } = await aQueue(aws);
    for (let index = 0; index < 20; index += 1) {
      await aws.call('sqs', 'AddPermission', permission(url, { Label: `l${index}` }));
    }
    const { code } = await aws.fails('sqs', 'AddPermission', permission(url));
    expect(code).toBe('OverLimit');
  });
});

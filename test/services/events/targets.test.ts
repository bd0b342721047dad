import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:q';

async function withRule(): Promise<Suite> {
  const aws = await startSuite();
  await aws.call('events', 'PutRule', { Name: 'r', EventPattern: '{"source":["x"]}' });
  return aws;
}

function refusal(message: string) {
  return { code: 'ValidationException', message };
}

describe('answers', () => {
  test('targets are listed as they were put', async () => {
    await using aws = await withRule();
    const Targets = [
      {
        Id: '1',
        Arn: ARN,
        RoleArn: 'arn:aws:iam::000000000000:role/x',
        InputTransformer: { InputPathsMap: { n: '$.detail.n' }, InputTemplate: '{"n":<n>}' },
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 60 },
        DeadLetterConfig: { Arn: `${ARN}-dlq` },
        SqsParameters: { MessageGroupId: 'g' },
      },
    ];
    const answer = await aws.call('events', 'PutTargets', { Rule: 'r', Targets });
    expect(answer).toEqual({ FailedEntryCount: 0, FailedEntries: [] });
    const listed = await aws.call('events', 'ListTargetsByRule', { Rule: 'r' });
    expect(listed.Targets).toEqual(Targets);
  });

  test('a target of the same Id is replaced as a whole', async () => {
    await using aws = await withRule();
    const put = (target: object) =>
      aws.call('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: ARN, ...target }] });
    await put({ Input: '{}' });
    await put({ InputPath: '$.detail' });
    const { Targets } = await aws.call('events', 'ListTargetsByRule', { Rule: 'r' });
    expect(Targets).toEqual([{ Id: '1', Arn: ARN, InputPath: '$.detail' }]);
  });

  test('targets are listed page by page', async () => {
    await using aws = await withRule();
    const Targets = ['c', 'a', 'b'].map((Id) => ({ Id, Arn: ARN }));
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets });
    const list = async (input: object) => {
      const page = { Rule: 'r', Limit: 2, ...input };
      const answer = await aws.call('events', 'ListTargetsByRule', page);
      return { ids: answer.Targets?.map(({ Id }) => Id), NextToken: answer.NextToken };
    };
    const { ids, NextToken } = await list({});
    expect(ids).toEqual(['a', 'b']);
    expect(await list({ NextToken })).toEqual({ ids: ['c'] });
  });

  test('what cannot be removed is told, the rest is removed', async () => {
    await using aws = await withRule();
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: ARN }] });
    const answer = await aws.call('events', 'RemoveTargets', { Rule: 'r', Ids: ['1', '2'] });
    expect(answer).toEqual({
      FailedEntryCount: 1,
      FailedEntries: [
        {
          TargetId: '2',
          ErrorCode: 'ResourceNotFoundException',
          ErrorMessage: "Rule 'r' does not have a target with the Id '2'.",
        },
      ],
    });
    const { Targets } = await aws.call('events', 'ListTargetsByRule', { Rule: 'r' });
    expect(Targets).toEqual([]);
  });
});

describe('refusals', () => {
  test('the rule must be there', async () => {
    await using aws = await startSuite();
    const missing = {
      code: 'ResourceNotFoundException',
      message: 'Rule r does not exist on EventBus default.',
    };
    const put = { Rule: 'r', Targets: [{ Id: '1', Arn: ARN }] };
    expect(await aws.fails('events', 'PutTargets', put)).toMatchObject(missing);
    const remove = { Rule: 'r', Ids: ['1'] };
    expect(await aws.fails('events', 'RemoveTargets', remove)).toMatchObject(missing);
  });

  test.each([
    ['firehose:us-east-1:000000000000:deliverystream/s', 'Firehose'],
    ['states:us-east-1:000000000000:stateMachine:s', 'Step Functions'],
    ['ecs:us-east-1:000000000000:cluster/c', 'ECS'],
    ['execute-api:us-east-1:000000000000:api/stage/GET/path', 'API Gateway'],
    ['unheard-of:us-east-1:000000000000:thing', 'unheard-of'],
  ])('the target %s is refused by name', async (rest, name) => {
    await using aws = await withRule();
    const Targets = [
      { Id: '1', Arn: ARN },
      { Id: '2', Arn: `arn:aws:${rest}` },
    ];
    const failure = await aws.fails('events', 'PutTargets', { Rule: 'r', Targets });
    expect(failure.message).toBe(`millrace has not built the ${name} target yet.`);
    const listed = await aws.call('events', 'ListTargetsByRule', { Rule: 'r' });
    expect(listed.Targets).toEqual([]);
  });

  test.each([
    [{ Arn: 'q' }, 'Parameter q is not valid. Reason: Provided Arn is not in correct format.'],
    [{ Arn: `${ARN}.fifo` }, 'Parameter(s) SqsParameters must be specified for target: t.'],
    [
      { Arn: ARN, Input: '{}', InputPath: '$' },
      'Only one of Input, InputPath, or InputTransformer must be provided for target t.',
    ],
    [
      { Arn: ARN, InputTransformer: { InputTemplate: '"<nobody>"' } },
      'InputTemplate for target t contains invalid placeholder nobody.',
    ],
    [{ Arn: ARN, Input: '{' }, 'JSON syntax error in input for target t.'],
    [
      { Arn: ARN, DeadLetterConfig: { Arn: 'arn:aws:sns:us-east-1:000000000000:t' } },
      'Parameter DeadLetterConfig.Arn is not valid. Reason: It must be a standard SQS queue.',
    ],
    [
      { Arn: ARN, DeadLetterConfig: { Arn: `${ARN}.fifo` } },
      'Parameter DeadLetterConfig.Arn is not valid. Reason: It must be a standard SQS queue.',
    ],
    [
      { Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' },
      'Parameter arn:aws:events:us-east-1:000000000000:event-bus/default is not valid. ' +
        'Reason: An event bus cannot be the target of its own rule.',
    ],
    [
      { Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/other', Input: '{}' },
      'Input, InputPath, and InputTransformer are not available for target t.',
    ],
  ])('the target %j is refused', async (target, message) => {
    await using aws = await withRule();
    const Targets = [{ Id: 't', ...target }];
    const failure = await aws.fails('events', 'PutTargets', { Rule: 'r', Targets });
    expect(failure).toMatchObject(refusal(message));
  });

  test.each(['x.detail', '$.a[', '$..a'])('the path %s is refused', async (InputPath) => {
    await using aws = await withRule();
    const Targets = [{ Id: 't', Arn: ARN, InputPath }];
    const { code, message } = await aws.fails('events', 'PutTargets', { Rule: 'r', Targets });
    expect(code).toBe('ValidationException');
    expect(message).toContain('InputPath for target t is invalid.');
  });
});

describe('limits', () => {
  test('a rule has five targets', async () => {
    await using aws = await withRule();
    const Targets = ['1', '2', '3', '4', '5'].map((Id) => ({ Id, Arn: ARN }));
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets });
    const sixth = { Rule: 'r', Targets: [{ Id: '6', Arn: ARN }] };
    expect(await aws.fails('events', 'PutTargets', sixth)).toMatchObject({
      code: 'LimitExceededException',
      message: 'The requested resource exceeds the maximum number allowed.',
    });
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets });
  });

  test('a request names at most ten', async () => {
    await using aws = await withRule();
    const Targets = Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, Arn: ARN }));
    const put = await aws.fails('events', 'PutTargets', { Rule: 'r', Targets });
    expect(put.message).toContain('Member must have length less than or equal to 10');
    const Ids = Targets.map(({ Id }) => Id);
    const remove = await aws.fails('events', 'RemoveTargets', { Rule: 'r', Ids });
    expect(remove.message).toContain('Member must have length less than or equal to 10');
  });

  test('an input path map has at most a hundred entries', async () => {
    await using aws = await withRule();
    const paths = Array.from({ length: 101 }, (_, index) => [`k${index}`, '$.id']);
    const InputTransformer = { InputPathsMap: Object.fromEntries(paths), InputTemplate: '"x"' };
    const Targets = [{ Id: 't', Arn: ARN, InputTransformer }];
    const failure = await aws.fails('events', 'PutTargets', { Rule: 'r', Targets });
    expect(failure.code).toBe('ValidationException');
  });
});

import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const permission = {
  FunctionName: 'f',
  StatementId: 'topic',
  Action: 'lambda:InvokeFunction',
  Principal: 'sns.amazonaws.com',
};

describe('answers', () => {
  test('a permission is a statement, to the letter', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const { Statement } = await aws.call('lambda', 'AddPermission', {
      ...permission,
      SourceArn: 'arn:aws:sns:us-east-1:000000000000:topic',
      SourceAccount: '000000000000',
    });
    const statement =
      '{"Sid":"topic","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},' +
      `"Action":"lambda:InvokeFunction","Resource":"${ARN}",` +
      '"Condition":{"StringEquals":{"AWS:SourceAccount":"000000000000"},' +
      '"ArnLike":{"AWS:SourceArn":"arn:aws:sns:us-east-1:000000000000:topic"}}}';
    expect(Statement).toBe(statement);
    const { Policy, RevisionId } = await aws.call('lambda', 'GetPolicy', { FunctionName: 'f' });
    expect(Policy).toBe(`{"Version":"2012-10-17","Id":"default","Statement":[${statement}]}`);
    expect(RevisionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a principal is a service, an account, a user or everybody', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const principal = async (Principal: string, StatementId: string) => {
      const input = { ...permission, Principal, StatementId };
      const { Statement = '' } = await aws.call('lambda', 'AddPermission', input);
      return JSON.parse(Statement).Principal;
    };
    const user = 'arn:aws:iam::111111111111:user/alice';
    expect(await principal('111111111111', 'a')).toEqual({
      AWS: 'arn:aws:iam::111111111111:root',
    });
    expect(await principal(user, 'b')).toEqual({ AWS: user });
    expect(await principal('*', 'c')).toBe('*');
    expect(await principal('events.amazonaws.com', 'd')).toEqual({
      Service: 'events.amazonaws.com',
    });
  });

  test('what a function URL or an organization needs stands in the conditions', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const { Statement = '' } = await aws.call('lambda', 'AddPermission', {
      ...permission,
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
      PrincipalOrgID: 'o-0123456789',
      EventSourceToken: 'token',
    });
    expect(JSON.parse(Statement).Condition.StringEquals).toEqual({
      'aws:PrincipalOrgID': 'o-0123456789',
      'lambda:EventSourceToken': 'token',
      'lambda:FunctionUrlAuthType': 'NONE',
    });
  });

  test('each qualifier has a policy of its own', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const alias = { FunctionName: 'f', Name: 'live', FunctionVersion: '1' };
    await aws.call('lambda', 'CreateAlias', alias);
    for (const Qualifier of ['1', 'live']) {
      const input = { ...permission, Qualifier };
      const { Statement = '' } = await aws.call('lambda', 'AddPermission', input);
      expect(JSON.parse(Statement).Resource).toBe(`${ARN}:${Qualifier}`);
      await aws.call('lambda', 'GetPolicy', { FunctionName: 'f', Qualifier });
    }
    const none = await aws.fails('lambda', 'GetPolicy', { FunctionName: 'f' });
    expect(none.message).toBe('The resource you requested does not exist.');
  });

  test('another account may do what it is permitted, until it is not', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const other = aws.as({ account: '222222222222' });
    const look = { FunctionName: ARN };
    expect((await other.fails('lambda', 'GetFunctionConfiguration', look)).status).toBe(403);
    await aws.call('lambda', 'AddPermission', {
      ...permission,
      Action: 'lambda:GetFunctionConfiguration',
      Principal: '222222222222',
    });
    await other.call('lambda', 'GetFunctionConfiguration', look);
    expect((await other.fails('lambda', 'GetFunction', look)).status).toBe(403);
    const StatementId = permission.StatementId;
    await aws.call('lambda', 'RemovePermission', { FunctionName: 'f', StatementId });
    expect((await other.fails('lambda', 'GetFunctionConfiguration', look)).status).toBe(403);
  });

  test('with its last statement the policy is gone', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    await aws.call('lambda', 'AddPermission', permission);
    const { RevisionId } = await aws.call('lambda', 'GetPolicy', { FunctionName: 'f' });
    const removal = { FunctionName: 'f', StatementId: 'topic', RevisionId };
    await aws.call('lambda', 'RemovePermission', removal);
    expect(await aws.fails('lambda', 'GetPolicy', { FunctionName: 'f' })).toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('refusals', () => {
  test('a name is given once', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    await aws.call('lambda', 'AddPermission', permission);
    expect(await aws.fails('lambda', 'AddPermission', permission)).toMatchObject({
      code: 'ResourceConflictException',
      status: 409,
      message:
        'The statement id (topic) provided already exists. Please provide a new statement id, ' +
        'or remove the existing statement.',
    });
  });

  test('$LATEST has no policy, and what is not there has none either', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const add = async (Qualifier: string) =>
      (await aws.fails('lambda', 'AddPermission', { ...permission, Qualifier })).message;
    expect(await add('$LATEST')).toBe('We currently do not support adding policies for $LATEST.');
    expect(await add('7')).toBe(`Function not found: ${ARN}:7`);
    expect(await add('live')).toBe(`Cannot find alias arn: ${ARN}:live`);
  });

  test('a principal must be one', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const input = { ...permission, Principal: 'nobody' };
    expect(await aws.fails('lambda', 'AddPermission', input)).toMatchObject({
      code: 'InvalidParameterValueException',
      message: 'The provided principal was invalid. Please check the principal and try again.',
    });
  });

  test('a statement that is not there is not removed', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const remove = async () => {
      const input = { FunctionName: 'f', StatementId: 'x' };
      return (await aws.fails('lambda', 'RemovePermission', input)).message;
    };
    expect(await remove()).toBe('No policy is associated with the given resource.');
    await aws.call('lambda', 'AddPermission', permission);
    expect(await remove()).toBe('Statement x is not found in resource policy.');
  });

  test('a revision that is not the latest is refused', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    await aws.call('lambda', 'AddPermission', permission);
    const input = { ...permission, StatementId: 'second', RevisionId: 'other' };
    expect(await aws.fails('lambda', 'AddPermission', input)).toMatchObject({
      code: 'PreconditionFailedException',
      status: 412,
    });
  });
});

describe('limits', () => {
  test('a policy has 20 KB', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const SourceArn = `arn:aws:sns:us-east-1:000000000000:${'t'.repeat(7000)}`;
    const add = { ...permission, SourceArn };
    await aws.call('lambda', 'AddPermission', { ...add, StatementId: 'a' });
    await aws.call('lambda', 'AddPermission', { ...add, StatementId: 'b' });
    const third = { ...add, StatementId: 'c' };
    expect(await aws.fails('lambda', 'AddPermission', third)).toMatchObject({
      code: 'PolicyLengthExceededException',
      status: 400,
    });
  });
});

import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction, ROLE } from './a-function.ts';

describe('answers', () => {
  test('what is given changes, and all else stays', async () => {
    await using aws = await startSuite();
    await aFunction(aws, {
      Description: 'before',
      Environment: { Variables: { STAGE: 'test' } },
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
    });
    const answer = await aws.call('lambda', 'UpdateFunctionConfiguration', {
      FunctionName: 'f',
      Timeout: 60,
      Description: 'after',
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' },
    });
    expect(answer).toMatchObject({
      LastUpdateStatus: 'InProgress',
      Timeout: 60,
      Description: 'after',
      Role: ROLE,
      Environment: { Variables: { STAGE: 'test' } },
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'DEBUG',
        SystemLogLevel: 'INFO',
        LogGroup: '/aws/lambda/f',
      },
    });
    await aws.settled();
    const now = await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: 'f' });
    expect(now).toMatchObject({ Timeout: 60, LastUpdateStatus: 'Successful' });
  });

  test('what is given empty is taken away', async () => {
    await using aws = await startSuite();
    await aFunction(aws, {
      KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/k',
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
      LoggingConfig: { LogFormat: 'JSON' },
    });
    const answer = await aws.call('lambda', 'UpdateFunctionConfiguration', {
      FunctionName: 'f',
      KMSKeyArn: '',
      DeadLetterConfig: { TargetArn: '' },
      LoggingConfig: { LogFormat: 'Text' },
    });
    expect(answer.KMSKeyArn).toBeUndefined();
    expect(answer.DeadLetterConfig).toBeUndefined();
    expect(answer.LoggingConfig).toEqual({ LogFormat: 'Text', LogGroup: '/aws/lambda/f' });
  });
});

describe('refusals', () => {
  test('versions do not change', async () => {
    await using aws = await startSuite();
    const { arn } = await aFunction(aws, { Publish: true });
    const input = { FunctionName: `${arn}:1`, Timeout: 5 };
    expect(await aws.fails('lambda', 'UpdateFunctionConfiguration', input)).toMatchObject({
      code: 'InvalidParameterValueException',
    });
  });

  test('a runtime that is managed by hand does not change', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    await aws.call('lambda', 'PutRuntimeManagementConfig', {
      FunctionName: 'f',
      UpdateRuntimeOn: 'Manual',
      RuntimeVersionArn: `arn:aws:lambda:us-east-1::runtime:${'0'.repeat(64)}`,
    });
    const update = { FunctionName: 'f', Runtime: 'nodejs24.x' } as const;
    expect((await aws.fails('lambda', 'UpdateFunctionConfiguration', update)).message).toBe(
      'Cannot change runtime identifier when runtime management configuration is set to ' +
        "'Manual'. Change the runtime management configuration to 'Auto' or 'FunctionUpdate', " +
        'then retry.',
    );
    const same = { FunctionName: 'f', Runtime: 'nodejs22.x' } as const;
    await aws.call('lambda', 'UpdateFunctionConfiguration', same);
  });

  test('a revision that is not the latest is refused', async () => {
    await using aws = await startSuite();
    const { made } = await aFunction(aws);
    const input = { FunctionName: 'f', Timeout: 5, RevisionId: made.RevisionId };
    expect(await aws.fails('lambda', 'UpdateFunctionConfiguration', input)).toMatchObject({
      code: 'PreconditionFailedException',
    });
  });

  test('what a function cannot be made with it cannot be changed to', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const update = async (given: object) => {
      const input = { FunctionName: 'f', ...given };
      return (await aws.fails('lambda', 'UpdateFunctionConfiguration', input)).message;
    };
    expect(await update({ Runtime: 'ruby3.4' })).toContain('cannot run on this server');
    expect(await update({ Environment: { Variables: { AWS_REGION: 'x' } } })).toContain(
      'contains reserved keys',
    );
    const Layers = ['arn:aws:lambda:us-east-1:000000000000:layer:none:1'];
    expect(await update({ Layers })).toBe(`Layer version ${Layers[0]} does not exist.`);
    expect(await update({ DurableConfig: { ExecutionTimeout: 10 } })).toContain(
      'durable functions',
    );
  });
});

describe('limits', () => {
  test('time and memory are those of standard functions', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const input = { FunctionName: 'f', Timeout: 901 };
    expect(await aws.fails('lambda', 'UpdateFunctionConfiguration', input)).toMatchObject({
      code: 'ValidationException',
    });
  });
});

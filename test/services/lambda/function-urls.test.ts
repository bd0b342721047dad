import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const FunctionName = 'f';
const open = { FunctionName, AuthType: 'NONE' } as const;

describe('answers', () => {
  test('a URL is one of this server', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const Cors = { AllowOrigins: ['https://example.com'], AllowMethods: ['GET'], MaxAge: 60 };
    const made = await aws.call('lambda', 'CreateFunctionUrlConfig', { ...open, Cors });
    expect(made).toEqual({
      FunctionUrl: expect.stringMatching(`^${aws.endpoint}/_lambda-url/[a-z0-9]{32}/$`),
      FunctionArn: ARN,
      AuthType: 'NONE',
      Cors,
      CreationTime: '2026-01-15T10:00:00.000Z',
      InvokeMode: 'BUFFERED',
    });
    const get = await aws.call('lambda', 'GetFunctionUrlConfig', { FunctionName });
    expect(get).toEqual({ ...made, LastModifiedTime: '2026-01-15T10:00:00.000Z' });
  });

  test('an update changes what it names, and the address stays', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const made = await aws.call('lambda', 'CreateFunctionUrlConfig', open);
    await aws.clock.advance('1s');
    const update = { FunctionName, InvokeMode: 'RESPONSE_STREAM' } as const;
    const updated = await aws.call('lambda', 'UpdateFunctionUrlConfig', update);
    expect(updated).toEqual({
      ...made,
      InvokeMode: 'RESPONSE_STREAM',
      LastModifiedTime: '2026-01-15T10:00:01.000Z',
    });
  });

  test('a function and its aliases have one each', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const alias = { FunctionName, Name: 'live', FunctionVersion: '1' };
    await aws.call('lambda', 'CreateAlias', alias);
    await aws.call('lambda', 'CreateFunctionUrlConfig', open);
    await aws.call('lambda', 'CreateFunctionUrlConfig', { ...open, Qualifier: 'live' });
    const arns = async () => {
      const list = await aws.call('lambda', 'ListFunctionUrlConfigs', { FunctionName });
      return list.FunctionUrlConfigs.map((one) => one.FunctionArn);
    };
    expect(await arns()).toEqual([ARN, `${ARN}:live`]);
    await aws.call('lambda', 'DeleteAlias', { FunctionName, Name: 'live' });
    expect(await arns()).toEqual([ARN]);
    await aws.call('lambda', 'DeleteFunctionUrlConfig', { FunctionName });
    expect(await arns()).toEqual([]);
  });
});

describe('refusals', () => {
  test('there is one URL', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    await aws.call('lambda', 'CreateFunctionUrlConfig', open);
    expect(await aws.fails('lambda', 'CreateFunctionUrlConfig', open)).toMatchObject({
      code: 'ResourceConflictException',
      status: 409,
      message:
        `Failed to create function url config for [functionArn = ${ARN}]. ` +
        'Error message:  FunctionUrlConfig exists for this Lambda function',
    });
  });

  test('what is not there is told in words of its own', async () => {
    await using aws = await startSuite();
    const refusal = { code: 'ResourceNotFoundException', status: 404 };
    expect(await aws.fails('lambda', 'CreateFunctionUrlConfig', open)).toMatchObject({
      ...refusal,
      message: 'Function does not exist',
    });
    await aFunction(aws);
    for (const operation of [
      'GetFunctionUrlConfig',
      'UpdateFunctionUrlConfig',
      'DeleteFunctionUrlConfig',
    ] as const) {
      expect(await aws.fails('lambda', operation, { FunctionName })).toMatchObject({
        ...refusal,
        message: 'The resource you requested does not exist.',
      });
    }
    const alias = { ...open, Qualifier: 'live' };
    expect((await aws.fails('lambda', 'CreateFunctionUrlConfig', alias)).message).toBe(
      `Cannot find alias arn: ${ARN}:live`,
    );
  });

  test('versions have no URL', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const input = { ...open, Qualifier: '1' };
    expect((await aws.fails('lambda', 'CreateFunctionUrlConfig', input)).message).toContain(
      "at 'qualifier' failed to satisfy constraint",
    );
  });
});

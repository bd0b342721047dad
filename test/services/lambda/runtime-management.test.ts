import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const RuntimeVersionArn = `arn:aws:lambda:us-east-1::runtime:${'0'.repeat(64)}`;
const FunctionName = 'f';

describe('answers', () => {
  test('updates come by themselves unless something else is chosen', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const get = (Qualifier?: string) =>
      aws.call('lambda', 'GetRuntimeManagementConfig', { FunctionName, Qualifier });
    expect(await get()).toEqual({ UpdateRuntimeOn: 'Auto', FunctionArn: `${ARN}:$LATEST` });
    const choice = { UpdateRuntimeOn: 'Manual', RuntimeVersionArn } as const;
    await aws.call('lambda', 'PutRuntimeManagementConfig', { FunctionName, ...choice });
    expect(await get()).toEqual({ ...choice, FunctionArn: `${ARN}:$LATEST` });
    expect(await get('1')).toEqual({ UpdateRuntimeOn: 'Auto', FunctionArn: `${ARN}:1` });
  });

  test('a choice ends with its function', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const choice = { FunctionName, UpdateRuntimeOn: 'FunctionUpdate' } as const;
    await aws.call('lambda', 'PutRuntimeManagementConfig', choice);
    await aws.call('lambda', 'DeleteFunction', { FunctionName });
    await aFunction(aws);
    const now = await aws.call('lambda', 'GetRuntimeManagementConfig', { FunctionName });
    expect(now.UpdateRuntimeOn).toBe('Auto');
  });
});

describe('refusals', () => {
  test('a version of the runtime goes with manual updates only', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const put = async (given: object) => {
      const input = { FunctionName, ...given };
      return (await aws.fails('lambda', 'PutRuntimeManagementConfig', input)).code;
    };
    expect(await put({ UpdateRuntimeOn: 'Manual' })).toBe('InvalidParameterValueException');
    expect(await put({ UpdateRuntimeOn: 'Auto', RuntimeVersionArn })).toBe(
      'InvalidParameterValueException',
    );
  });
});

import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const FunctionName = 'f';

describe('answers', () => {
  test('what is reserved is told until it is given back', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const get = () => aws.call('lambda', 'GetFunctionConcurrency', { FunctionName });
    expect(await get()).toEqual({});
    const put = { FunctionName, ReservedConcurrentExecutions: 5 };
    expect(await aws.call('lambda', 'PutFunctionConcurrency', put)).toEqual({
      ReservedConcurrentExecutions: 5,
    });
    expect(await get()).toEqual({ ReservedConcurrentExecutions: 5 });
    const found = await aws.call('lambda', 'GetFunction', { FunctionName });
    expect(found.Concurrency).toEqual({ ReservedConcurrentExecutions: 5 });
    await aws.call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
    expect(await get()).toEqual({});
  });

  test('a function can be stopped by reserving nothing', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const put = { FunctionName, ReservedConcurrentExecutions: 0 };
    await aws.call('lambda', 'PutFunctionConcurrency', put);
    expect(await aws.call('lambda', 'GetFunctionConcurrency', { FunctionName })).toEqual({
      ReservedConcurrentExecutions: 0,
    });
  });
});

describe('refusals', () => {
  test('versions have none', async () => {
    await using aws = await startSuite();
    const { arn } = await aFunction(aws, { Publish: true });
    const input = { FunctionName: `${arn}:1`, ReservedConcurrentExecutions: 1 };
    expect(await aws.fails('lambda', 'PutFunctionConcurrency', input)).toMatchObject({
      code: 'InvalidParameterValueException',
    });
  });

  test('the function must be there', async () => {
    await using aws = await startSuite();
    for (const operation of ['GetFunctionConcurrency', 'DeleteFunctionConcurrency'] as const) {
      expect((await aws.fails('lambda', operation, { FunctionName })).code).toBe(
        'ResourceNotFoundException',
      );
    }
  });

  test('what is provisioned stays within what is reserved', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const provisioned = { FunctionName, Qualifier: '1', ProvisionedConcurrentExecutions: 2 };
    await aws.call('lambda', 'PutProvisionedConcurrencyConfig', provisioned);
    const input = { FunctionName, ReservedConcurrentExecutions: 1 };
    expect((await aws.fails('lambda', 'PutFunctionConcurrency', input)).message).toContain(
      "should not be lower than function's total provisioned concurrency [2].",
    );
  });
});

describe('limits', () => {
  test('100 stay unreserved', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    await aFunction(aws, { FunctionName: 'g' });
    const put = (name: string, ReservedConcurrentExecutions: number) => ({
      FunctionName: name,
      ReservedConcurrentExecutions,
    });
    await aws.call('lambda', 'PutFunctionConcurrency', put('f', 500));
    expect(await aws.fails('lambda', 'PutFunctionConcurrency', put('g', 401))).toMatchObject({
      code: 'InvalidParameterValueException',
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's " +
        'UnreservedConcurrentExecution below its minimum value of [100].',
    });
    await aws.call('lambda', 'PutFunctionConcurrency', put('g', 400));
    await aws.call('lambda', 'PutFunctionConcurrency', put('g', 400));
  });
});

import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const first = { FunctionName: 'f', Qualifier: '1' };
const live = { FunctionName: 'f', Qualifier: 'live' };
const alias = { FunctionName: 'f', Name: 'live', FunctionVersion: '1' };
const two = { ProvisionedConcurrentExecutions: 2 };

describe('answers', () => {
  test('what is asked for is there at once', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const answer = {
      RequestedProvisionedConcurrentExecutions: 2,
      AvailableProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 2,
      Status: 'READY',
      LastModified: '2026-01-15T10:00:00.000+0000',
    };
    const put = await aws.call('lambda', 'PutProvisionedConcurrencyConfig', { ...first, ...two });
    expect(put).toEqual(answer);
    expect(await aws.call('lambda', 'GetProvisionedConcurrencyConfig', first)).toEqual(answer);
    const FunctionName = 'f';
    const list = await aws.call('lambda', 'ListProvisionedConcurrencyConfigs', { FunctionName });
    expect(list.ProvisionedConcurrencyConfigs).toEqual([{ FunctionArn: `${ARN}:1`, ...answer }]);
  });

  test('a configuration is deleted, and again without effect', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    await aws.call('lambda', 'CreateAlias', alias);
    await aws.call('lambda', 'PutProvisionedConcurrencyConfig', { ...live, ...two });
    await aws.call('lambda', 'DeleteProvisionedConcurrencyConfig', live);
    await aws.call('lambda', 'DeleteProvisionedConcurrencyConfig', live);
    expect(await aws.fails('lambda', 'GetProvisionedConcurrencyConfig', live)).toMatchObject({
      code: 'ProvisionedConcurrencyConfigNotFoundException',
      status: 404,
      message: 'No Provisioned Concurrency Config found for this function',
    });
  });
});

describe('refusals', () => {
  test('$LATEST cannot have it, nor what is not there', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const put = async (Qualifier: string) => {
      const input = { FunctionName: 'f', Qualifier, ...two };
      return (await aws.fails('lambda', 'PutProvisionedConcurrencyConfig', input)).message;
    };
    expect(await put('$LATEST')).toBe(
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    );
    expect(await put('7')).toBe(`Function not found: ${ARN}:7`);
    expect(await put('live')).toBe(`Cannot find alias arn: ${ARN}:live`);
  });

  test('a version has it once, by itself or by an alias', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    await aws.call('lambda', 'CreateAlias', alias);
    await aws.call('lambda', 'PutProvisionedConcurrencyConfig', { ...first, ...two });
    const again = { ...live, ...two };
    expect(await aws.fails('lambda', 'PutProvisionedConcurrencyConfig', again)).toMatchObject({
      code: 'ResourceConflictException',
    });
    await aws.call('lambda', 'DeleteProvisionedConcurrencyConfig', first);
    await aws.call('lambda', 'PutProvisionedConcurrencyConfig', again);
    const other = { ...first, ...two };
    expect(await aws.fails('lambda', 'PutProvisionedConcurrencyConfig', other)).toMatchObject({
      code: 'ResourceConflictException',
    });
  });
});

describe('limits', () => {
  test('it stays within what is reserved, or leaves 100 unreserved', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const put = async (ProvisionedConcurrentExecutions: number) => {
      const input = { ...first, ProvisionedConcurrentExecutions };
      return (await aws.fails('lambda', 'PutProvisionedConcurrencyConfig', input)).message;
    };
    expect(await put(1001)).toBe(
      "Specified ConcurrentExecutions for function is greater than account's unreserved " +
        'concurrency [1000].',
    );
    expect(await put(901)).toBe(
      "Specified ConcurrentExecutions for function decreases account's " +
        'UnreservedConcurrentExecution below its minimum value of [100].',
    );
    const reserve = { FunctionName: 'f', ReservedConcurrentExecutions: 3 };
    await aws.call('lambda', 'PutFunctionConcurrency', reserve);
    expect(await put(4)).toBe(
      'Requested Provisioned Concurrency should not be greater than the ' +
        'reservedConcurrentExecution for function',
    );
  });
});

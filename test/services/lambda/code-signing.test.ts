import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const FunctionName = 'f';

describe('answers', () => {
  test('a function has no configuration for signed code', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    expect(await aws.call('lambda', 'GetFunctionCodeSigningConfig', { FunctionName })).toEqual({
      CodeSigningConfigArn: '',
      FunctionName,
    });
  });
});

describe('refusals', () => {
  test('the function must be there', async () => {
    await using aws = await startSuite();
    const failure = await aws.fails('lambda', 'GetFunctionCodeSigningConfig', { FunctionName });
    expect(failure.code).toBe('ResourceNotFoundException');
  });
});

import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const FunctionName = 'f';

describe('answers', () => {
  test('loops are broken unless they are allowed', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const get = () => aws.call('lambda', 'GetFunctionRecursionConfig', { FunctionName });
    expect(await get()).toEqual({ RecursiveLoop: 'Terminate' });
    const allow = { FunctionName, RecursiveLoop: 'Allow' } as const;
    expect(await aws.call('lambda', 'PutFunctionRecursionConfig', allow)).toEqual({
      RecursiveLoop: 'Allow',
    });
    expect(await get()).toEqual({ RecursiveLoop: 'Allow' });
  });
});

describe('refusals', () => {
  test('the function must be there', async () => {
    await using aws = await startSuite();
    expect(await aws.fails('lambda', 'GetFunctionRecursionConfig', { FunctionName })).toMatchObject(
      { code: 'ResourceNotFoundException' },
    );
  });
});

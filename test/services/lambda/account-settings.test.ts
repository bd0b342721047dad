import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction, CODE } from './a-function.ts';

describe('answers', () => {
  test('limits are told, and what is used of them', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    await aws.call('lambda', 'PutFunctionConcurrency', {
      FunctionName: 'f',
      ReservedConcurrentExecutions: 50,
    });
    const Content = { ZipFile: CODE };
    await aws.call('lambda', 'PublishLayerVersion', { LayerName: 'layer', Content });
    expect(await aws.call('lambda', 'GetAccountSettings', {})).toEqual({
      AccountLimit: {
        TotalCodeSize: 80530636800,
        CodeSizeUnzipped: 262144000,
        CodeSizeZipped: 52428800,
        ConcurrentExecutions: 1000,
        UnreservedConcurrentExecutions: 950,
      },
      AccountUsage: { TotalCodeSize: 3 * CODE.length, FunctionCount: 1 },
    });
  });
});

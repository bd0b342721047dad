import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';

/** A function with versions 1 and 2. */
async function twoVersions(aws: Suite): Promise<void> {
  await aFunction(aws, { Publish: true });
  await aws.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'f', Timeout: 9 });
  await aws.settled();
  await aws.call('lambda', 'PublishVersion', { FunctionName: 'f' });
}

const live = { FunctionName: 'f', Name: 'live' };

describe('answers', () => {
  test('an alias stands for a version', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const input = { ...live, FunctionVersion: '1', Description: 'in use' };
    const made = await aws.call('lambda', 'CreateAlias', input);
    expect(made).toEqual({
      AliasArn: `${ARN}:live`,
      Name: 'live',
      FunctionVersion: '1',
      Description: 'in use',
      RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await aws.call('lambda', 'GetAlias', live)).toEqual(made);
    const qualified = { FunctionName: 'f', Qualifier: 'live' };
    expect(await aws.call('lambda', 'GetFunctionConfiguration', qualified)).toMatchObject({
      FunctionArn: `${ARN}:live`,
      Version: '1',
    });
  });

  test('an update changes what it names, and weights go by an empty map', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const made = await aws.call('lambda', 'CreateAlias', { ...live, FunctionVersion: '1' });
    const RoutingConfig = { AdditionalVersionWeights: { 2: 0.25 } };
    const weighted = await aws.call('lambda', 'UpdateAlias', { ...live, RoutingConfig });
    expect(weighted).toMatchObject({ FunctionVersion: '1', RoutingConfig });
    expect(weighted.RevisionId).not.toBe(made.RevisionId);
    const Description = 'half way';
    const described = await aws.call('lambda', 'UpdateAlias', { ...live, Description });
    expect(described).toMatchObject({ Description, RoutingConfig });
    const none = { FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: {} } };
    const moved = await aws.call('lambda', 'UpdateAlias', { ...live, ...none });
    expect(moved.FunctionVersion).toBe('2');
    expect(moved.RoutingConfig).toBeUndefined();
  });

  test('aliases are listed, all or those of a version, page by page', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const create = (Name: string, FunctionVersion: string) =>
      aws.call('lambda', 'CreateAlias', { FunctionName: 'f', Name, FunctionVersion });
    await create('b', '1');
    await create('a', '2');
    await create('c', '$LATEST');
    const names = async (given: object = {}) => {
      const listed = await aws.call('lambda', 'ListAliases', { FunctionName: 'f', ...given });
      return listed.Aliases?.map((one) => one.Name);
    };
    expect(await names()).toEqual(['a', 'b', 'c']);
    expect(await names({ FunctionVersion: '1' })).toEqual(['b']);
    const { NextMarker: Marker } = await aws.call('lambda', 'ListAliases', {
      FunctionName: 'f',
      MaxItems: 2,
    });
    expect(await names({ MaxItems: 2, Marker })).toEqual(['c']);
  });

  test('an alias is deleted, and again without effect', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    await aws.call('lambda', 'CreateAlias', { ...live, FunctionVersion: '1' });
    await aws.call('lambda', 'DeleteAlias', live);
    await aws.call('lambda', 'DeleteAlias', live);
    expect(await aws.fails('lambda', 'GetAlias', live)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Cannot find alias arn: ${ARN}:live`,
    });
  });
});

describe('refusals', () => {
  test('an alias is not made twice', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const input = { ...live, FunctionVersion: '1' };
    await aws.call('lambda', 'CreateAlias', input);
    expect(await aws.fails('lambda', 'CreateAlias', input)).toMatchObject({
      code: 'ResourceConflictException',
      status: 409,
      message: `Alias already exists: ${ARN}:live`,
    });
  });

  test('the versions must be there', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const refusal = { code: 'ResourceNotFoundException', message: `Function not found: ${ARN}:7` };
    const create = (given: object) => aws.fails('lambda', 'CreateAlias', { ...live, ...given });
    expect(await create({ FunctionVersion: '7' })).toMatchObject(refusal);
    const RoutingConfig = { AdditionalVersionWeights: { 7: 0.5 } };
    expect(await create({ FunctionVersion: '1', RoutingConfig })).toMatchObject(refusal);
  });

  test('weights are of one other published version', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const create = async (FunctionVersion: string, AdditionalVersionWeights: object) => {
      const input = { ...live, FunctionVersion, RoutingConfig: { AdditionalVersionWeights } };
      return (await aws.fails('lambda', 'CreateAlias', input)).message;
    };
    expect(await create('1', { 1: 0.5 })).toBe(
      'Invalid function version 1. ' +
        'Function version 1 is already included in routing configuration.',
    );
    expect(await create('$LATEST', { 1: 0.5 })).toBe(
      '$LATEST is not supported for an alias pointing to more than 1 version',
    );
    expect(await create('1', { 2: 1.5 })).toContain('Member must have value less than or equal to');
  });

  test('an alias is of a function, not of a version', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const input = { FunctionName: `${ARN}:1`, Name: 'live', FunctionVersion: '1' };
    expect(await aws.fails('lambda', 'CreateAlias', input)).toMatchObject({
      code: 'InvalidParameterValueException',
    });
  });

  test('an alias is no number', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const input = { FunctionName: 'f', Name: '12', FunctionVersion: '1' };
    expect((await aws.fails('lambda', 'CreateAlias', input)).message).toContain("at 'name' failed");
  });

  test('an alias that is not there is told by its ARN', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    expect((await aws.fails('lambda', 'UpdateAlias', live)).message).toBe(
      `Alias not found: ${ARN}:live`,
    );
  });

  test('a revision that is not the latest is refused', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    await aws.call('lambda', 'CreateAlias', { ...live, FunctionVersion: '1' });
    const input = { ...live, RevisionId: 'other' };
    expect(await aws.fails('lambda', 'UpdateAlias', input)).toMatchObject({
      code: 'PreconditionFailedException',
      status: 412,
    });
  });
});

describe('limits', () => {
  test('an alias has two versions at most', async () => {
    await using aws = await startSuite();
    await twoVersions(aws);
    const AdditionalVersionWeights = { 2: 0.1, 3: 0.1 };
    const input = { ...live, FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights } };
    expect((await aws.fails('lambda', 'CreateAlias', input)).message).toBe(
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    );
  });
});

import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction, zipOf } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';

describe('answers', () => {
  test('a version is a copy of $LATEST that stays as it is', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Description: 'a function' });
    const publish = { FunctionName: 'f', Description: 'first' };
    expect(await aws.call('lambda', 'PublishVersion', publish)).toMatchObject({
      Version: '1',
      FunctionArn: `${ARN}:1`,
      Description: 'first',
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    const update = { FunctionName: 'f', Timeout: 60 };
    await aws.call('lambda', 'UpdateFunctionConfiguration', update);
    await aws.settled();
    const second = await aws.call('lambda', 'PublishVersion', { FunctionName: 'f' });
    expect(second).toMatchObject({ Version: '2', Timeout: 60, Description: 'a function' });
    const first = { FunctionName: 'f', Qualifier: '1' };
    const found = await aws.call('lambda', 'GetFunctionConfiguration', first);
    expect(found).toMatchObject({ Version: '1', Timeout: 3 });
  });

  test('what is published already is not published again', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const publish = async () =>
      (await aws.call('lambda', 'PublishVersion', { FunctionName: 'f' })).Version;
    expect([await publish(), await publish()]).toEqual(['1', '1']);
  });

  test('another description is a change, but that of a version is none', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Description: 'one' });
    const publish = async (Description?: string) =>
      (await aws.call('lambda', 'PublishVersion', { FunctionName: 'f', Description })).Version;
    expect([await publish('a version'), await publish('another'), await publish()]).toEqual([
      '1',
      '1',
      '1',
    ]);
    const update = { FunctionName: 'f', Description: 'two' };
    await aws.call('lambda', 'UpdateFunctionConfiguration', update);
    expect([await publish(), await publish()]).toEqual(['2', '2']);
  });

  test('a number is not used again, though its version is deleted', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    await aws.call('lambda', 'DeleteFunction', { FunctionName: 'f', Qualifier: '1' });
    const { Version } = await aws.call('lambda', 'PublishVersion', { FunctionName: 'f' });
    expect(Version).toBe('2');
    const { Versions } = await aws.call('lambda', 'ListVersionsByFunction', { FunctionName: 'f' });
    expect(Versions?.map((one) => one.Version)).toEqual(['$LATEST', '2']);
  });

  test('versions are listed by number, page by page', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    for (let number = 1; number <= 11; number += 1) {
      const ZipFile = zipOf({ 'index.mjs': String(number) });
      const input = { FunctionName: 'f', ZipFile, Publish: true };
      await aws.call('lambda', 'UpdateFunctionCode', input);
      await aws.settled();
    }
    const list = (Marker?: string) =>
      aws.call('lambda', 'ListVersionsByFunction', { FunctionName: 'f', MaxItems: 10, Marker });
    const first = await list();
    expect(first.Versions?.map((one) => one.Version).slice(-3)).toEqual(['7', '8', '9']);
    const last = await list(first.NextMarker);
    expect(last.Versions?.map((one) => one.FunctionArn)).toEqual([`${ARN}:10`, `${ARN}:11`]);
    expect(last.NextMarker).toBeUndefined();
  });

  test('a version is deleted alone, and again without effect', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const first = { FunctionName: 'f', Qualifier: '1' };
    await aws.call('lambda', 'DeleteFunction', first);
    await aws.call('lambda', 'DeleteFunction', first);
    await aws.call('lambda', 'GetFunction', { FunctionName: 'f' });
    expect((await aws.fails('lambda', 'GetFunction', first)).message).toBe(
      `Function not found: ${ARN}:1`,
    );
  });
});

describe('refusals', () => {
  test('other code than expected is not published', async () => {
    await using aws = await startSuite();
    const { made } = await aFunction(aws);
    const publish = (CodeSha256: string) =>
      aws.fails('lambda', 'PublishVersion', { FunctionName: 'f', CodeSha256 });
    expect(await publish('other')).toMatchObject({
      code: 'InvalidParameterValueException',
      message:
        'CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ' +
        `(${made.CodeSha256}). ` +
        'Please try again with the CodeSHA256 in $LATEST.',
    });
  });

  test('a revision that is not the latest is not published', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const input = { FunctionName: 'f', RevisionId: 'other' };
    expect(await aws.fails('lambda', 'PublishVersion', input)).toMatchObject({
      code: 'PreconditionFailedException',
    });
  });

  test('a version that an alias names is not deleted', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const alias = { FunctionName: 'f', Name: 'live', FunctionVersion: '1' };
    await aws.call('lambda', 'CreateAlias', alias);
    const first = { FunctionName: 'f', Qualifier: '1' };
    expect(await aws.fails('lambda', 'DeleteFunction', first)).toMatchObject({
      code: 'ResourceConflictException',
      message: 'Unable to delete version because the following aliases reference it: [live]',
    });
  });

  test('the function must be there', async () => {
    await using aws = await startSuite();
    for (const operation of ['PublishVersion', 'ListVersionsByFunction'] as const) {
      const failure = await aws.fails('lambda', operation, { FunctionName: 'f' });
      expect(failure.message).toBe(`Function not found: ${ARN}`);
    }
  });
});

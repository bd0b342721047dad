import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction, CODE, zipOf } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const OTHER = zipOf({ 'index.mjs': 'export const handler = async () => "other";' });

describe('answers', () => {
  test('an update is in progress when it is asked for, and successful right after', async () => {
    await using aws = await startSuite();
    const { made } = await aFunction(aws);
    await aws.clock.advance('1s');
    const input = { FunctionName: 'f', ZipFile: OTHER };
    const answer = await aws.call('lambda', 'UpdateFunctionCode', input);
    expect(answer).toMatchObject({
      FunctionArn: ARN,
      State: 'Active',
      LastUpdateStatus: 'InProgress',
      LastUpdateStatusReason: 'The function is being created.',
      LastUpdateStatusReasonCode: 'Creating',
      CodeSize: OTHER.length,
      LastModified: '2026-01-15T10:00:01.000+0000',
    });
    expect(answer.CodeSha256).not.toBe(made.CodeSha256);
    await aws.settled();
    const now = await aws.call('lambda', 'GetFunction', { FunctionName: 'f' });
    expect(now.Configuration).toMatchObject({ LastUpdateStatus: 'Successful' });
    expect(now.Configuration?.LastUpdateStatusReason).toBeUndefined();
    const download = await fetch(now.Code?.Location ?? '');
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(OTHER);
  });

  test('a trial run changes nothing', async () => {
    await using aws = await startSuite();
    const { made } = await aFunction(aws);
    const input = { FunctionName: 'f', ZipFile: OTHER, DryRun: true };
    const answer = await aws.call('lambda', 'UpdateFunctionCode', input);
    expect(answer.CodeSize).toBe(OTHER.length);
    const now = await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: 'f' });
    expect(now.CodeSha256).toBe(made.CodeSha256);
  });

  test('code is published in the same step, unless it is published already', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const update = async (ZipFile: Uint8Array) => {
      const input = { FunctionName: 'f', ZipFile, Publish: true };
      const { Version, FunctionArn } = await aws.call('lambda', 'UpdateFunctionCode', input);
      await aws.settled();
      return [Version, FunctionArn];
    };
    expect(await update(OTHER)).toEqual(['1', `${ARN}:1`]);
    expect(await update(OTHER)).toEqual(['1', `${ARN}:1`]);
    expect(await update(CODE)).toEqual(['2', `${ARN}:2`]);
    const Qualifier = '1';
    const first = await aws.call('lambda', 'GetFunction', { FunctionName: 'f', Qualifier });
    const download = await fetch(first.Code?.Location ?? '');
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(OTHER);
  });

  test('code that is replaced goes after a while', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const { Code } = await aws.call('lambda', 'GetFunction', { FunctionName: 'f' });
    await aws.call('lambda', 'UpdateFunctionCode', { FunctionName: 'f', ZipFile: OTHER });
    await aws.clock.advance('1h');
    expect((await fetch(Code?.Location ?? '')).status).toBe(404);
  });

  test('the architecture changes with the code', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const answer = await aws.call('lambda', 'UpdateFunctionCode', {
      FunctionName: 'f',
      ZipFile: OTHER,
      Architectures: ['arm64'],
    });
    expect(answer.Architectures).toEqual(['arm64']);
  });
});

describe('refusals', () => {
  test('one update waits for the other', async () => {
    await using aws = await startSuite();
    const { made } = await aFunction(aws);
    const { versions } = (await import('../../../src/services/lambda/store.ts')).storeOf(aws.stack);
    const partition = '000000000000/us-east-1/f';
    const row = await versions.get(partition, '$LATEST');
    if (!row) throw new Error('The function is not there.');
    const put = (changes: Partial<typeof row.value>) =>
      aws.stack.storage.commit([versions.put(partition, '$LATEST', { ...row.value, ...changes })]);
    const update = () =>
      aws.fails('lambda', 'UpdateFunctionCode', { FunctionName: 'f', ZipFile: OTHER });

    await put({ update: 'InProgress' });
    expect(await update()).toMatchObject({
      code: 'ResourceConflictException',
      status: 409,
      message:
        'The operation cannot be performed at this time. ' +
        `An update is in progress for resource: ${ARN}`,
    });
    await put({ state: 'Pending' });
    expect((await update()).message).toContain(
      'The function is currently in the following state: Pending',
    );
    expect(made.State).toBe('Pending');
  });

  test('a revision that is not the latest is refused', async () => {
    await using aws = await startSuite();
    const { made } = await aFunction(aws);
    const input = { FunctionName: 'f', ZipFile: OTHER, RevisionId: made.RevisionId };
    expect(await aws.fails('lambda', 'UpdateFunctionCode', input)).toMatchObject({
      code: 'PreconditionFailedException',
      status: 412,
      message:
        'The Revision Id provided does not match the latest Revision Id. ' +
        'Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    });
    const now = await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: 'f' });
    const latest = { ...input, RevisionId: now.RevisionId };
    await aws.call('lambda', 'UpdateFunctionCode', latest);
  });

  test('code must come from somewhere, and be a zip file', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const update = async (given: object) =>
      (await aws.fails('lambda', 'UpdateFunctionCode', { FunctionName: 'f', ...given })).message;
    expect(await update({})).toBe('Please provide a source for function code.');
    expect(await update({ ZipFile: new TextEncoder().encode('x') })).toContain('Could not unzip');
  });

  test('the function must be there', async () => {
    await using aws = await startSuite();
    const input = { FunctionName: 'f', ZipFile: OTHER };
    expect(await aws.fails('lambda', 'UpdateFunctionCode', input)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}`,
    });
  });
});

import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aFunction, CODE, plain } from './a-function.ts';

const OTHER = '222222222222';
const ARN = 'arn:aws:lambda:us-east-1:000000000000:layer:shared:1';
const first = { LayerName: 'shared', VersionNumber: 1 };
const permission = {
  ...first,
  StatementId: 'partner',
  Action: 'lambda:GetLayerVersion',
  Principal: OTHER,
};

async function aLayer(aws: Suite): Promise<void> {
  const Content = { ZipFile: CODE };
  await aws.call('lambda', 'PublishLayerVersion', { LayerName: 'shared', Content });
}

describe('answers', () => {
  test('a permission is a statement, to the letter', async () => {
    await using aws = await startSuite();
    await aLayer(aws);
    const added = await aws.call('lambda', 'AddLayerVersionPermission', permission);
    const statement =
      '{"Sid":"partner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},' +
      `"Action":"lambda:GetLayerVersion","Resource":"${ARN}"}`;
    expect(added.Statement).toBe(statement);
    expect(await aws.call('lambda', 'GetLayerVersionPolicy', first)).toEqual({
      Policy: `{"Version":"2012-10-17","Id":"default","Statement":[${statement}]}`,
      RevisionId: added.RevisionId,
    });
  });

  test('another account uses a layer while it is permitted', async () => {
    await using aws = await startSuite();
    await aLayer(aws);
    const other = aws.as({ account: OTHER });
    const input = { ...plain, Layers: [ARN], Role: `arn:aws:iam::${OTHER}:role/worker` };
    expect(await other.fails('lambda', 'CreateFunction', input)).toMatchObject({
      code: 'AccessDeniedException',
      status: 403,
    });
    await aws.call('lambda', 'AddLayerVersionPermission', permission);
    await aFunction(other, { Layers: [ARN] });
    await other.call('lambda', 'GetLayerVersionByArn', { Arn: ARN });
    const removal = { ...first, StatementId: 'partner' };
    await aws.call('lambda', 'RemoveLayerVersionPermission', removal);
    const failure = await other.fails('lambda', 'GetLayerVersionByArn', { Arn: ARN });
    expect(failure.code).toBe('AccessDeniedException');
  });

  test('an organization may be everybody who is meant', async () => {
    await using aws = await startSuite();
    await aLayer(aws);
    const { Statement = '' } = await aws.call('lambda', 'AddLayerVersionPermission', {
      ...permission,
      Principal: '*',
      OrganizationId: 'o-0123456789',
    });
    expect(JSON.parse(Statement)).toMatchObject({
      Principal: '*',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-0123456789' } },
    });
  });
});

describe('refusals', () => {
  test('a name is given once', async () => {
    await using aws = await startSuite();
    await aLayer(aws);
    await aws.call('lambda', 'AddLayerVersionPermission', permission);
    expect(await aws.fails('lambda', 'AddLayerVersionPermission', permission)).toMatchObject({
      code: 'ResourceConflictException',
    });
  });

  test('the version must be there, and the policy and the statement', async () => {
    await using aws = await startSuite();
    expect((await aws.fails('lambda', 'GetLayerVersionPolicy', first)).message).toBe(
      `Layer version ${ARN} does not exist.`,
    );
    await aLayer(aws);
    const none = 'No policy is associated with the given resource.';
    expect((await aws.fails('lambda', 'GetLayerVersionPolicy', first)).message).toBe(none);
    const removal = { ...first, StatementId: 'x' };
    const remove = async () =>
      (await aws.fails('lambda', 'RemoveLayerVersionPermission', removal)).message;
    expect(await remove()).toBe(none);
    await aws.call('lambda', 'AddLayerVersionPermission', permission);
    expect(await remove()).toBe('Statement x is not found in resource policy.');
  });

  test('a revision that is not the latest is refused', async () => {
    await using aws = await startSuite();
    await aLayer(aws);
    const input = { ...permission, RevisionId: 'other' };
    expect((await aws.fails('lambda', 'AddLayerVersionPermission', input)).code).toBe(
      'PreconditionFailedException',
    );
  });
});

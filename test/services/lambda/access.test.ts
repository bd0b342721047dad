import { describe, expect, test } from 'vitest';
import { type Asker, denial } from '../../../src/services/lambda/access.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const address = { account: '000000000000', region: 'us-east-1', name: 'f' };
const sourceArn = 'arn:aws:sns:us-east-1:000000000000:topic';
const topic: Asker = { service: 'sns.amazonaws.com', sourceArn };

async function permit(aws: Suite, given: object = {}): Promise<void> {
  await aws.call('lambda', 'AddPermission', {
    FunctionName: 'f',
    StatementId: 'topic',
    Action: 'lambda:InvokeFunction',
    Principal: 'sns.amazonaws.com',
    SourceArn: sourceArn,
    ...given,
  });
}

describe('answers', () => {
  test('a service may invoke what the policy lets it', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    expect(await denial(aws.stack, { address }, topic)).toBe(
      'User: sns.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ' +
        'arn:aws:lambda:us-east-1:000000000000:function:f because no resource-based policy ' +
        'allows the lambda:InvokeFunction action',
    );
    await permit(aws);
    expect(await denial(aws.stack, { address }, topic)).toBeUndefined();
    const other: Asker = { service: 'sns.amazonaws.com', sourceArn: `${sourceArn}2` };
    expect(await denial(aws.stack, { address }, other)).toBeDefined();
    const rule: Asker = { service: 'events.amazonaws.com', sourceArn };
    expect(await denial(aws.stack, { address }, rule)).toBeDefined();
  });

  test('the policy of the function says nothing of its versions', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    await permit(aws);
    const latest = { address: { ...address, qualifier: '$LATEST' } };
    const first = { address: { ...address, qualifier: '1' } };
    expect(await denial(aws.stack, latest, topic)).toBeUndefined();
    expect(await denial(aws.stack, first, topic)).toBeDefined();
    await permit(aws, { Qualifier: '1' });
    expect(await denial(aws.stack, first, topic)).toBeUndefined();
  });

  test("the function's own account needs no policy, others do", async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const user = (account: string) => ({ arn: `arn:aws:iam::${account}:user/a`, account });
    expect(await denial(aws.stack, { address }, user('000000000000'))).toBeUndefined();
    expect(await denial(aws.stack, { address }, user('222222222222'))).toBeDefined();
    await permit(aws, { Principal: '222222222222', SourceArn: undefined });
    expect(await denial(aws.stack, { address }, user('222222222222'))).toBeUndefined();
  });

  test('a condition of a wish counts', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const action = 'lambda:InvokeFunctionUrl';
    await permit(aws, {
      ...{ Action: action, Principal: '*', SourceArn: undefined },
      FunctionUrlAuthType: 'NONE',
    });
    const visitor: Asker = { arn: 'arn:aws:iam::222222222222:user/a', account: '222222222222' };
    const wish = (type: string) => ({ action, context: { 'lambda:FunctionUrlAuthType': type } });
    expect(await denial(aws.stack, { address }, visitor, wish('NONE'))).toBeUndefined();
    expect(await denial(aws.stack, { address }, visitor, wish('AWS_IAM'))).toBeDefined();
  });

  test('where policies bind nobody everything is allowed', async () => {
    await using aws = await startSuite({ settings: { enforcePolicies: false } });
    await aFunction(aws);
    expect(await denial(aws.stack, { address }, topic)).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { decide, type Principal, parsePolicy, validatePolicy } from '../../src/core/policy.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:111111111111:orders';
const TOPIC = 'arn:aws:sns:us-east-1:111111111111:news';

const sns: Principal = { service: 'sns.amazonaws.com' };
const ann: Principal = { arn: 'arn:aws:iam::222222222222:user/ann', account: '222222222222' };
const session: Principal = {
  arn: 'arn:aws:sts::222222222222:assumed-role/worker/i-1',
  account: '222222222222',
};

const allow = (members: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'sqs:SendMessage',
  Resource: QUEUE,
  ...members,
});

function ask(
  statements: object | readonly object[],
  principal: Principal = sns,
  { action = 'sqs:SendMessage', context = {} }: { action?: string; context?: object } = {},
) {
  const policy = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  const given = context as Record<string, string>;
  return decide(policy, { principal, action, resource: QUEUE, context: given });
}

describe('decisions', () => {
  test('what no statement speaks of is neither allowed nor denied', () => {
    expect(ask(allow(), sns, { action: 'sqs:DeleteMessage' })).toBe('silent');
    expect(ask(allow({ Resource: `${QUEUE}-other` }))).toBe('silent');
    expect(ask([])).toBe('silent');
  });

  test('an explicit deny wins wherever it stands', () => {
    expect(ask([allow({ Effect: 'Deny' }), allow()])).toBe('deny');
    expect(ask([allow(), allow({ Effect: 'Deny', Action: 'sqs:*' })])).toBe('deny');
  });

  test('actions are compared without regard to case, and may be patterns', () => {
    expect(ask(allow({ Action: 'SQS:sendmessage' }))).toBe('allow');
    expect(ask(allow({ Action: ['sqs:Get*', 'sqs:Send*'] }))).toBe('allow');
    expect(ask(allow({ Action: undefined, NotAction: 'sqs:Delete*' }))).toBe('allow');
    expect(ask(allow({ Action: undefined, NotAction: 'sqs:*' }))).toBe('silent');
  });

  test('resources may be patterns or excluded', () => {
    expect(ask(allow({ Resource: 'arn:aws:sqs:*:111111111111:ord*' }))).toBe('allow');
    expect(ask(allow({ Resource: undefined, NotResource: QUEUE }))).toBe('silent');
    expect(ask(allow({ Resource: undefined }))).toBe('allow');
  });

  test('a condition on the source lets one topic in and no other', () => {
    const statement = allow({
      Principal: { Service: 'sns.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } },
    });
    expect(ask(statement, sns, { context: { 'aws:SourceArn': TOPIC } })).toBe('allow');
    expect(ask(statement, sns, { context: { 'AWS:sourcearn': TOPIC } })).toBe('allow');
    expect(ask(statement, sns, { context: { 'aws:SourceArn': `${TOPIC}2` } })).toBe('silent');
    expect(ask(statement)).toBe('silent');
  });
});

describe('principals', () => {
  test.each([
    ['*', ann, 'allow'],
    ['*', sns, 'allow'],
    [{ AWS: '*' }, sns, 'allow'],
    [{ Service: 'sns.amazonaws.com' }, sns, 'allow'],
    [{ Service: ['s3.amazonaws.com', 'sns.amazonaws.com'] }, sns, 'allow'],
    [{ Service: 'sns.amazonaws.com' }, ann, 'silent'],
    [{ AWS: '222222222222' }, ann, 'allow'],
    [{ AWS: ['333333333333', 'arn:aws:iam::222222222222:root'] }, ann, 'allow'],
    [{ AWS: 'arn:aws:iam::222222222222:user/ann' }, ann, 'allow'],
    [{ AWS: 'arn:aws:iam::222222222222:user/bob' }, ann, 'silent'],
    [{ AWS: 'arn:aws:iam::222222222222:role/worker' }, session, 'allow'],
    [{ AWS: 'arn:aws:sts::222222222222:assumed-role/worker/i-1' }, session, 'allow'],
    [{ AWS: '333333333333' }, ann, 'silent'],
    [{ Federated: 'cognito-identity.amazonaws.com' }, ann, 'silent'],
  ] as const)('%j and %j: %s', (named, principal, decision) => {
    expect(ask(allow({ Principal: named }), principal)).toBe(decision);
  });

  test('NotPrincipal is everyone else', () => {
    const statement = allow({ Principal: undefined, NotPrincipal: { AWS: '222222222222' } });
    expect(ask(statement, ann)).toBe('silent');
    expect(ask(statement, sns)).toBe('allow');
  });

  test('condition keys of the principal are known without being told', () => {
    const account = { StringEquals: { 'aws:PrincipalAccount': '222222222222' } };
    expect(ask(allow({ Condition: account }), ann)).toBe('allow');
    expect(ask(allow({ Condition: account }), sns)).toBe('silent');
    const role = { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/work*' } };
    expect(ask(allow({ Condition: role }), session)).toBe('allow');
    const service = { Bool: { 'aws:PrincipalIsAWSService': 'true' } };
    expect(ask(allow({ Condition: service }), sns)).toBe('allow');
  });
});

describe('refusals', () => {
  test.each([
    ['{', 'The policy is not JSON.'],
    ['[]', 'The policy must be a JSON object.'],
    [{}, 'The policy has no Statement.'],
    [{ Version: '2020-01-01', Statement: [] }, 'The policy\'s Version "2020-01-01" is unknown.'],
    [{ Statement: ['a'] }, 'A Statement must be a JSON object.'],
    [{ Statement: allow({ Effect: 'allow' }) }, 'Effect must be Allow or Deny.'],
    [{ Statement: allow({ Action: undefined }) }, 'A Statement has neither Action nor NotAction.'],
    [{ Statement: allow({ NotAction: 'x' }) }, 'Action and NotAction exclude each other.'],
    [{ Statement: allow({ Action: 7 }) }, 'Action must be a text or texts.'],
    [
      { Statement: allow({ Principal: undefined }) },
      'A Statement needs either Principal or NotPrincipal.',
    ],
    [{ Statement: allow({ Principal: 'ann' }) }, 'A Principal must be a JSON object.'],
    [{ Statement: allow({ Principal: { User: 'ann' } }) }, 'User is no type of principal.'],
    [
      { Statement: allow({ Condition: { Resembles: { a: 'b' } } }) },
      'Resembles is no condition operator.',
    ],
    [{ Statement: [allow({ Sid: 'a' }), allow({ Sid: 'a' })] }, 'Two statements have one Sid.'],
  ])('%j: %s', (document, reason) => {
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    expect(validatePolicy(text)).toBe(reason);
    expect(() => parsePolicy(text)).toThrow(reason);
  });

  test('a policy as AWS documents it is taken', () => {
    const policy = { Version: '2008-10-17', Id: 'x', Statement: allow({ Sid: 'one' }) };
    expect(validatePolicy(JSON.stringify(policy))).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/access/evaluate.ts';
import { CONDITIONS } from './conditions.ts';
import { CALLERS, type Decision, HERE, type Outcome } from './decision.ts';
import { DECISIONS } from './decisions.ts';

const ALL = [...DECISIONS, ...CONDITIONS];

const isUnknown = (key: string) => key.startsWith('svc:') || key.startsWith('aws:resourcetag/');

function outcomeOf(decision: Decision): Outcome {
  const { who, own, shared, version, action, resource, context } = decision;
  const policy = (Statement: readonly object[]) =>
    Statement.length === 0 ? [] : [JSON.stringify({ Version: version, Statement })];
  const wish = { action, resource, context, isUnknown };
  const policies = { identity: policy(own), resource: policy(shared), owner: HERE };
  const verdict = judge(CALLERS[who], wish, policies);
  if (verdict.allowed) return 'allowed';
  return verdict.explicit ? 'denied' : 'not allowed';
}

describe('decisions', () => {
  test('are more than three hundred', () => {
    expect(ALL.length).toBeGreaterThan(300);
  });

  test.each(ALL)('$title', (decision) => {
    expect(outcomeOf(decision)).toBe(decision.outcome);
  });
});

describe('the sentence', () => {
  const wish = { action: 'sqs:SendMessage', resource: `arn:aws:sqs:eu-west-1:${HERE}:q` };
  const because = (who: Decision['who'], identity: string[], resource: string[]) => {
    const verdict = judge(CALLERS[who], wish, { identity, resource, owner: HERE });
    return verdict.allowed ? 'allowed' : verdict.because;
  };
  const own = (Effect: string) => [
    JSON.stringify({ Statement: { Effect, Action: '*', Resource: '*' } }),
  ];
  const shared = (Effect: string) => [
    JSON.stringify({ Statement: { Effect, Principal: '*', Action: '*', Resource: '*' } }),
  ];

  test('tells which policy is in the way', () => {
    expect(because('alice', [], [])).toBe(
      'because no identity-based policy allows the sqs:SendMessage action',
    );
    expect(because('stranger', own('Allow'), [])).toBe(
      'because no resource-based policy allows the sqs:SendMessage action',
    );
    expect(because('alice', own('Deny'), [])).toBe(
      'with an explicit deny in an identity-based policy',
    );
    expect(because('alice', own('Allow'), shared('Deny'))).toBe(
      'with an explicit deny in a resource-based policy',
    );
  });

  test('no pattern takes exponential time', () => {
    const Resource = `${'*a'.repeat(500)}b`;
    const policy = JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource } });
    const resource = `arn:aws:sqs:eu-west-1:${HERE}:${'a'.repeat(5000)}`;
    const policies = { identity: [policy], resource: [], owner: HERE };
    expect(judge(CALLERS.alice, { ...wish, resource }, policies).allowed).toBe(false);
  });
});

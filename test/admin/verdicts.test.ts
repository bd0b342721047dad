/** What facts of hand-overs amount to; how they come to be is in why.test.ts. */
import { expect, test } from 'vitest';
import { ofHandOvers } from '../../src/admin/verdicts.ts';
import type { Fact } from '../../src/journal/journal.ts';

const RULE = 'arn:aws:events:us-east-1:000000000000:rule/r';
const [A, B] = ['a', 'b'].map((name) => `arn:aws:sqs:us-east-1:000000000000:${name}`) as [
  string,
  string,
];
const rule = { arn: RULE, kind: 'rule', targets: [A, B] } as const;

function fact(kind: Fact['kind'], atMs: number, more: Partial<Fact> = {}): Fact {
  return { kind, id: 'e', arn: RULE, atMs, ...more };
}

const said = (...facts: readonly Fact[]) => ofHandOvers(rule, facts, () => undefined, 'bus');

test('a rule that has matched, and nothing more is known', () => {
  expect(said(fact('match', 1))).toEqual({
    verdict: 'retrying',
    because: 'On its way to sqs:a, sqs:b; nothing has been tried yet.',
    attempts: [],
  });
  expect(said()).toBeUndefined();
  expect(said({ ...fact('match', 1), arn: 'another' })).toBeUndefined();
});

test('the worst of several targets is told, each by its own last attempt', () => {
  const failed = { target: A, outcome: 'THROTTLING', note: 'too fast' };
  const facts = [
    fact('match', 1),
    fact('deliver', 1, failed),
    fact('retry', 1, { target: A, outcome: 'THROTTLING', note: 'attempt 2 at noon' }),
    fact('deliver', 1, { target: B, outcome: 'ok' }),
  ];
  expect(said(...facts)).toMatchObject({
    verdict: 'retrying',
    because: 'sqs:a refused it with THROTTLING: too fast. It is tried again: attempt 2 at noon.',
    attempts: [{ outcome: 'THROTTLING' }, { outcome: 'ok' }],
  });
  const later = [...facts, fact('deliver', 2, { target: A, outcome: 'ok' })];
  expect(said(...later)).toMatchObject({ verdict: 'delivered' });
  const letters = 'arn:aws:sqs:us-east-1:000000000000:letters';
  const dead = fact('dead-letter', 2, { target: letters, outcome: 'THROTTLING' });
  const ended = [...facts, fact('deliver', 2, failed), dead];
  expect(said(...ended)).toMatchObject({
    verdict: 'dead-lettered',
    because:
      'sqs:a refused it with THROTTLING: too fast. ' +
      'Given up after 2 attempts, and put into sqs:letters.',
  });
});

import { expect, test } from 'vitest';
import { decodeFact, encodeFact, type Fact } from '../../src/journal/journal.ts';

const SENT: Fact = { kind: 'publish', id: 'a', arn: 'arn:aws:sqs:r:0:q', atMs: 5 };

test('a fact is read as it was told', () => {
  const whole: Fact = {
    ...{ ...SENT, outcome: 'ok', target: 't', produced: 'p', causes: ['c'], note: 'n' },
    trace: '5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-1',
  };
  for (const fact of [SENT, whole]) expect(decodeFact(encodeFact(fact))).toEqual(fact);
});

test('what a fact does not say takes no place, and one of earlier versions is read', () => {
  const { body } = encodeFact(SENT);
  expect(JSON.parse(body)).toHaveLength(3);
  const before = `${body.slice(0, -1)},null,null,null,null,null]`;
  expect(decodeFact({ atMs: 5, body: before })).toEqual(SENT);
});

import { expect, test } from 'vitest';
import { movesOf, startOf } from '../../src/admin/moves.ts';
import type { Fact, FactKind } from '../../src/journal/journal.ts';

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const QUEUE = arn('sqs', 'q');
const RULE = arn('events', 'rule/shop/r');
const SUBSCRIPTION = arn('sns', 'news:c0ffee');
const FUNCTION = arn('lambda', 'function:f');
const STREAM = arn('kinesis', 'stream/s');
const CHANGES = arn('dynamodb', 'table/t/stream/2026-01-01');

const moves = (kind: FactKind, at: string, about: Partial<Fact> = {}) =>
  movesOf({ kind, id: 'x', arn: at, atMs: 1, ...about });

test.each([
  ['publish', QUEUE, {}, [{ node: QUEUE, count: 'published' }]],
  ['delete', QUEUE, {}, [{ node: QUEUE, count: 'deleted' }]],
  ['drop', QUEUE, {}, [{ node: QUEUE, count: 'dropped' }]],
  ['drop', SUBSCRIPTION, { outcome: 'FILTERED' }, []],
  ['drop', SUBSCRIPTION, { outcome: 'X' }, [{ node: arn('sns', 'news'), count: 'dropped' }]],
  ['match', SUBSCRIPTION, { target: QUEUE }, []],
  ['retry', `${FUNCTION}:$LATEST`, { outcome: 'X' }, []],
  ['invoke', `${FUNCTION}:7`, { outcome: 'ok' }, [{ node: FUNCTION, count: 'invoked' }]],
  ['dead-letter', STREAM, { target: QUEUE }, [{ node: STREAM, count: 'dropped' }]],
  ['dead-letter', CHANGES, {}, [{ node: CHANGES, count: 'dropped' }]],
  ['dead-letter', FUNCTION, { outcome: 'RetriesExhausted' }, []],
  ['dead-letter', FUNCTION, { outcome: 'LOST:X' }, [{ node: FUNCTION, count: 'dropped' }]],
] as const)('%s at %s of %j', (kind, at, about, expected) => {
  expect(moves(kind, at, about)).toEqual(expected);
});

test('a run that failed is counted as run too', () => {
  expect(moves('invoke', `${FUNCTION}:$LATEST`, { outcome: 'TypeError' })).toEqual([
    { node: FUNCTION, count: 'invoked' },
    { node: FUNCTION, count: 'failed' },
  ]);
});

test.each([
  ['match', RULE, {}, arn('events', 'event-bus/shop'), RULE, 'rule', 'ok'],
  [
    'match',
    arn('events', 'rule/r'),
    {},
    arn('events', 'event-bus/default'),
    undefined,
    'rule',
    'ok',
  ],
  ['deliver', RULE, { target: QUEUE, outcome: 'ok' }, RULE, QUEUE, 'target', 'ok'],
  ['deliver', RULE, { target: QUEUE, outcome: 'NO_RESOURCE' }, RULE, QUEUE, 'target', 'failed'],
  [
    'deliver',
    SUBSCRIPTION,
    { target: QUEUE, outcome: 'ok' },
    SUBSCRIPTION,
    QUEUE,
    'subscription',
    'ok',
  ],
  ['deliver', FUNCTION, { target: QUEUE, outcome: 'ok' }, FUNCTION, QUEUE, 'destination', 'ok'],
  ['retry', RULE, { target: QUEUE }, RULE, QUEUE, 'target', 'retried'],
  ['dead-letter', RULE, { target: QUEUE, outcome: 'X' }, RULE, QUEUE, 'dead-letter', 'dead'],
  ['dead-letter', RULE, { target: QUEUE, outcome: 'LOST:X' }, RULE, QUEUE, 'target', 'dead'],
  ['receive', QUEUE, { target: FUNCTION }, QUEUE, FUNCTION, 'mapping', 'ok'],
  ['publish', CHANGES, {}, arn('dynamodb', 'table/t'), CHANGES, 'changes', 'ok'],
] as const)('%s at %s of %j goes along an edge', (kind, at, about, source, to, edge, count) => {
  const along = moves(kind, at, about).filter((move) => 'source' in move);
  expect(along).toEqual([{ source, to: to ?? at, kind: edge, count }]);
});

test('an edge of a subscription begins at its topic', () => {
  expect(startOf(SUBSCRIPTION)).toBe(arn('sns', 'news'));
  expect(startOf(arn('sns', 'news'))).toBe(arn('sns', 'news'));
  expect(startOf(`${STREAM}/consumer/c:1`)).toBe(STREAM);
});

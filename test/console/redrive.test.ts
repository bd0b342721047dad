import { describe, expect, test } from 'vitest';
import {
  atLeast,
  homeless,
  progressOf,
  rateOf,
  redriveOf,
  type Scope,
  sizeOf,
  taskWords,
  whereTo,
} from '../../console/src/views/dead-letters/redrive.ts';
import type { DeadLetter, RedriveTask } from '../../src/admin-api/index.ts';

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

function letter(id: string, origin?: string): DeadLetter {
  return {
    id,
    position: 1,
    token: 7,
    state: 'visible',
    sentAtMs: 0,
    receives: 3,
    body: '{}',
    groupKey: 'g1',
    error: 'it failed',
    code: 'Error',
    history: [],
    ...(origin !== undefined && { origin }),
  };
}

const some: Scope = {
  kind: 'messages',
  messages: [
    letter('a', queueArn('orders')),
    letter('b', queueArn('orders')),
    letter('c', 'arn:aws:lambda:us-east-1:000000000000:function:ship'),
  ],
};
const group: Scope = {
  kind: 'group',
  group: {
    key: 'g1',
    source: queueArn('orders'),
    code: 'Error',
    error: 'it failed',
    count: 5,
    firstAtMs: 0,
    lastAtMs: 0,
  },
};

describe('what a redrive says that it will do', () => {
  test('counts the messages, whatever is redriven', () => {
    expect([some, group, { kind: 'all', count: 12 } as const].map(sizeOf)).toEqual([3, 5, 12]);
  });

  test('tells origins apart, and names the only one', () => {
    expect(whereTo(some, undefined)).toBe('2 back to queue orders, 1 back to function ship');
    const one: Scope = { kind: 'messages', messages: some.messages.slice(0, 2) };
    expect(whereTo(one, undefined)).toBe('back to queue orders');
  });

  test('says so when all go to one queue', () => {
    expect(whereTo(some, queueArn('later'))).toBe('to queue later');
    expect(whereTo(group, undefined)).toBe('each to where it came from');
  });

  test('counts messages whose origin nobody knows', () => {
    expect(homeless({ kind: 'messages', messages: [letter('a'), letter('b', 'x')] })).toBe(1);
    expect(homeless(group)).toBe(0);
  });
});

describe('a rate', () => {
  test('is a whole number that the server takes, or none', () => {
    expect(['', ' ', '1', '500'].map(rateOf)).toEqual(['', '', 1, 500]);
    expect(['0', '501', '1.5', '-3', 'x'].map(rateOf)).toEqual(Array(5).fill(undefined));
  });

  test('tells how long it takes at least', () => {
    expect(atLeast(43, 2)).toBe('22 s');
    expect(atLeast(43, '')).toBeUndefined();
  });
});

describe('the request', () => {
  test('fences each message with its place and token', () => {
    const redrive = redriveOf(queueArn('dlq'), some, { to: undefined, rate: 5 });
    expect(redrive.messages?.[0]).toEqual({ id: 'a', position: 1, token: 7 });
    expect(redrive).not.toHaveProperty('perSecond');
    expect(redrive).not.toHaveProperty('to');
  });

  test('names a group, a queue and a rate where they are chosen', () => {
    expect(redriveOf(queueArn('dlq'), group, { to: queueArn('x'), rate: 5 })).toEqual({
      queue: queueArn('dlq'),
      to: queueArn('x'),
      group: 'g1',
      perSecond: 5,
    });
    expect(
      redriveOf(queueArn('dlq'), { kind: 'all', count: 2 }, { to: undefined, rate: '' }),
    ).toEqual({ queue: queueArn('dlq') });
  });
});

describe('a task', () => {
  const task: RedriveTask = {
    id: 't',
    queue: queueArn('dlq'),
    status: 'RUNNING',
    moved: 12,
    toMove: 40,
    startedAtMs: 0,
  };

  test('tells how far it is', () => {
    expect(taskWords(task)).toBe('redriving · 12 of 40 messages');
    expect(progressOf(task)).toBe(0.3);
    expect(progressOf({ ...task, moved: 0, toMove: 0 })).toBe(1);
  });

  test('tells why it failed', () => {
    const failed: RedriveTask = { ...task, status: 'FAILED', failure: 'No such queue.' };
    expect(taskWords(failed)).toBe('failed · 12 of 40 messages · No such queue.');
  });
});

import { describe, expect, test } from 'vitest';
import { stateOf } from '../../console/src/views/queues/states.ts';
import type { QueueMessage } from '../../src/admin-api/index.ts';

const message: QueueMessage = {
  id: 'm',
  position: 1,
  token: 1,
  state: 'visible',
  sentAtMs: 0,
  receives: 0,
  body: '',
};

describe('why a message is where it is', () => {
  test('visible ones need no words', () => {
    expect(stateOf(message, 0)).toMatchObject({ state: 'visible', why: '' });
  });

  test('ones in flight say for how long, and who holds them', () => {
    const held: QueueMessage = {
      ...message,
      state: 'in-flight',
      visibleAtMs: 12_000,
      heldBy: 'arn:aws:lambda:us-east-1:000000000000:function:ship',
    };
    expect(stateOf(held, 400).why).toBe('hidden 12 s more, held by ship');
    const { heldBy: _, ...unnamed } = held;
    expect(stateOf(unnamed, 400).why).toBe('hidden 12 s more');
  });

  test('a time that has just passed is not counted below zero', () => {
    const late: QueueMessage = { ...message, state: 'in-flight', visibleAtMs: 1_000 };
    expect(stateOf(late, 5_000).why).toBe('');
  });

  test('delayed ones say for how long', () => {
    const delayed: QueueMessage = { ...message, state: 'delayed', visibleAtMs: 90_000 };
    expect(stateOf(delayed, 0)).toMatchObject({ state: 'delayed', why: 'for 1 min 30 s' });
  });

  test('ones behind another of their group are not free', () => {
    const blocked: QueueMessage = { ...message, blockedBy: '12345678-aaaa' };
    expect(stateOf(blocked, 0)).toMatchObject({
      state: 'blocked',
      why: 'behind 12345678… of its group',
    });
  });
});

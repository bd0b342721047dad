import { describe, expect, test } from 'vitest';
import {
  faultsOf,
  freeName,
  isRunning,
  progressOf,
  rulesWords,
  startReplayOf,
} from '../../console/src/views/archives/replay.ts';
import type { Replay } from '../../src/admin-api/index.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/orders';
const draft = { name: 'again-1', fromMs: 1_000, toMs: 5_000, rules: [] };
const replay: Replay = {
  name: 'again-1',
  archive: 'a',
  bus: BUS,
  state: 'RUNNING',
  fromMs: 1_000,
  toMs: 5_000,
  lastEventAtMs: 2_000,
  replayed: 3,
  startedAtMs: 9_000,
};

describe('a replay to be', () => {
  test('is started when its name and span make sense', () => {
    expect(faultsOf(draft)).toEqual({});
    expect(Object.keys(faultsOf({ ...draft, name: 'no spaces' }))).toEqual(['name']);
    expect(Object.keys(faultsOf({ ...draft, toMs: 1_000 }))).toEqual(['to']);
    expect(Object.keys(faultsOf({ ...draft, fromMs: undefined }))).toEqual(['from']);
  });

  test('names rules only where not all are meant', () => {
    expect(startReplayOf('a', BUS, draft)).toEqual({
      ReplayName: 'again-1',
      EventSourceArn: 'a',
      EventStartTime: '1970-01-01T00:00:01.000Z',
      EventEndTime: '1970-01-01T00:00:05.000Z',
      Destination: { Arn: BUS },
    });
    expect(startReplayOf('a', BUS, { ...draft, rules: ['r'] })).toMatchObject({
      Destination: { Arn: BUS, FilterArns: ['r'] },
    });
  });

  test('gets a name that is not taken', () => {
    expect(freeName('orders', [])).toBe('orders-1');
    expect(freeName('orders', ['orders-1', 'orders-2'])).toBe('orders-3');
  });

  test('says to which rules it goes', () => {
    const names = new Map([
      ['r1', 'one'],
      ['r2', 'two'],
      ['r3', 'three'],
    ]);
    expect(rulesWords([], names)).toBe('all 3 rules');
    expect(rulesWords(['r1', 'r2', 'r3'], names)).toBe('all 3 rules');
    expect(rulesWords(['r2'], names)).toBe('rule two');
    expect(rulesWords(['r1', 'r2'], names)).toBe('2 of 3 rules');
  });
});

describe('a replay under way', () => {
  test('is as far as the time of its last event', () => {
    expect(progressOf(replay)).toBe(0.25);
    expect(progressOf({ ...replay, state: 'COMPLETED' })).toBe(1);
    const { lastEventAtMs: _, ...fresh } = replay;
    expect(progressOf(fresh)).toBe(0);
  });

  test('goes on until it has ended', () => {
    expect(['STARTING', 'RUNNING', 'CANCELLING'].every((state) => isRunning({ state }))).toBe(true);
    expect(['COMPLETED', 'CANCELLED', 'FAILED'].some((state) => isRunning({ state }))).toBe(false);
  });
});

import { expect, test } from 'vitest';
import type { Entry } from '../history.ts';
import { evidenceIn, NO_EVIDENCE, sum, ticksAfterCrashes, unseen } from './evidence.ts';

const span = { invokedAtMs: 0, returnedAtMs: 1, outcome: 'ok' } as const;
const send = (key: string, group?: string): Entry => ({
  ...{ op: 'send', queue: 'q.fifo', key, digest: '', ...span, ...(group && { group }) },
});
const receive = (queue: string, ...keys: string[]): Entry => ({
  ...{ op: 'receive', queue, leaseMs: 1, ...span },
  messages: keys.map((key) => ({
    ...{ key, digest: '', messageId: key, handle: key, receiveCount: 1 },
  })),
});
const arrival = (key: string, atMs: number, accepted: boolean): Entry => ({
  ...{ op: 'arrival', endpoint: 'http', key, digest: '', atMs, accepted },
});

test('each kind of evidence is counted once', () => {
  const entries: readonly Entry[] = [
    send('a', 'g'),
    send('b', 'g'),
    { ...send('c', 'h'), outcome: 'unknown' } as Entry,
    receive('q.fifo', 'a', 'b', 'c'),
    receive('dead', 'd'),
    receive('called', 'e', 'f'),
    receive('changes', 'g'),
    receive('records', 'h', 'i', 'j'),
    { op: 'delete', queue: 'q.fifo', handle: 'a', ...span },
    arrival('over', 10, false),
    arrival('within', 21, false),
    { op: 'crash', atMs: 20 },
    arrival('over', 30, true),
    arrival('within', 31, true),
    arrival('at once', 32, true),
  ];
  const streams = { changes: 'changes', records: 'records' };
  const places = { ordered: new Set(['q.fifo']), buried: 'dead', carried: 'called', ...streams };
  expect(evidenceIn(entries, places)).toEqual({
    ...{ confirmed: 2, cutShort: 1, deleted: 1, inOrder: 1, buried: 1 },
    ...{ carried: 2, changes: 1, records: 3, functionKills: 0, resumed: 1, ticks: 0 },
  });
});

test('a firing counts when there was a crash since the one before', () => {
  expect(ticksAfterCrashes([60, 120, 180], [70, 80, 190])).toBe(1);
  expect(ticksAfterCrashes([60], [50])).toBe(0);
});

test('what nothing was seen of is named', () => {
  const some = { ...NO_EVIDENCE, deleted: 1 };
  expect(unseen(sum(some, some))).toEqual(unseen(some));
  expect(unseen(some)).not.toContain('deleted');
  expect(sum(some, some).deleted).toBe(2);
});

/** A small piece of `npm run simulate`, and proof that it sees what is broken. */
import { describe, expect, test } from 'vitest';
import { simulate } from './deterministic/run.ts';
import * as plants from './faults/plants.ts';
import type { Fault } from './history.ts';

/** A run takes a second or less; a machine that is busy with others may take its time. */
const PATIENCE = { timeout: 120_000 };
const SEEDS = [2, 3, 4, 5, 7, 8];

test.each(SEEDS)(
  'nodes that crash, stand still and come back keep their word, seed %i',
  async (seed) => {
    const { findings, complaints } = await simulate({ seed });
    expect([...findings, ...complaints]).toEqual([]);
  },
);

test('the same seed is the same history', PATIENCE, async () => {
  const text = async () => {
    const { history } = await simulate({ seed: 11 });
    return JSON.stringify(history, (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  };
  expect(await text()).toBe(await text());
});

/** What is planted, what clients do about it, and the faults of which one must be found. */
const PLANTED: Readonly<Record<string, readonly [plants.Plant, string, readonly Fault[]]>> = {
  'a send that is confirmed and lost': [plants.lostSend, 'jobs', ['lost']],
  'a delayed message that shows at once': [plants.earlyMessage, 'jobs', ['early-delivery']],
  'a lease that is too short': [plants.shortLease, 'jobs', ['early-redelivery']],
  'a delete that is confirmed and not done': [plants.undeadMessage, 'jobs', ['resurrected']],
  'groups that are not kept in order': [plants.brokenGroups, 'orders', ['order']],
  'deduplication that is forgotten': [plants.noDeduplication, 'orders', ['duplicate']],
  'a dead letter before its time': [plants.hastyDeadLetter, 'work', ['dead-letter', 'count']],
  'a hand-over that is done twice': [plants.doubleHandOver, 'events', ['delivered-twice']],
  'a timetable that fires twice': [plants.doubleFiring, 'jobs', ['schedule']],
  'an item that is read as it was': [plants.staleRow, 'items', ['not-linearizable']],
  'conditions that are not looked at': [plants.noConditions, 'items', ['not-linearizable']],
  'a transaction in two steps': [plants.tornTransaction, 'lists', ['not-serializable', 'torn']],
  'a gap in a log': [plants.gapInLog, 'records', ['gap', 'lost', 'undelivered']],
  'a change that its stream is not told of': [plants.untoldChange, 'changes', ['lost', 'sequence']],
};

/** Runs within which a planted bug must be found. */
const MOST_RUNS = 20;

describe('a bug that is planted is found', () => {
  test.each(Object.entries(PLANTED))('%s', PATIENCE, async (_, [plant, only, faults]) => {
    const found = new Set<string>();
    for (let seed = 1; seed <= MOST_RUNS && found.size === 0; seed++) {
      const { findings } = await simulate({ seed, nodes: 2, plant, only: [only] });
      for (const { fault } of findings) if (faults.includes(fault)) found.add(fault);
    }
    expect([...found]).not.toEqual([]);
  });
});

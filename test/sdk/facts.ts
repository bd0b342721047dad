/** The journal of a suite's stack, oldest first, whichever engine keeps it. */
import { decodeFact, type Fact } from '../../src/journal/journal.ts';
import { journalsOf } from '../../src/journal/logs.ts';
import type { Suite } from './suite.ts';

const MOST = 10_000;

export async function journalOfSuite({ stack }: Pick<Suite, 'stack'>): Promise<readonly Fact[]> {
  const { storage } = stack;
  const logs = journalsOf(storage).map((log) => storage.read(log, { from: 1, max: MOST }));
  const facts = (await Promise.all(logs)).flat().map(decodeFact);
  return facts.sort((a, b) => a.atMs - b.atMs);
}

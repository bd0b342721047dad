/** The latest facts of the journal, and since when they are all there. */
import { nextTurn } from '../core/clock.ts';
import type { Stack } from '../delivery/stack.ts';
import { decodeFact, type Fact } from '../journal/journal.ts';
import { boundsOf, journalsOf } from '../journal/logs.ts';
import type { LogEntry, Storage } from '../storage/storage.ts';

export interface Latest {
  /** Oldest first. */
  readonly facts: readonly Fact[];
  readonly sinceMs: number;
}

/** Read between two turns of the event loop. */
const PAGE = 1_000;

interface Tail {
  readonly entries: readonly LogEntry[];
  /** Whether there is, or was, more before. */
  readonly isCut: boolean;
}

/** Up to `most` facts, shared out among the logs that nodes write to. */
export async function latestFacts(
  { storage, clock, journal }: Stack,
  most: number,
): Promise<Latest> {
  const tails = journal.on ? await tailsOf(storage, most) : [];
  const begins = tails.map(({ entries, isCut }) => ({ atMs: entries[0]?.atMs ?? 0, isCut }));
  const cut = begins.filter(({ isCut }) => isCut).map(({ atMs }) => atMs);
  // Before the latest beginning of a log that is cut, facts of that log are missing.
  const sinceMs =
    cut.length > 0 ? Math.max(...cut) : Math.min(...begins.map(({ atMs }) => atMs), clock.nowMs());
  const entries = tails.flatMap((tail) => tail.entries.filter(({ atMs }) => atMs >= sinceMs));
  if (tails.length > 1) entries.sort((a, b) => a.atMs - b.atMs);
  return { facts: await decoded(entries), sinceMs };
}

async function tailsOf(storage: Storage, most: number): Promise<readonly Tail[]> {
  const all = await boundsOf(storage, journalsOf(storage));
  const logs = all.filter(({ first, next }) => next > first);
  const tails: Tail[] = [];
  for (const { log, first, next } of logs) {
    const begin = Math.max(first, next - Math.floor(most / logs.length));
    const entries: LogEntry[] = [];
    for (let from = begin; from < next; ) {
      const page = await storage.read(log, { from, max: Math.min(PAGE, next - from) });
      const last = page.at(-1);
      if (!last) break;
      for (const entry of page) if (entry.position < next) entries.push(entry);
      from = last.position + 1;
      await nextTurn();
    }
    if (entries.length > 0) tails.push({ entries, isCut: begin > 1 });
  }
  return tails;
}

async function decoded(entries: readonly LogEntry[]): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const entry of entries) {
    facts.push(decodeFact(entry));
    if (facts.length % PAGE === 0) await nextTurn();
  }
  return facts;
}

/**
 * What a run has seen happen, so that a promise is not found kept because nothing put it to the
 * test: no message can come back when none was deleted.
 */
import type { Arrival, Entry } from '../history.ts';

export interface Evidence {
  /** Sends and publishes that were confirmed, and those that a kill left without an answer. */
  readonly confirmed: number;
  readonly cutShort: number;
  /** Confirmed deletes: each could come back. */
  readonly deleted: number;
  /** Messages received from ordered queues after an earlier one of their group. */
  readonly inOrder: number;
  /** Messages received from a dead-letter queue. */
  readonly buried: number;
  /** Messages that a function has carried on. */
  readonly carried: number;
  /** Changes of items and records that functions were fed by streams, and carried on. */
  readonly changes: number;
  readonly records: number;
  /** Functions that were killed while their server went on. */
  readonly functionKills: number;
  /** Deliveries that the endpoint refused before a kill and took after it. */
  readonly resumed: number;
  /** Firings of the schedule with a kill since the one before. */
  readonly ticks: number;
}

export const NO_EVIDENCE: Evidence = {
  ...{ confirmed: 0, cutShort: 0, deleted: 0, inOrder: 0, buried: 0 },
  ...{ carried: 0, changes: 0, records: 0, functionKills: 0, resumed: 0, ticks: 0 },
};

/** Names of queues that evidence is looked for in. */
export interface Places {
  readonly ordered: ReadonlySet<string>;
  readonly buried: string;
  /** What a function carries on comes here. */
  readonly carried: string | undefined;
  readonly changes: string | undefined;
  readonly records: string | undefined;
}

/** The evidence in one stretch. */
export function evidenceIn(
  entries: readonly Entry[],
  { ordered, buried, carried, changes, records }: Places,
): Evidence {
  const seen = { ...NO_EVIDENCE } as { -readonly [Name in keyof Evidence]: number };
  const groupOf = new Map<string, string>();
  for (const entry of entries) {
    if (entry.op === 'send' || entry.op === 'publish') {
      if (entry.outcome === 'ok') seen.confirmed += 1;
      if (entry.outcome === 'unknown') seen.cutShort += 1;
      if (entry.group !== undefined) groupOf.set(entry.key, entry.group);
    }
    if (entry.op === 'delete' && entry.outcome === 'ok') seen.deleted += 1;
  }
  const begun = new Set<string>();
  for (const entry of entries) {
    if (entry.op !== 'receive') continue;
    if (entry.queue === buried) seen.buried += entry.messages.length;
    if (entry.queue === carried) seen.carried += entry.messages.length;
    if (entry.queue === changes) seen.changes += entry.messages.length;
    if (entry.queue === records) seen.records += entry.messages.length;
    if (!ordered.has(entry.queue)) continue;
    for (const { key } of entry.messages) {
      const group = `${entry.queue} ${groupOf.get(key)}`;
      if (begun.has(group)) seen.inOrder += 1;
      begun.add(group);
    }
  }
  return { ...seen, resumed: resumedIn(entries) };
}

function resumedIn(entries: readonly Entry[]): number {
  const crashes = entries.flatMap((entry) => (entry.op === 'crash' ? entry.atMs : []));
  const arrivals = entries.filter((entry): entry is Arrival => entry.op === 'arrival');
  const byKey = Map.groupBy(arrivals, ({ key }) => key);
  return [...byKey.values()].filter((tries) => {
    const refusedAtMs = tries.find(({ accepted }) => !accepted)?.atMs;
    const takenAtMs = tries.find(({ accepted }) => accepted)?.atMs;
    if (refusedAtMs === undefined || takenAtMs === undefined) return false;
    return crashes.some((atMs) => refusedAtMs < atMs && atMs < takenAtMs);
  }).length;
}

/** Firings that came after a crash, with none other between. */
export function ticksAfterCrashes(
  firedAtMs: readonly number[],
  crashes: readonly number[],
): number {
  const fired = firedAtMs.toSorted((a, b) => a - b);
  return fired.filter((atMs, index) => {
    const before = fired[index - 1];
    if (before === undefined) return false;
    return crashes.some((crash) => before < crash && crash < atMs);
  }).length;
}

export function sum(one: Evidence, other: Evidence): Evidence {
  const names = Object.keys(one) as (keyof Evidence)[];
  const sums = names.map((name) => [name, one[name] + other[name]]);
  return Object.fromEntries(sums) as Record<keyof Evidence, number>;
}

/** What nothing was seen of. */
export function unseen(evidence: Evidence): readonly (keyof Evidence)[] {
  const names = Object.keys(evidence) as (keyof Evidence)[];
  return names.filter((name) => evidence[name] === 0);
}

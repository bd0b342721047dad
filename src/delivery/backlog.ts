/** What waits in the queues of a storage, and for how long: for people and scrapers who look. */
import { inTurns } from '../core/in-turns.ts';
import type { Counts, QueueName } from '../storage/storage.ts';
import type { Stack } from './stack.ts';

/** Queues that are counted, so that a look stays short, and those that are told one by one. */
export interface BacklogBounds {
  readonly counted: number;
  readonly told: number;
}

const FOR_PEOPLE: BacklogBounds = { counted: 1_000, told: 20 };

export interface Backlog {
  /** Queues that hold messages, and how many of them were counted. */
  readonly queues: number;
  readonly counted: number;
  readonly visible: number;
  /** On lease. */
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeMs: number;
  /** Those with the most messages, the fullest first. */
  readonly fullest: readonly QueueBacklog[];
}

export interface QueueBacklog {
  readonly queue: QueueName;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeMs: number;
}

export async function backlogOf(
  { storage, clock }: Pick<Stack, 'storage' | 'clock'>,
  most: BacklogBounds = FOR_PEOPLE,
): Promise<Backlog> {
  const nowMs = clock.nowMs();
  const names = await storage.queues('');
  const counted = await inTurns(names.slice(0, most.counted), async (queue) =>
    told(queue, await storage.counts(queue, nowMs), nowMs),
  );
  const sum = (of: (one: QueueBacklog) => number) =>
    counted.reduce((total, one) => total + of(one), 0);
  const all = ({ visible, inFlight, delayed }: QueueBacklog) => visible + inFlight + delayed;
  const byFullness = (a: QueueBacklog, b: QueueBacklog) =>
    all(b) - all(a) || b.visible - a.visible || b.inFlight - a.inFlight;
  return {
    queues: names.length,
    counted: counted.length,
    visible: sum(({ visible }) => visible),
    inFlight: sum(({ inFlight }) => inFlight),
    delayed: sum(({ delayed }) => delayed),
    oldestAgeMs: counted.reduce((oldest, { oldestAgeMs }) => Math.max(oldest, oldestAgeMs), 0),
    fullest: counted.toSorted(byFullness).slice(0, most.told),
  };
}

function told(queue: QueueName, counts: Counts, nowMs: number): QueueBacklog {
  const { visible, inFlight, delayed, oldestSentAtMs = nowMs } = counts;
  return { queue, visible, inFlight, delayed, oldestAgeMs: Math.max(0, nowMs - oldestSentAtMs) };
}

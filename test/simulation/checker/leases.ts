/**
 * Is a message with one consumer at a time? No second receiver while a lease holds, counts that
 * grow, and dead letters exactly when the count would pass the queue's maximum.
 */
import type { Finding } from '../history.ts';
import {
  allLives,
  type Delivery,
  type Life,
  type Lives,
  leaseEndMs,
  sourceLives,
} from './lives.ts';

export function checkLeases(lives: Lives): readonly Finding[] {
  const findings: Finding[] = [];
  for (const life of allLives(lives)) {
    findings.push(
      ...together(life, lives.toleranceMs),
      ...counts(life),
      ...deadLetter(lives, life),
    );
  }
  return findings;
}

/**
 * Two deliveries break the rule when neither order of the two is possible: each was answered
 * before the other's lease can have ended.
 */
function together(life: Life, toleranceMs: number): readonly Finding[] {
  for (const [earlier, later] of pairs(life)) {
    const laterTooSoon = later.receive.returnedAtMs < leaseEndMs(earlier) - toleranceMs;
    const earlierTooSoon = earlier.receive.returnedAtMs < leaseEndMs(later) - toleranceMs;
    if (!laterTooSoon || !earlierTooSoon) continue;
    const leftMs = leaseEndMs(earlier) - later.receive.returnedAtMs;
    const left = `with ${leftMs.toFixed(1)} ms of its lease left`;
    const text = `${life.key} in ${life.queue.name} was received again ${left}`;
    return [{ fault: 'early-redelivery', key: life.key, text }];
  }
  return [];
}

function counts(life: Life): readonly Finding[] {
  const { key, queue } = life;
  const most = queue.deadLetters?.maxReceives ?? Number.POSITIVE_INFINITY;
  const over = life.deliveries.find(({ received }) => received.receiveCount > most);
  if (over) {
    const count = over.received.receiveCount;
    const text = `${key} was received from ${queue.name} with count ${count}, above ${most}`;
    return [{ fault: 'count', key, text }];
  }
  for (const [earlier, later] of pairs(life)) {
    if (earlier.receive.returnedAtMs >= later.receive.invokedAtMs) continue;
    const [before, after] = [earlier.received.receiveCount, later.received.receiveCount];
    if (after > before) continue;
    const text = `${key} in ${queue.name} was received with count ${after} after count ${before}`;
    return [{ fault: 'count', key, text }];
  }
  return [];
}

function deadLetter(lives: Lives, life: Life): readonly Finding[] {
  const { key } = life;
  const [first] = life.deliveries;
  const [source] = sourceLives(lives, life);
  const most = source?.queue.deadLetters?.maxReceives;
  if (!first || !source || most === undefined) return [];
  const findings: Finding[] = [];
  if (first.received.receiveCount <= most) {
    const count = first.received.receiveCount;
    const text = `${key} was moved from ${source.queue.name} at count ${count}, not above ${most}`;
    findings.push({ fault: 'dead-letter', key, text });
  }
  const receives = source.deliveries.length + unansweredOf(lives, source, first);
  if (receives < most && !lives.history.mayLoseClaims) {
    const text = `${key} was moved from ${source.queue.name} after ${receives} of ${most} receives`;
    findings.push({ fault: 'dead-letter', key, text });
  }
  if (source.deliveries.some(({ receive }) => receive.invokedAtMs > first.receive.returnedAtMs)) {
    const text = `${key} was received from ${source.queue.name} after it was a dead letter`;
    findings.push({ fault: 'dead-letter', key, text });
  }
  return findings;
}

/** Receives whose answer is not known, and which may have brought the message. */
function unansweredOf({ history }: Lives, { queue }: Life, { receive }: Delivery): number {
  return history.entries.filter(
    (entry) =>
      entry.op === 'receive' &&
      entry.outcome === 'unknown' &&
      entry.queue === queue.name &&
      entry.invokedAtMs < receive.returnedAtMs,
  ).length;
}

function pairs(life: Life): readonly (readonly [Delivery, Delivery])[] {
  return life.deliveries.slice(1).flatMap((later, i) => {
    const earlier = life.deliveries[i];
    return earlier ? [[earlier, later] as const] : [];
  });
}

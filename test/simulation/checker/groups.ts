/**
 * Do ordered queues keep their word? Within a group the order of sends is the order of first
 * deliveries, nothing overtakes a message that is not done with, and one deduplication id makes
 * one message per five minutes.
 */
import type { Finding } from '../history.ts';
import {
  acknowledgedAtMs,
  type Delivery,
  deadLetterLife,
  deletesOf,
  firstInvokedAtMs,
  type Life,
  type Lives,
} from './lives.ts';

export const DEDUP_MS = 300_000;

export function checkGroups(lives: Lives): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [name, keys] of lives.byQueue) {
    const all = [...keys.values()];
    findings.push(...duplicates(all));
    if (!lives.history.queues.find((queue) => queue.name === name)?.ordered) continue;
    for (const group of Map.groupBy(all, (life) => life.group).values()) {
      const ordered = group
        .filter((life) => life.sequence !== undefined && life.attempts.length > 0)
        .sort((a, b) => (BigInt(a.sequence ?? 0) < BigInt(b.sequence ?? 0) ? -1 : 1));
      findings.push(...sequences(ordered), ...overtakings(lives, ordered));
    }
  }
  return findings;
}

/** One key is one message, and so is one deduplication id within its five minutes. */
function duplicates(lives: readonly Life[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const life of lives) {
    if (!mayRepeat(life)) findings.push(...different([life], life.origin === 'publish'));
  }
  const withId = lives.filter((life) => life.dedupId !== undefined);
  for (const same of Map.groupBy(withId, (life) => life.dedupId).values()) {
    if (same.length < 2) continue;
    const first = Math.min(...same.map(firstInvokedAtMs));
    const within = same.filter((life) => acknowledgedAtMs(life) < first + DEDUP_MS);
    findings.push(...different(within, false));
  }
  return findings;
}

/** Sent more than once with nothing to say that it is the same. */
function mayRepeat({ attempts, dedupId }: Life): boolean {
  const [first] = attempts;
  const last = attempts.at(-1);
  if (!first || !last || first === last) return false;
  return dedupId === undefined || last.returnedAtMs >= first.invokedAtMs + DEDUP_MS;
}

function different(lives: readonly Life[], published: boolean): readonly Finding[] {
  const ids = new Set<string>();
  for (const life of lives) {
    for (const { messageId } of life.attempts) if (messageId !== undefined) ids.add(messageId);
    for (const { received } of life.deliveries) ids.add(received.messageId);
  }
  const [life] = lives;
  if (ids.size < 2 || !life) return [];
  const text = `${life.key} in ${life.queue.name} became ${ids.size} messages`;
  return [{ fault: published ? 'delivered-twice' : 'duplicate', key: life.key, text }];
}

/** A send that began after another had been confirmed has the higher number. */
function sequences(ordered: readonly Life[]): readonly Finding[] {
  let earliest: Life | undefined;
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const life of ordered.toReversed()) {
    if (earliest && earliestMs < firstInvokedAtMs(life)) {
      const after = `${life.key} in ${life.queue.name} was sent after ${earliest.key}`;
      const text = `${after}, yet has the lower sequence number`;
      return [{ fault: 'sequence', key: life.key, text }];
    }
    const confirmedMs = acknowledgedAtMs(life);
    if (confirmedMs < earliestMs) [earliest, earliestMs] = [life, confirmedMs];
  }
  return [];
}

/**
 * Every delivery is checked against the messages before it in its group: each must have been done
 * with, or stand before it in the same answer. `doneBefore[i]` is when all before `i` were.
 */
function overtakings(lives: Lives, ordered: readonly Life[]): readonly Finding[] {
  const done = ordered.map((life) => doneAtMs(lives, life));
  const doneBefore = [Number.NEGATIVE_INFINITY];
  for (const [i, atMs] of done.entries()) {
    doneBefore.push(Math.max(doneBefore[i] ?? Number.NEGATIVE_INFINITY, atMs));
  }
  for (const answer of answersOf(ordered)) {
    let from = 0;
    let place = -1;
    for (const { index, delivery } of answer) {
      const { returnedAtMs } = delivery.receive;
      const passed =
        from === 0
          ? (doneBefore[index] ?? 0) >= returnedAtMs
          : done.slice(from, index).some((atMs) => atMs >= returnedAtMs);
      if (passed || delivery.place < place) {
        const key = ordered[index]?.key ?? '';
        const before = done.findIndex((atMs, i) => i < index && atMs >= returnedAtMs);
        const other = ordered[before]?.key ?? 'one sent before it';
        const where = ` from ${ordered[index]?.queue.name}`;
        return [{ fault: 'order', key, text: `${key} was received ahead of ${other}${where}` }];
      }
      from = index + 1;
      place = delivery.place;
    }
  }
  return [];
}

interface Placed {
  readonly index: number;
  readonly delivery: Delivery;
}

/** Deliveries of the group by the receive that brought them, in the order of the group. */
function answersOf(ordered: readonly Life[]): Iterable<readonly Placed[]> {
  const placed = ordered.flatMap((life, index) =>
    life.deliveries.map((delivery): Placed => ({ index, delivery })),
  );
  return Map.groupBy(placed, ({ delivery }) => delivery.receive).values();
}

/** The first moment from which the message may no longer hold back its group. */
function doneAtMs(lives: Lives, life: Life): number {
  const deletes = deletesOf(life).filter((entry) => entry.outcome !== 'refused');
  const deletedAtMs = Math.min(...deletes.map((entry) => entry.invokedAtMs));
  const { retentionMs = Number.POSITIVE_INFINITY } = life.queue;
  const expiredAtMs = firstInvokedAtMs(life) + retentionMs;
  const last = life.deliveries.at(-1);
  const moved = (deadLetterLife(lives, life)?.deliveries.length ?? 0) > 0;
  const movedAtMs = moved ? (last?.receive.invokedAtMs ?? 0) : Number.POSITIVE_INFINITY;
  // Never seen at all: reported as lost, and no reason to report what came after it as well.
  const lostAtMs = last || moved ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return Math.min(deletedAtMs, expiredAtMs, movedAtMs, lostAtMs);
}

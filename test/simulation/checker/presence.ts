/**
 * Is every message where it should be? Nothing confirmed is lost, nothing appears that nobody sent,
 * and nothing comes back after its delete was confirmed.
 */
import type { Finding } from '../history.ts';
import {
  acknowledgedAtMs,
  allLives,
  deadLetterLife,
  deletesOf,
  firstInvokedAtMs,
  isAcknowledged,
  isPossible,
  type Life,
  type Lives,
  leaseEndMs,
  sourceLives,
} from './lives.ts';

export function checkPresence(lives: Lives): readonly Finding[] {
  const scheduled = new Set(lives.history.schedules?.map((schedule) => schedule.queue));
  const findings: Finding[] = [];
  for (const life of allLives(lives)) {
    if (!scheduled.has(life.queue.name)) findings.push(...foreign(lives, life));
    findings.push(...lost(lives, life), ...resurrected(lives, life), ...timely(lives, life));
  }
  return findings;
}

function lost(lives: Lives, life: Life): readonly Finding[] {
  if (!lives.history.drained || !isAcknowledged(life)) return [];
  const { retentionMs = Number.POSITIVE_INFINITY } = life.queue;
  if (firstInvokedAtMs(life) + retentionMs < lives.history.endedAtMs) return [];
  const buried = deadLetterLife(lives, life);
  const deletes = [...deletesOf(life), ...(buried ? deletesOf(buried) : [])];
  if (deletes.some((entry) => entry.outcome !== 'refused')) return [];
  const seen = life.deliveries.length + (buried?.deliveries.length ?? 0);
  const text = `${at(life)} was confirmed, received ${seen} times, never deleted, and is gone`;
  return [{ fault: life.origin === 'publish' ? 'undelivered' : 'lost', key: life.key, text }];
}

/** Received without having been sent, or not as it was sent. */
function foreign(lives: Lives, life: Life): readonly Finding[] {
  const [first] = life.deliveries;
  if (!first) return [];
  const { key } = life;
  const origins = [life, ...sourceLives(lives, life)].filter(isPossible);
  const [origin] = origins;
  if (!origin) {
    return lives.published.has(key)
      ? [{ fault: 'misrouted', key, text: `${at(life)} was published, but not to this queue` }]
      : [{ fault: 'phantom', key, text: `${at(life)} was received, but nobody sent it` }];
  }
  const altered = life.deliveries.find(({ received }) => received.digest !== origin.digest);
  if (!altered) return [];
  return [{ fault: 'altered', key, text: `${at(life)} was received with another body` }];
}

function resurrected(lives: Lives, life: Life): readonly Finding[] {
  const confirmed = life.deliveries.flatMap((delivery) =>
    delivery.deletes
      .filter((entry) => entry.outcome === 'ok')
      .map((entry) => ({ returnedAtMs: entry.returnedAtMs, leaseEndMs: leaseEndMs(delivery) })),
  );
  const deletedAtMs = Math.min(...confirmed.map((entry) => entry.returnedAtMs));
  const again = life.deliveries.find(({ receive }) => receive.invokedAtMs > deletedAtMs);
  if (again) return [resurrection(life, again.receive.invokedAtMs - deletedAtMs)];

  // Deleted while its lease held, it cannot have been moved before, nor be moved after.
  const inTime = confirmed.some((entry) => entry.returnedAtMs < entry.leaseEndMs);
  const buried = deadLetterLife(lives, life)?.deliveries[0];
  return inTime && buried ? [resurrection(life, buried.receive.invokedAtMs - deletedAtMs)] : [];
}

function resurrection(life: Life, afterMs: number): Finding {
  const text = `${at(life)} was received ${afterMs.toFixed(1)} ms after its delete was confirmed`;
  return { fault: 'resurrected', key: life.key, text };
}

/** Neither before its delay is over nor after its retention. */
function timely(lives: Lives, life: Life): readonly Finding[] {
  if (!isPossible(life)) return [];
  const findings: Finding[] = [];
  const visibleAtMs = firstInvokedAtMs(life) + life.delayMs - lives.toleranceMs;
  const early = life.deliveries.find(({ receive }) => receive.returnedAtMs < visibleAtMs);
  if (early && life.delayMs > 0) {
    const byMs = visibleAtMs - early.receive.returnedAtMs;
    const text = `${at(life)} was received ${byMs.toFixed(1)} ms before its delay was over`;
    findings.push({ fault: 'early-delivery', key: life.key, text });
  }
  const { retentionMs = Number.POSITIVE_INFINITY } = life.queue;
  const goneAtMs = acknowledgedAtMs(life) + retentionMs + lives.toleranceMs;
  if (life.deliveries.some(({ receive }) => receive.invokedAtMs > goneAtMs)) {
    const text = `${at(life)} was received after its retention was over`;
    findings.push({ fault: 'outlived', key: life.key, text });
  }
  return findings;
}

function at(life: Life): string {
  return `${life.key} in ${life.queue.name}`;
}

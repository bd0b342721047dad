/**
 * A history, sorted by message: everything that was done to one key in one queue.
 *
 * A publish is taken apart into one life per expected queue, so that a message is checked alike
 * whether a client sent it or a rule delivered it.
 */
import type {
  Arrival,
  Change,
  Delete,
  History,
  Outcome,
  QueueFacts,
  Receive,
  Received,
} from '../history.ts';

export interface Attempt {
  readonly invokedAtMs: number;
  readonly returnedAtMs: number;
  readonly outcome: Outcome;
  readonly messageId?: string;
}

export interface Delivery {
  readonly receive: Receive;
  readonly received: Received;
  /** Its place in the answer. */
  readonly place: number;
  readonly deletes: Delete[];
  readonly changes: Change[];
}

export interface Life {
  readonly queue: QueueFacts;
  readonly key: string;
  readonly origin: 'send' | 'publish' | 'unknown';
  readonly attempts: Attempt[];
  digest?: string;
  group?: string;
  dedupId?: string;
  delayMs: number;
  sequence?: bigint;
  /** In the order in which they were answered. */
  readonly deliveries: Delivery[];
}

export interface Lives {
  readonly history: History;
  readonly toleranceMs: number;
  /** By queue, then by key. */
  readonly byQueue: ReadonlyMap<string, ReadonlyMap<string, Life>>;
  readonly arrivals: readonly Arrival[];
  /** Keys of everything that may have been published. */
  readonly published: ReadonlySet<string>;
}

export const DEFAULT_TOLERANCE_MS = 50;

export function sortIntoLives(history: History): Lives {
  const facts = new Map(history.queues.map((queue) => [queue.name, queue]));
  const byQueue = new Map<string, Map<string, Life>>();
  for (const name of facts.keys()) byQueue.set(name, new Map());

  const live = (queue: string, key: string, origin: Life['origin']): Life => {
    const lives = byQueue.get(queue);
    const queueFacts = facts.get(queue);
    if (!lives || !queueFacts) throw new Error(`the history names no queue ${queue}`);
    let life = lives.get(key);
    if (!life) {
      life = { queue: queueFacts, key, origin, attempts: [], delayMs: 0, deliveries: [] };
      lives.set(key, life);
    }
    return life;
  };
  addAttempts(history, facts, live);
  addDeliveries(history, live);
  return {
    history,
    toleranceMs: history.toleranceMs ?? DEFAULT_TOLERANCE_MS,
    byQueue,
    arrivals: history.entries.filter((entry) => entry.op === 'arrival'),
    published: new Set(
      history.entries
        .filter((entry) => entry.op === 'publish')
        .filter((entry) => entry.outcome !== 'refused')
        .map((entry) => entry.key),
    ),
  };
}

type FindLife = (queue: string, key: string, origin: Life['origin']) => Life;

function addAttempts(
  history: History,
  facts: ReadonlyMap<string, QueueFacts>,
  live: FindLife,
): void {
  for (const entry of history.entries) {
    if (entry.op === 'send') {
      const life = live(entry.queue, entry.key, 'send');
      life.attempts.push(entry);
      life.digest = entry.digest;
      life.delayMs = entry.delayMs ?? 0;
      if (entry.group !== undefined) life.group = entry.group;
      if (entry.dedupId !== undefined) life.dedupId = entry.dedupId;
      if (entry.sequence !== undefined) life.sequence ??= entry.sequence;
    }
    if (entry.op === 'publish') {
      for (const name of entry.expects.filter((target) => facts.has(target))) {
        const life = live(name, entry.key, 'publish');
        const { invokedAtMs, returnedAtMs, outcome } = entry;
        life.attempts.push({ invokedAtMs, returnedAtMs, outcome });
        life.digest = entry.digest;
        if (entry.group !== undefined) life.group = entry.group;
        if (entry.dedupId !== undefined) life.dedupId = entry.dedupId;
      }
    }
  }
}

function addDeliveries(history: History, live: FindLife): void {
  const byHandle = new Map<string, Delivery>();
  const receives = history.entries.filter((entry) => entry.op === 'receive');
  for (const receive of receives.toSorted((a, b) => a.returnedAtMs - b.returnedAtMs)) {
    for (const [place, received] of receive.messages.entries()) {
      const delivery: Delivery = { receive, received, place, deletes: [], changes: [] };
      const life = live(receive.queue, received.key, 'unknown');
      life.deliveries.push(delivery);
      if (received.sequence !== undefined) life.sequence ??= received.sequence;
      byHandle.set(received.handle, delivery);
    }
  }
  for (const entry of history.entries) {
    if (entry.op !== 'delete' && entry.op !== 'change') continue;
    const delivery = byHandle.get(entry.handle);
    if (!delivery) throw new Error(`the history has a ${entry.op} of an unknown handle`);
    if (entry.op === 'delete') delivery.deletes.push(entry);
    else delivery.changes.push(entry);
  }
}

/** The moment before which nobody else may get the message, at the earliest. */
export function leaseEndMs({ receive, changes }: Delivery): number {
  let endMs = receive.invokedAtMs + receive.leaseMs;
  for (const change of changes.toSorted((a, b) => a.invokedAtMs - b.invokedAtMs)) {
    const changedMs = change.invokedAtMs + change.leaseMs;
    // A longer lease counts only when it surely came while the old one held.
    if (change.outcome === 'ok' && change.returnedAtMs < endMs) endMs = changedMs;
    else if (change.outcome !== 'refused') endMs = Math.min(endMs, changedMs);
  }
  return endMs;
}

/** Whether the server confirmed that the message exists. */
export function isAcknowledged(life: Life): boolean {
  return life.attempts.some((attempt) => attempt.outcome === 'ok');
}

/** Whether the message may exist. */
export function isPossible(life: Life): boolean {
  return life.attempts.some((attempt) => attempt.outcome !== 'refused');
}

export function deletesOf(life: Life): readonly Delete[] {
  return life.deliveries.flatMap((delivery) => delivery.deletes);
}

export function firstInvokedAtMs(life: Life): number {
  const attempts = life.attempts.filter((attempt) => attempt.outcome !== 'refused');
  return Math.min(...attempts.map((attempt) => attempt.invokedAtMs));
}

/** When the server had confirmed it; Infinity when it never did. */
export function acknowledgedAtMs(life: Life): number {
  const attempts = life.attempts.filter((attempt) => attempt.outcome === 'ok');
  return Math.min(...attempts.map((attempt) => attempt.returnedAtMs));
}

export function deadLetterLife(lives: Lives, life: Life): Life | undefined {
  const queue = life.queue.deadLetters?.queue;
  return queue === undefined ? undefined : lives.byQueue.get(queue)?.get(life.key);
}

/** The lives of the same key in the queues whose dead letters go to this life's queue. */
export function sourceLives(lives: Lives, life: Life): readonly Life[] {
  return lives.history.queues
    .filter((queue) => queue.deadLetters?.queue === life.queue.name)
    .flatMap((queue) => lives.byQueue.get(queue.name)?.get(life.key) ?? []);
}

export function* allLives(lives: Lives): Generator<Life> {
  for (const keys of lives.byQueue.values()) yield* keys.values();
}

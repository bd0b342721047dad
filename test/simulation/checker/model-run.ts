/**
 * Histories as a correct server would leave them: a small model of three queues, many clients whose
 * calls overlap, and crashes that swallow answers. The checker must find nothing in them, and must
 * find what is then planted.
 */
import { type Ids, seededIds } from '../../../src/core/ids.ts';
import type { Entry, History, Outcome, QueueFacts, Received } from '../history.ts';

export const LEASE_MS = 400;
const MAX_RECEIVES = 3;
/** Longest time between a call's effect and either end of its span. */
const SKEW_MS = 4;
/** How often an answer is swallowed. */
const UNKNOWN_SHARE = 0.04;

export const MODEL_QUEUES: readonly QueueFacts[] = [
  { name: 'plain' },
  { name: 'ordered', ordered: true },
  { name: 'work', deadLetters: { queue: 'dead', maxReceives: MAX_RECEIVES } },
  { name: 'dead' },
];

interface Stored {
  readonly key: string;
  readonly sequence: bigint;
  readonly group?: string;
  visibleAtMs: number;
  receives: number;
}

interface Held {
  readonly queue: string;
  readonly key: string;
  readonly handle: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export function modelRun(seed: number, steps = 600): History {
  return new Model(seededIds(seed)).run(steps);
}

class Model {
  readonly #ids: Ids;
  readonly #entries: Entry[] = [];
  readonly #stored = new Map(MODEL_QUEUES.map(({ name }): [string, Stored[]] => [name, []]));
  #held: Held[] = [];
  #nowMs = 0;
  #made = 0;

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  run(steps: number): History {
    for (let i = 0; i < steps; i++) {
      this.#nowMs += 1 + this.#ids.random() * 6;
      const luck = this.#ids.random();
      if (luck < 0.35) this.#send();
      else if (luck < 0.65) this.#receive(this.#queue());
      else this.#settle(luck < 0.9 ? 'delete' : 'change');
    }
    this.#drain();
    const queues = MODEL_QUEUES;
    return {
      entries: this.#entries,
      queues,
      drained: true,
      endedAtMs: this.#nowMs,
      toleranceMs: 0,
    };
  }

  #queue(): string {
    return MODEL_QUEUES[Math.floor(this.#ids.random() * MODEL_QUEUES.length)]?.name ?? 'plain';
  }

  #messages(queue: string): Stored[] {
    return this.#stored.get(queue) ?? [];
  }

  /** A span around now, which begins no sooner than `notBeforeMs`. */
  #span(notBeforeMs = 0) {
    const invokedAtMs = Math.max(notBeforeMs, this.#nowMs - this.#ids.random() * SKEW_MS);
    const returnedAtMs = Math.max(this.#nowMs, invokedAtMs) + this.#ids.random() * SKEW_MS;
    const outcome: Outcome = this.#ids.random() < UNKNOWN_SHARE ? 'unknown' : 'ok';
    return { invokedAtMs, returnedAtMs, outcome };
  }

  #send(): void {
    const queue = this.#queue();
    if (queue === 'dead') return;
    const key = `k${this.#made++}`;
    const sequence = BigInt(this.#made);
    const group = queue === 'ordered' ? `g${this.#made % 3}` : undefined;
    const span = this.#span();
    const said = span.outcome === 'ok';
    this.#entries.push({
      ...{ op: 'send', queue, key, digest: `digest ${key}`, ...span },
      ...(group && { group, dedupId: key }),
      ...(said && { messageId: `id ${key}`, ...(group && { sequence }) }),
    });
    // A call without an answer may have had its effect or not.
    if (!said && this.#ids.random() < 0.5) return;
    const stored = { key, sequence, visibleAtMs: this.#nowMs, receives: 0 };
    this.#messages(queue).push({ ...stored, ...(group && { group }) });
  }

  #receive(queue: string): void {
    const facts = MODEL_QUEUES.find(({ name }) => name === queue);
    const span = this.#span();
    const taken: Stored[] = [];
    const blocked = new Set<string>();
    for (const message of [...this.#messages(queue)]) {
      const { group } = message;
      if (taken.length === 3) break;
      if (group !== undefined && blocked.has(group)) continue;
      if (message.visibleAtMs > this.#nowMs) {
        if (group !== undefined) blocked.add(group);
        continue;
      }
      message.receives++;
      if (facts?.deadLetters && message.receives > facts.deadLetters.maxReceives) {
        this.#forget(queue, message.key);
        this.#messages(facts.deadLetters.queue).push(message);
        continue;
      }
      message.visibleAtMs = this.#nowMs + LEASE_MS + SKEW_MS;
      taken.push(message);
    }
    if (taken.length === 0) return;
    const heard = span.outcome === 'unknown' ? [] : taken;
    const messages = heard.map((message) => this.#hand(queue, message, span.returnedAtMs));
    this.#entries.push({ op: 'receive', queue, leaseMs: LEASE_MS, messages, ...span });
  }

  #hand(queue: string, message: Stored, sinceMs: number): Received {
    const { key, sequence, group, receives } = message;
    const handle = `h${this.#made++}`;
    this.#held.push({ queue, key, handle, sinceMs, untilMs: this.#nowMs + LEASE_MS });
    return {
      ...{ key, handle, digest: `digest ${key}`, messageId: `id ${key}`, receiveCount: receives },
      ...(group && { group, sequence }),
    };
  }

  #settle(op: 'delete' | 'change'): void {
    const [held] = this.#held.splice(Math.floor(this.#ids.random() * this.#held.length), 1);
    // Clients that come too late are left out; they are refused, or do nothing.
    if (!held || held.untilMs < this.#nowMs || held.sinceMs > this.#nowMs) return;
    const { queue, key, handle } = held;
    const span = this.#span(held.sinceMs);
    const hasEffect = span.outcome === 'ok' || this.#ids.random() < 0.5;
    if (op === 'delete') {
      this.#entries.push({ op, queue, handle, ...span });
      if (hasEffect) this.#forget(queue, key);
      return;
    }
    this.#entries.push({ op, queue, handle, leaseMs: 0, ...span });
    const message = this.#messages(queue).find((stored) => stored.key === key);
    if (hasEffect && message) message.visibleAtMs = this.#nowMs;
  }

  #forget(queue: string, key: string): void {
    const messages = this.#messages(queue);
    const at = messages.findIndex((stored) => stored.key === key);
    if (at >= 0) messages.splice(at, 1);
  }

  #drain(): void {
    this.#held = [];
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const left = [...this.#stored.values()].reduce((sum, messages) => sum + messages.length, 0);
      if (left === 0) return;
      this.#nowMs += 20;
      this.#receive(this.#queue());
      while (this.#held.length > 0) {
        this.#nowMs += SKEW_MS;
        this.#settle('delete');
      }
    }
    throw new Error('the model does not run empty');
  }
}

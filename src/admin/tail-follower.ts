/**
 * Sends one client what is published, a few times a second.
 *
 * However much that is, a frame looks at no more than the newest facts of a bounded number, so that
 * who looks on does not slow down what goes on; what was passed over is counted and told.
 */
import type { Published, TailFrame } from '../admin-api/index.ts';
import { type Timer, ticksMs } from '../core/clock.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Contents } from '../journal/contents-by-id.ts';
import { decodeFact, type Fact } from '../journal/journal.ts';
import { boundsOf, journalsOf } from '../journal/logs.ts';
import type { EventClient } from '../services/server-sent-events.ts';
import { formOf, heldBy, publishedOf } from './published.ts';
import type { TailFilter } from './tail-filter.ts';

const FRAME_MS = 250;
/** Facts looked at for a frame, and events that it holds. */
const MOST_FACTS = 1_000;
const MOST_EVENTS = 200;
/** A follower rests so many times what a look has taken: its share of a busy server stays small. */
const REST = 40;
const LONGEST_REST_MS = 2_000;

export class TailFollower {
  readonly #stack: Stack;
  readonly #contents: Contents;
  readonly #filter: TailFilter;
  readonly #client: EventClient;
  /** By log: the position to read on from. */
  readonly #places = new Map<string, number>();
  readonly #stops: (() => void)[] = [];
  #timer: Timer | undefined;
  /** Something may have come since the latest frame began to read. */
  #hasMore = false;
  #stopped = false;
  #restMs = FRAME_MS;
  /** That it cannot be read on, since it last could. */
  #isTold = false;
  /** Passed over and not yet told. */
  #skipped = 0;

  constructor(stack: Stack, contents: Contents, filter: TailFilter, client: EventClient) {
    this.#stack = stack;
    this.#contents = contents;
    this.#filter = filter;
    this.#client = client;
    void this.#start().catch((cause: unknown) => this.#giveUp(cause));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    for (const stop of this.#stops) stop();
  }

  async #start(): Promise<void> {
    const { storage } = this.#stack;
    const logs = await boundsOf(storage, journalsOf(storage));
    if (this.#stopped) return;
    for (const { log, next } of logs) {
      this.#places.set(log, next);
      this.#stops.push(storage.watch(log, () => this.#soon()));
    }
    // Says that it listens: whoever waits for that may now publish.
    this.#client.send(JSON.stringify({ events: [], skipped: 0 } satisfies TailFrame));
    this.#soon();
  }

  #soon(): void {
    this.#hasMore = true;
    if (this.#timer || this.#stopped) return;
    this.#timer = this.#stack.clock.afterWallMs(this.#restMs, () => {
      void this.#frame().catch((cause: unknown) => this.#fail(cause));
    });
  }

  /** It would wait for nothing: a client whose stream has ended asks again. */
  #giveUp(cause: unknown): void {
    if (this.#stopped) return;
    this.#stack.log.warn('a tail cannot be begun', { cause: String(cause) });
    this.#client.end();
  }

  /** What is away now may be back later: the client goes on where it was. */
  #fail(cause: unknown): void {
    const isNews = !this.#isTold && !this.#stopped;
    if (isNews) this.#stack.log.warn('a tail cannot be read on', { cause: String(cause) });
    this.#isTold = true;
    this.#timer = undefined;
    this.#soon();
  }

  async #frame(): Promise<void> {
    const beganMs = ticksMs();
    this.#hasMore = false;
    const facts = await this.#read();
    const events: Published[] = [];
    // Where it is too much, the newest are shown.
    for (const fact of facts.toReversed()) {
      const form = formOf(fact);
      if (!form || !this.#filter.takesFact(fact, form)) continue;
      if (events.length >= MOST_EVENTS) {
        this.#skipped += 1;
        continue;
      }
      const held = await heldBy(this.#stack, this.#contents, fact, form);
      if (!this.#filter.takesContent(fact, form, held)) continue;
      events.push(publishedOf(fact, form, held));
    }
    this.#timer = undefined;
    this.#isTold = false;
    if (this.#stopped) return;
    const tookMs = ticksMs() - beganMs;
    this.#restMs = Math.min(Math.max(FRAME_MS, REST * tookMs), LONGEST_REST_MS);
    if (events.length > 0 || this.#skipped > 0) {
      const frame: TailFrame = { events: events.reverse(), skipped: this.#skipped };
      if (this.#client.send(JSON.stringify(frame))) this.#skipped = 0;
      else this.#skipped += events.length;
    }
    if (this.#hasMore) this.#soon();
  }

  /** The newest facts since the last frame, in order. */
  async #read(): Promise<readonly Fact[]> {
    const { storage } = this.#stack;
    const most = Math.ceil(MOST_FACTS / this.#places.size);
    const logs = await boundsOf(storage, [...this.#places.keys()]);
    const reads = logs.map(async ({ log, first, next }) => {
      const since = Math.max(this.#places.get(log) ?? next, first);
      const from = Math.max(since, next - most);
      const entries = next > from ? await storage.read(log, { from, max: next - from }) : [];
      return { log, next, passed: from - since, facts: entries.map(decodeFact) };
    });
    const parts = await Promise.all(reads);
    for (const { log, next, passed } of parts) {
      this.#places.set(log, next);
      // Not all facts are of something that was published, so this is what it was at most.
      this.#skipped += passed;
    }
    return parts.flatMap(({ facts }) => facts).sort((a, b) => a.atMs - b.atMs);
  }
}

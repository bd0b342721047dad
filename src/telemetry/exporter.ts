/**
 * Tells a collector of the journal's facts, as spans, in the background.
 *
 * - Nothing waits for it: it reads what is committed, one request at a time. The journal is its
 *   queue. Whatever is more than `MOST_BEHIND` facts behind is skipped and counted.
 * - Facts are told `HOLD_MS` after they happened, because a function is told when it has ended and
 *   what it sent before that; and because the parts of a shared journal are not read at once.
 * - Where it is, is stored after each answer. After a crash some spans are sent again, with the
 *   ids that they had.
 * - Where nodes share the data one of them tells the facts of all: what a node has written is a
 *   child of what another one wrote, and a part of the journal belongs to no node.
 */
import { nextTurn } from '../core/clock.ts';
import { Alarm, Idleness } from '../delivery/alarm.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Worker } from '../delivery/workers.ts';
import { JOURNAL } from '../journal/logs.ts';
import { Collection } from '../storage/collection.ts';
import { Conflict, type Write } from '../storage/storage.ts';
import { type Answer, Collector, HURRY_MS } from './collector.ts';
import { countDropped, countTold, watchLag } from './figures.ts';
import { Follower, factsBefore, type Places } from './follower.ts';
import { encodeSpans, type Span } from './otlp.ts';
import type { TelemetrySettings } from './settings.ts';
import { Tracer } from './tracer.ts';

export const HOLD_MS = 5_000;
export const MOST_BEHIND = 100_000;
/** Facts before the first one told that are read to know where it stands. */
const WARM = 20_000;
const MOST_SPANS = 512;
/** Facts looked at between two turns of the event loop, and between two requests. */
const SLICE = 200;
const MOST_FACTS = 5_000;

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const LONGEST_ASKED_MS = 3_600_000;

const TABLE = 'telemetry/places';
const COLLECTOR = 'otlp';
const NEVER = Number.POSITIVE_INFINITY;

/** How far the facts have been told: by part of the journal, the first position that has not. */
interface Told {
  readonly places: Readonly<Record<string, number>>;
}

interface Batch {
  readonly spans: readonly Span[];
  readonly places: Places;
}

export interface ExporterOptions {
  readonly settings: TelemetrySettings;
  /** Goes into each commit. */
  readonly fence: readonly Write[];
}

export class Exporter implements Worker {
  readonly name = 'telemetry';
  readonly awaited = false;
  readonly #stack: Stack;
  readonly #options: ExporterOptions;
  readonly #told: Collection<Told>;
  readonly #follower: Follower;
  readonly #tracer: Tracer;
  readonly #collector: Collector;
  readonly #alarm: Alarm;
  readonly #idleness = new Idleness(() => this.#turning);
  #unwatch: () => void = () => {};
  #unlag: () => void = () => {};
  #batch: Batch | undefined;
  #failures = 0;
  #dueAtMs = NEVER;
  #turning = false;
  #noted = false;
  #stopped = false;

  static async begin(stack: Stack, options: ExporterOptions): Promise<Exporter> {
    const row = await new Collection<Told>(stack.storage, TABLE).get('', COLLECTOR);
    const places = new Map(Object.entries(row?.value.places ?? {}));
    const follower = await Follower.from(stack.storage, places);
    const exporter = new Exporter(stack, options, follower);
    await exporter.#warm();
    // From now on, although nothing may be told for a while: a restart does not begin anew.
    await exporter.#store(follower.places);
    return exporter;
  }

  private constructor(stack: Stack, options: ExporterOptions, follower: Follower) {
    this.#stack = stack;
    this.#options = options;
    this.#told = new Collection(stack.storage, TABLE);
    this.#follower = follower;
    this.#tracer = new Tracer(options.settings.sampler, follower.runsAhead);
    this.#collector = new Collector(options.settings, stack.clock);
    this.#alarm = new Alarm(stack, () => this.#turn());
  }

  get busy(): boolean {
    return this.#turning;
  }

  start(): void {
    const { storage, metrics } = this.#stack;
    this.#unlag = watchLag(metrics, () => this.#follower.waiting());
    // Each commit has facts: it would be told of each of them by all nodes.
    if (!storage.shared) this.#unwatch = storage.watch(JOURNAL, () => this.#note());
    this.#turn();
  }

  idle(): Promise<void> {
    return this.#idleness.wait();
  }

  async nextDueMs(): Promise<number> {
    return this.#dueAtMs;
  }

  /** Tells what there is, if the collector is quick to take it; the rest is told after a start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
    this.#unlag();
    this.#alarm.cancel();
    this.#collector.hurry();
    await this.#idleness.wait();
    // One that does not answer is not waited for a second time.
    if (this.#failures === 0) await this.#tellLast();
    this.#collector.close();
  }

  async #tellLast(): Promise<void> {
    const { clock, log } = this.#stack;
    const untilWallMs = clock.wallNowMs() + HURRY_MS;
    await this.#round(NEVER, () => clock.wallNowMs() > untilWallMs).catch((cause: unknown) => {
      log.warn('the last spans could not be told', { cause: String(cause) });
    });
  }

  /** Something was committed: it is looked at when it is old enough. */
  #note(): void {
    this.#noted = true;
    if (!this.#turning && this.#dueAtMs === NEVER) this.#set(this.#soonMs());
  }

  #soonMs(): number {
    return this.#stack.clock.nowMs() + HOLD_MS;
  }

  #set(atMs: number): void {
    this.#dueAtMs = atMs;
    this.#alarm.set(atMs);
  }

  #turn(): void {
    if (this.#turning || this.#stopped) return;
    this.#turning = true;
    this.#noted = false;
    const { clock } = this.#stack;
    this.#round(clock.nowMs() - HOLD_MS, () => this.#stopped)
      .catch((cause: unknown) => this.#failed(cause))
      .then((atMs) => {
        this.#turning = false;
        if (!this.#stopped) this.#set(atMs);
        this.#idleness.announce();
      });
  }

  /** The storage is away, or another node is at it now, and this one is about to be told. */
  #failed(cause: unknown): number {
    if (!(cause instanceof Conflict)) {
      this.#stack.log.warn('spans could not be told', { cause: String(cause) });
    }
    return this.#soonMs();
  }

  /** Tells what happened until a moment. Answers with when to come again. */
  async #round(untilMs: number, ends: () => boolean): Promise<number> {
    await this.#skip();
    while (!ends()) {
      this.#batch ??= await this.#gather(untilMs);
      if (!this.#batch) return this.#nextMs();
      const { spans, places } = this.#batch;
      const waitMs = spans.length > 0 ? await this.#tell(spans) : undefined;
      if (waitMs !== undefined) return this.#stack.clock.nowMs() + waitMs;
      await this.#store(places);
      this.#batch = undefined;
      await nextTurn();
    }
    return NEVER;
  }

  #nextMs(): number {
    const atMs = this.#follower.nextAtMs();
    if (atMs !== undefined) return Math.max(atMs + HOLD_MS, this.#stack.clock.nowMs() + 1);
    return this.#noted || this.#stack.storage.shared ? this.#soonMs() : NEVER;
  }

  /** The queue is bounded: what nobody took for too long goes untold. */
  async #skip(): Promise<void> {
    const skipped = await this.#follower.skip(MOST_BEHIND);
    if (skipped === 0) return;
    countDropped(this.#stack.metrics, 'behind', skipped + (this.#batch?.spans.length ?? 0));
    this.#batch = undefined;
    const { log } = this.#stack;
    log.warn('what happened was not told: the collector takes too little', { facts: skipped });
  }

  async #gather(untilMs: number): Promise<Batch | undefined> {
    const spans: Span[] = [];
    let facts = 0;
    while (spans.length < MOST_SPANS && facts < MOST_FACTS) {
      if (facts % SLICE === 0) {
        await nextTurn();
        await this.#follower.fill();
      }
      const entry = this.#follower.take(untilMs);
      if (!entry) break;
      facts += 1;
      const span = this.#tracer.take(entry);
      if (span) spans.push(span);
    }
    return facts === 0 ? undefined : { spans, places: this.#follower.places };
  }

  /** Undefined when there is nothing more to do about them; else when to try again. */
  async #tell(spans: readonly Span[]): Promise<number | undefined> {
    const { resource } = this.#options.settings;
    const answer = await this.#collector.send(encodeSpans(resource, spans));
    if (answer.kind === 'later') return this.#waitAfter(answer);
    const { log, metrics } = this.#stack;
    const fields = { collector: this.#collector.address, why: answer.why };
    if (answer.kind === 'refused') {
      log.warn('the collector refused spans', { ...fields, spans: spans.length });
      countDropped(metrics, 'refused', spans.length);
    } else {
      // Whatever the collector says, no more than it was sent.
      const rejected = Math.min(Math.max(0, answer.rejected), spans.length);
      if (rejected > 0) log.warn('the collector rejected spans', fields);
      countDropped(metrics, 'rejected', rejected);
      countTold(metrics, spans.length - rejected);
    }
    if (this.#failures > 0) log.info('the collector is there again', fields);
    this.#failures = 0;
    return undefined;
  }

  #waitAfter({ waitMs, why }: Extract<Answer, { kind: 'later' }>): number {
    const { log, ids } = this.#stack;
    if (this.#failures === 0) {
      const collector = this.#collector.address;
      log.warn('the collector takes no spans; it is asked again', { collector, why });
    }
    const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failures += 1;
    // Not all servers at once, when the collector comes back.
    const spreadMs = backoffMs * (0.75 + ids.random() / 2);
    return waitMs === undefined ? spreadMs : Math.min(waitMs, LONGEST_ASKED_MS);
  }

  async #store(places: Places): Promise<void> {
    const put = this.#told.put('', COLLECTOR, { places: Object.fromEntries(places) });
    await this.#stack.storage.commit([...this.#options.fence, put]);
  }

  /** What follows stands on what was before. */
  async #warm(): Promise<void> {
    const before = await factsBefore(this.#stack.storage, this.#follower.places, WARM);
    for (const [at, entry] of before.entries()) {
      if (at % SLICE === 0) await nextTurn();
      this.#tracer.take(entry);
    }
  }
}

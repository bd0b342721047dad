/**
 * Wiring: storage, time and services become a running stack.
 *
 * This is the one place where services meet. They know each other only as kinds of targets, names
 * of origins and kinds of jobs; the tables that resolve those names are made here.
 */
import { setMaxListeners } from 'node:events';
import { type AdminParts, adminRoutes } from './admin/routes.ts';
import { atEndOfTurn, type Clock, nextTurn, realClock, VirtualClock } from './core/clock.ts';
import { Faults } from './core/faults.ts';
import { type Ids, randomIds, seededIds } from './core/ids.ts';
import { Metrics } from './core/metrics.ts';
import { quotas } from './core/quotas.ts';
import { DELIVERIES } from './delivery/deliver.ts';
import { watchFigures } from './delivery/figures.ts';
import { Presence } from './delivery/nodes.ts';
import { Pump } from './delivery/pump.ts';
import { push, runJob } from './delivery/push.ts';
import { redactingLog } from './delivery/redacting-log.ts';
import { TIMETABLE, WORK } from './delivery/schedule.ts';
import type { Log, Settings, Stack } from './delivery/stack.ts';
import { Workers } from './delivery/workers.ts';
import { budgetOf } from './journal/budget.ts';
import { trimContents } from './journal/contents.ts';
import { Contents } from './journal/contents-by-id.ts';
import { type Journal, journal, trimJournal } from './journal/journal.ts';
import { journalOf } from './journal/logs.ts';
import { traceRoutes } from './journal/routes.ts';
import { Traces } from './journal/trace.ts';
import { insideInvoke } from './services/inside-call.ts';
import type { Route, Service } from './services/service.ts';
import type { Storage } from './storage/storage.ts';

export interface StackOptions {
  readonly storage: Storage;
  readonly services: readonly Service[];
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly settings?: Partial<Settings>;
  /** Whether the journal is kept, so that traces can be asked for. Default true. */
  readonly journal?: boolean;
  /** Whether it keeps what events held, to be shown and sent again. Default true. */
  readonly contents?: boolean;
  /** Of the random choices of faults. Default: another each time. */
  readonly faultSeed?: number;
  readonly log?: Log;
  /**
   * Begins no work of its own before `reachedAt` is called: functions and subscribers are told
   * the address, and what was left from before would be told a wrong one.
   */
  readonly waits?: boolean;
}

export interface RunningStack extends Stack {
  readonly services: ReadonlyMap<string, Service>;
  /** Plain HTTP routes by path prefix, those of the services included. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Tells the stack where it is reached. */
  reachedAt(endpoint: string): void;
  /** Resolves when no delivery and no job is being worked on and every write is committed. */
  quiet(): Promise<void>;
  /**
   * Runs virtual time forward to each waiting retry and step of work until there is none, but
   * not through timetables, leases of consumers or retention. On a real clock the same as `quiet`.
   * Answers with what is still outstanding when it gave up after `mostSteps` moves of time.
   */
  settled(mostSteps?: number): Promise<readonly Outstanding[]>;
  /** Ends all work that was begun, breaks off requests to the outside, then closes the storage. */
  close(): Promise<void>;
}

export interface Outstanding {
  readonly queue: string;
  readonly dueAtMs: number;
}

const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

export const DEFAULT_SETTINGS: Settings = {
  account: '000000000000',
  region: 'us-east-1',
  quotas: quotas(),
  enforcePolicies: true,
  queueCooldowns: false,
};

/** Deliveries of one kind under way at once. */
const PUSH_WIDTH = 64;
/** Requests to the outside may take seconds each, so there are more, and bounds for each target. */
const OUTSIDE = { width: 256, mostOfGroup: 32 };
const JOB_WIDTH = 16;

/** Takes the storage over: it is closed with the stack, and when the stack cannot be made. */
export async function createStack(options: StackOptions): Promise<RunningStack> {
  const { storage, services } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const clock = options.clock ?? realClock();
  const closing = new AbortController();
  // One for each request to the outside.
  setMaxListeners(0, closing.signal);
  let endpoint = 'http://127.0.0.1:4566';
  const workers = new Workers();
  const ids = options.ids ?? randomIds();
  const stack: Stack = {
    clock,
    ids,
    storage,
    traces: new Traces(storage),
    journal: journalFor(options, { storage, clock, settings, ids }),
    settings,
    targets: tableOf(services, (service) => service.targets),
    origins: tableOf(services, (service) => service.origins),
    sources: tableOf(services, (service) => service.sources),
    jobs: tableOf(services, (service) => service.jobs),
    lenses: tableOf(services, ({ name, lens }) => lens && { [name]: lens }),
    workers,
    invoke: insideInvoke(services, () => stack),
    endpoint: () => endpoint,
    closing: closing.signal,
    log: redactingLog(options.log ?? SILENT),
    metrics: new Metrics(),
    faults: new Faults(faultSeeds(options.faultSeed)),
  };
  watchFigures(stack);
  const pumps = pumpsOf(stack);
  for (const pump of pumps) workers.add(pump);
  workers.add(new Presence(stack));
  const stops: Stop[] = [];
  const close = once(() => closeAll(storage, stops, workers, closing));
  try {
    for (const { start } of services) if (start) stops.unshift(await start(stack));
    await tellOfStranded(stack, pumps);
  } catch (cause) {
    await close();
    throw cause;
  }
  if (!options.waits) workers.start();

  const byName = new Map(services.map((service) => [service.name, service]));
  return {
    ...stack,
    services: byName,
    routes: routesOf({ services: byName, contents: new Contents(storage) }, stack.traces),
    reachedAt: (at) => {
      endpoint = at;
      if (options.waits) workers.start();
    },
    quiet: () => quiet(stack),
    settled: (mostSteps) => settled(stack, mostSteps),
    close,
  };
}

function journalFor(
  { journal: on = true, contents = true }: StackOptions,
  { storage, clock, settings, ids }: Pick<Stack, 'storage' | 'clock' | 'settings' | 'ids'>,
): Journal {
  return journal({
    on,
    contents,
    // By the machine's time: a virtual clock may stand still for all of a test.
    budget: budgetOf(settings.quotas['journal.contentsPerSecond'], () => clock.wallNowMs()),
    recorded: journalKeeper(storage, clock, settings),
    log: journalOf(storage, ids),
  });
}

/** Not the stack's own ids: adding a fault must not change those of a test. */
function faultSeeds(seed: number | undefined): () => number {
  return (seed === undefined ? randomIds() : seededIds(seed)).random;
}

type Stop = () => Promise<void>;

/** Closing twice is closing once. */
function once(end: Stop): Stop {
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= end();
    return ended;
  };
}

async function closeAll(
  storage: Storage,
  stops: readonly Stop[],
  workers: Workers,
  closing: AbortController,
): Promise<void> {
  try {
    for (const stop of stops) await stop();
  } finally {
    const stopped = workers.stop();
    closing.abort();
    await stopped;
    await storage.close();
  }
}

function tableOf<Value>(
  services: readonly Service[],
  pick: (service: Service) => Readonly<Record<string, Value>> | undefined,
): Map<string, Value> {
  const table = new Map<string, Value>();
  for (const service of services) {
    for (const [name, value] of Object.entries(pick(service) ?? {})) {
      if (table.has(name)) throw new Error(`Two services both register ${name}.`);
      table.set(name, value);
    }
  }
  return table;
}

function routesOf(parts: AdminParts, traces: Traces): ReadonlyMap<string, Route> {
  return new Map([
    ...tableOf([...parts.services.values()], (service) => service.routes),
    ...Object.entries(traceRoutes(traces)),
    ...Object.entries(adminRoutes(parts)),
  ]);
}

function pumpsOf(stack: Stack): readonly Pump[] {
  const how = { width: PUSH_WIDTH, handle: push };
  const deliveries = [...stack.targets].flatMap(([kind, { inside }]) => [
    new Pump(stack, { ...how, ...(!inside && OUTSIDE), queue: DELIVERIES + kind }),
    new Pump(stack, { ...how, queue: `${DELIVERIES}${kind}/ordered`, ordered: true }),
  ]);
  const jobs = [TIMETABLE, WORK].map(
    (queue) => new Pump(stack, { queue, width: JOB_WIDTH, handle: runJob }),
  );
  return [...deliveries, ...jobs];
}

/** Data of another version may hold what nobody here can hand over; it waits for who can. */
async function tellOfStranded({ storage, log }: Stack, pumps: readonly Pump[]): Promise<void> {
  const served = new Set(pumps.map(({ queue }) => queue));
  for (const queue of await storage.queues(DELIVERIES)) {
    if (!served.has(queue))
      log.warn('deliveries wait for a kind of target unknown here', { queue });
  }
}

/**
 * Called for each fact, with how long the content is that is kept beside it; lets go of old ones at
 * the first, so that short lives do not add up, and each time a tenth of what is kept has been
 * added, of facts or of contents.
 */
function journalKeeper(storage: Storage, clock: Clock, settings: Settings) {
  const keep = settings.quotas['journal.keep'];
  const maxAgeMs = settings.quotas['journal.maxAgeMs'];
  const contents = {
    keep: settings.quotas['journal.keepContents'],
    bytes: settings.quotas['journal.contentBytes'],
    maxAgeMs,
  };
  let untilTrim = 1;
  let charsLeft = 1;
  return (contentChars: number): void => {
    untilTrim -= 1;
    charsLeft -= contentChars;
    if (untilTrim > 0 && charsLeft > 0) return;
    untilTrim = keep / 10;
    charsLeft = Math.max(1, contents.bytes / 10);
    // A failed trim is not worth a word: the next one does its work too.
    const trim = async () => {
      const nowMs = clock.nowMs();
      await storage.commit([
        ...trimJournal(storage, nowMs, keep, maxAgeMs),
        ...(await trimContents(storage, nowMs, contents)),
      ]);
    };
    atEndOfTurn(() => void trim().catch(() => {}));
  };
}

async function quiet({ storage, workers }: Stack): Promise<void> {
  do {
    await workers.idle();
    await storage.idle();
    await nextTurn();
  } while (workers.busy);
}

/** More moves of time than any story takes, few enough that one without an end is told soon. */
const MOST_STEPS = 2_000;

async function settled(stack: Stack, mostSteps = MOST_STEPS): Promise<readonly Outstanding[]> {
  const { clock } = stack;
  for (let steps = 0; ; steps += 1) {
    await quiet(stack);
    if (!(clock instanceof VirtualClock)) return [];
    const due = await outstanding(stack);
    const next = Math.min(...due.map(({ dueAtMs }) => dueAtMs));
    if (next === Number.POSITIVE_INFINITY) return [];
    if (steps >= mostSteps) return due;
    await clock.advanceTo(next, () => quiet(stack));
  }
}

async function outstanding({ workers }: Stack): Promise<readonly Outstanding[]> {
  const awaited = workers.list().filter((worker) => worker.awaited);
  const due = await Promise.all(
    awaited.map(async (worker) => ({ queue: worker.name, dueAtMs: await worker.nextDueMs() })),
  );
  return due.filter(({ dueAtMs }) => dueAtMs !== Number.POSITIVE_INFINITY);
}

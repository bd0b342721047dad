/**
 * `startAws`: a stack of its own for each test, behind a real wire server.
 *
 * Stacks share nothing, so tests may run side by side. Time stands still until the test moves it,
 * and ids come from a seed, so the same test makes the same ids each time. Leaving the scope ends
 * long polls, closes clients and server, and throws when something was left running.
 */

import { createStack, type Outstanding, type RunningStack } from '../app.ts';
import { realClock } from '../core/clock.ts';
import { seededIds } from '../core/ids.ts';
import type { Settings, Stack } from '../delivery/stack.ts';
import type { Trace } from '../journal/trace.ts';
import { type Served, serve } from '../server/serve.ts';
import { allServices } from '../services/all.ts';
import type { Service } from '../services/service.ts';
import { openSqlite } from '../storage/sqlite/open.ts';
import type { Storage } from '../storage/storage.ts';
import { carryTrace } from './carry-trace.ts';
import { type TestClock, testClock, virtualClock } from './clock.ts';
import { type FaultSeed, faultSeed, type TestFaults, testFaults } from './faults.ts';
import { finish } from './finish.ts';
import { type Handler, type Registration, type TestFunction, testFunction } from './functions.ts';
import { testLog } from './log.ts';

export interface AwsOptions {
  /** Default `virtual`: time moves only when the test moves it. */
  readonly clock?: 'virtual' | 'real';
  /** Where virtual time begins. Default 2026-01-15T10:00:00Z. */
  readonly startAt?: number | string | Date;
  /** Ids repeat with the seed. Default 1. */
  readonly seed?: number;
  /** Of the random choices of faults. Default: `FAULT_SEED`, or by chance and printed. */
  readonly faultSeed?: number;
  readonly account?: string;
  readonly region?: string;
  readonly settings?: Partial<Settings>;
  /** Whether traces can be asked for. Default true. */
  readonly journal?: boolean;
  /** Default: all that are built. */
  readonly services?: readonly Service[];
  /** Where the data is; closed with the stack. Default: in memory. */
  readonly storage?: Storage;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Aws {
  /** Where the server listens, such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly clock: TestClock;
  /** Makes operations and deliveries fail, come late or twice. */
  readonly faults: TestFaults;
  /** What the server runs on, for tests that look beneath the wire. */
  readonly stack: Stack;
  /** A client of the AWS SDK for JavaScript, wired to this server and closed with it. */
  client<Client extends { destroy(): void }, Configuration extends object>(
    Client: new (configuration: Configuration) => Client,
    configuration?: Partial<NoInfer<Configuration>>,
  ): Client;
  /**
   * Makes a Lambda function of a handler in this process; a breakpoint in it holds. Its failures,
   * retries, batches and destinations are those of any function. A name that is taken is replaced.
   */
  lambda<Event>(
    name: string,
    handler: Handler<Event>,
    registration?: Registration,
  ): Promise<TestFunction<Event>>;
  /**
   * Resolves when nothing is in flight and nothing is due. Runs virtual time forward to each
   * waiting retry or delivery and to each lease of a message that feeds a function, but not
   * through schedules, leases of other consumers or retention. Throws, naming what is
   * outstanding, when there is no end to it.
   */
  settled(): Promise<void>;
  /** What the event or message led to; undefined when the journal does not know the id. */
  trace(id: string): Promise<Trace | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

const START_OF_TIME = '2026-01-15T10:00:00Z';

export async function startAws(options: AwsOptions = {}): Promise<Aws> {
  const { account, region } = options;
  const faults = faultSeed(options.faultSeed);
  const running = await createStack({
    storage: options.storage ?? (await openSqlite({ path: ':memory:' })),
    services: options.services ?? allServices,
    clock: options.clock === 'real' ? realClock() : virtualClock(options.startAt ?? START_OF_TIME),
    ids: seededIds(options.seed ?? 1),
    faultSeed: faults.seed,
    journal: options.journal ?? true,
    settings: {
      ...options.settings,
      ...(account !== undefined && { account }),
      ...(region !== undefined && { region }),
    },
    log: testLog,
  });
  const served = await serve(running, { host: '127.0.0.1', port: 0 });
  return kit(running, served, faults);
}

function kit(running: RunningStack, served: Served, faults: FaultSeed): Aws {
  const { region, account } = running.settings;
  const credentials = { accessKeyId: account, secretAccessKey: 'test' };
  const clients: { destroy(): void }[] = [];
  return {
    endpoint: served.endpoint,
    region,
    credentials,
    clock: testClock(running, running),
    faults: testFaults(running, faults),
    stack: running,
    client: (Client, configuration) => {
      const wired = { endpoint: served.endpoint, region, credentials };
      // The three settings exist on every client; its own type of configuration cannot say so.
      const client = new Client({ ...wired, ...configuration } as never);
      clients.push(client);
      carryTrace(client);
      return client;
    },
    lambda: (name, handler, registration) => testFunction(running, name, handler, registration),
    settled: async () => {
      const outstanding = await running.settled();
      if (outstanding.length > 0) throw new Error(unsettled(outstanding, running));
    },
    trace: (id) => running.traces.trace(id),
    [Symbol.asyncDispose]: () => finish(running, served, clients),
  };
}

function unsettled(outstanding: readonly Outstanding[], { clock }: Stack): string {
  const nowMs = clock.nowMs();
  const lines = outstanding.map(({ queue, dueAtMs }) => {
    const due = dueAtMs <= nowMs ? 'now' : `at ${new Date(dueAtMs).toISOString()}`;
    return `  ${queue}: due ${due}`;
  });
  const at = `Nothing settled; it is ${new Date(nowMs).toISOString()} and still outstanding are:`;
  return [at, ...lines].join('\n');
}

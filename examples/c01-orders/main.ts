/**
 * The main job: a durable millrace, the order flow of scenario C-01 on it, and real orders.
 *
 * `npm start`            serves on 4566, places orders, draws their traces, keeps serving
 * `npm start -- --once`  the same, then exits; non-zero when an end state is wrong
 * `npm start -- --serve` only serves
 *
 * Exit codes: 0 all is well, 1 it is not, 2 wrong options.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Server, startServer } from '../../src/index.ts';
import { Books, type OrderState } from './books.ts';
import { connect, type Flow, SCENARIOS, type Scenario, startFlow } from './flow.ts';
import { drawOrder, fetchTrace, isWorkedOff, paint, type TraceNode } from './show.ts';

const USAGE = `usage: npm start -- [--once | --serve] [--port 4566] [--data DIR] [--orders 8]`;

interface Placed {
  readonly orderId: string;
  readonly eventId: string;
  readonly scenario: Scenario;
}

const PATIENCE_MS = 20_000;

async function main(): Promise<number> {
  const options = readOptions();
  const log = { info: () => {}, warn: console.error, error: console.error };
  const server = await startServer({ port: options.port, data: options.data, log });
  const stopped = stopSignal();
  console.log(`millrace serves on ${server.endpoint}, data in ${options.data}`);
  let wrong = 0;
  if (!options.serve) wrong = await runOrders(server, options.data, options.orders, stopped);
  if (!options.once) {
    console.log(`Ready. Serving on ${server.endpoint}; Ctrl-C ends it.`);
    await stopped.promise;
    console.log('Ending: what is in flight is answered first.');
  }
  await server.close();
  return wrong === 0 ? 0 : 1;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        serve: { type: 'boolean', default: false },
        port: { type: 'string', default: '4566' },
        data: { type: 'string', default: '.millrace' },
        orders: { type: 'string', default: '8' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (values.once && values.serve) throw new Error('--once and --serve exclude each other.');
    const port = wholeNumber('--port', values.port, 0, 65_535);
    return { ...values, port, orders: wholeNumber('--orders', values.orders, 1, 10_000) };
  } catch (cause) {
    console.error(`${cause instanceof Error ? cause.message : cause}\n${USAGE}`);
    process.exit(2);
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`${option} takes a whole number from ${least} to ${most}, not ${text}.`);
}

/** Deploys the flow, places orders, and draws each as it comes to its end. */
async function runOrders(
  server: Server,
  data: string,
  count: number,
  stopped: { readonly promise: Promise<void>; readonly is: () => boolean },
): Promise<number> {
  mkdirSync(data, { recursive: true });
  const books = new Books(join(data, 'c01-orders.db'));
  const flow = await startFlow(connect(server.endpoint), books);
  console.log('Deployed: 1 bus, 7 rules, 1 topic, 9 queues with dead-letter queues. Orders:\n');
  const placed = await placeOrders(flow, count);
  let wrong = 0;
  for (const order of placed) {
    const { state, trace } = await endOf(server.endpoint, books, order, stopped.is);
    console.log(drawOrder(order.scenario.title, state, trace));
    const differences = differencesOf(state, order.scenario);
    for (const difference of differences) console.log(`  ${paint('red', difference)}`);
    if (differences.length > 0) wrong += 1;
  }
  await flow.stop();
  books.close();
  const right = placed.length - wrong;
  console.log(`${right} of ${placed.length} orders ended as they must.`);
  return wrong;
}

async function placeOrders(flow: Flow, count: number): Promise<readonly Placed[]> {
  const run = Date.now().toString(36);
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const scenario = SCENARIOS[index % SCENARIOS.length] as Scenario;
      const orderId = `o-${run}-${index + 1}`;
      return { orderId, scenario, eventId: await flow.place(orderId, scenario) };
    }),
  );
}

/** Waits until the order is as it must be and its messages are worked off, or patience is over. */
async function endOf(
  endpoint: string,
  books: Books,
  order: Placed,
  stopped: () => boolean,
): Promise<{ readonly state: OrderState; readonly trace: TraceNode }> {
  const untilMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const state = books.state(order.orderId);
    const trace = await fetchTrace(endpoint, order.eventId);
    const ended = differencesOf(state, order.scenario).length === 0 && isWorkedOff(trace);
    if (ended || stopped() || Date.now() > untilMs) return { state, trace };
    await wait(20);
  }
}

function differencesOf(state: OrderState, scenario: Scenario): readonly string[] {
  return Object.entries(scenario.end)
    .filter(([name, must]) => state[name as keyof OrderState] !== must)
    .map(([name, must]) => `${name} is ${state[name as keyof OrderState]}, must be ${must}`);
}

/** Resolves at the first SIGINT or SIGTERM; the second one ends the process at once. */
function stopSignal(): { readonly promise: Promise<void>; readonly is: () => boolean } {
  let stopped = false;
  const promise = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopped) process.exit(130);
        stopped = true;
        resolve();
      });
    }
  });
  return { promise, is: () => stopped };
}

try {
  process.exitCode = await main();
} catch (cause) {
  const { code, message } = cause as NodeJS.ErrnoException;
  const advice = code === 'EADDRINUSE' ? ' Choose another with --port.' : '';
  console.error(`millrace: ${message.replace(/\.?$/, '.')}${advice}`);
  process.exitCode = 1;
}

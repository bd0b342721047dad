/**
 * The main job: a durable millrace, the order flow of scenario C-01 on it, and real orders.
 *
 * `npm start`            serves on 4566, places orders, draws their traces, keeps serving
 * `npm start -- --once`  the same, then exits; non-zero when an end state is wrong
 * `npm start -- --serve` only serves
 * `npm start -- --branch d` one order while something goes wrong, in virtual time; then exits
 *
 * Exit codes: 0 all is well, 1 it is not, 2 wrong options.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Server, startServer } from '../../src/index.ts';
import { buildConsole } from '../console.ts';
import { pointSdksAt } from '../local.ts';
import { Books } from './books.ts';
import { BRANCHES, runBranch } from './branches.ts';
import { startFlow, stock } from './flow.ts';
import { runOrders } from './orders.ts';

const USAGE = `usage: npm start -- [--once | --serve | --branch a…f]
                    [--port 4566] [--data DIR] [--orders 8]`;

async function main(): Promise<number> {
  const options = readOptions();
  if (options.branch !== undefined) return (await runBranch(options.branch, options)) ? 0 : 1;
  const { data = '.millrace' } = options;
  const log = { info: () => {}, warn: console.error, error: console.error };
  buildConsole();
  const server = await startServer({ port: options.port, data, log, console: true });
  const stopped = stopSignal();
  console.log(`millrace serves on ${server.endpoint}, data in ${data}`);
  console.log(`See it: ${server.console}`);
  let wrong = 0;
  if (!options.serve) wrong = await deployAndRun(server, { ...options, data }, stopped.is);
  if (!options.once) {
    console.log(`Ready. Serving on ${server.endpoint}, to be seen at ${server.console}`);
    console.log('Ctrl-C ends it.');
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
        data: { type: 'string' },
        branch: { type: 'string' },
        orders: { type: 'string', default: '8' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (values.once && values.serve) throw new Error('--once and --serve exclude each other.');
    const { branch } = values;
    if (branch !== undefined && !BRANCHES[branch]) throw new Error(`There is no branch ${branch}.`);
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

/** Deploys the flow on the server, and places orders. */
async function deployAndRun(
  server: Server,
  { data, orders }: { readonly data: string; readonly orders: number },
  stopped: () => boolean,
): Promise<number> {
  pointSdksAt(server.endpoint);
  const file = resolve(data, 'c01-orders.db');
  const books = stock(new Books(file));
  const flow = await startFlow({ books: file });
  console.log(
    'Deployed: 1 bus, 7 rules, 1 topic, 9 queues with dead-letter queues, 9 functions.\n',
  );
  const wrong = await runOrders(server.endpoint, flow, books, orders, stopped);
  flow.close();
  books.close();
  return wrong;
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

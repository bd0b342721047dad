/**
 * Runs all benches, or those that are named, and writes one page.
 *
 * Usage: npm run bench -- [--quick] [--rounds N] [--seconds S] [--no-peer] [--out FILE] [name ...]
 * With --assert the exit code tells whether every claim holds; never used with --quick.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { backlog } from './backlog.ts';
import { consoleCost } from './console.ts';
import { dynamodb } from './dynamodb.ts';
import { heldSnapshot } from './held-snapshot.ts';
import { journalCost } from './journal.ts';
import { kinesis } from './kinesis.ts';
import { kinesisFanOut } from './kinesis-fan-out.ts';
import { lambdaBurst } from './lambda-burst.ts';
import { lambdaColdStart } from './lambda-cold-start.ts';
import { lambdaInvoke } from './lambda-invoke.ts';
import { lambdaQueue } from './lambda-queue.ts';
import { latency } from './latency.ts';
import { longPolls } from './long-polls.ts';
import { nodes } from './nodes.ts';
import { putEvents } from './put-events.ts';
import { receiveDelete } from './receive-delete.ts';
import { type Bench, readOptions, toMarkdown } from './report.ts';
import { scroll } from './scroll.ts';
import { sendMessage } from './send-message.ts';
import { sendMessageBatch } from './send-message-batch.ts';
import { snsFanout } from './sns-fanout.ts';
import { startUp } from './start-up.ts';
import { storage } from './storage.ts';
import { tableGrowth } from './table-growth.ts';
import { telemetryCost } from './telemetry.ts';

const BENCHES: readonly Bench[] = [
  sendMessage,
  sendMessageBatch,
  receiveDelete,
  putEvents,
  snsFanout,
  latency,
  longPolls,
  startUp,
  backlog,
  journalCost,
  consoleCost,
  scroll,
  telemetryCost,
  storage,
  lambdaInvoke,
  lambdaColdStart,
  lambdaQueue,
  lambdaBurst,
  dynamodb,
  kinesis,
  kinesisFanOut,
  tableGrowth,
  nodes,
  heldSnapshot,
];

const { options, names, out, assert } = readOptions(process.argv.slice(2));
const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`No bench is named ${unknown.join(', ')}.`);
  console.error(`There are: ${BENCHES.map((bench) => bench.name).join(', ')}.`);
  process.exit(2);
}

const chosen = BENCHES.filter((bench) => names.length === 0 || names.includes(bench.name));
const pages = [heading()];
let failed = false;
for (const bench of chosen) {
  try {
    const report = await bench.run(options);
    failed ||= assert && report.checks.some((check) => !check.holds);
    pages.push(toMarkdown(report));
    console.log(toMarkdown(report));
    console.log(JSON.stringify(report));
  } catch (cause) {
    failed = true;
    console.error(`${bench.name} could not run:`, cause);
  }
}
if (out !== undefined) writeFileSync(out, pages.join('\n'));
process.exitCode = failed ? 1 : 0;

function heading(): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  const run = `${options.rounds} rounds of ${options.seconds} s`;
  const warning = options.quick ? ' Quick run: the figures mean nothing.' : '';
  return `<!-- ${machine}; ${run}.${warning} -->\n`;
}

/**
 * Claims: from the start of the process to the first listening socket 150 ms at most, with at most
 * 80 MB in use when idle; a second stack in one process starts within 10 ms.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rssMegabytes } from './process.ts';
import { alone, atMost, type Bench, type Check, figure, type Report } from './report.ts';
import { type Options, type Spread, spread } from './rounds.ts';
import { freePort, newDataFolder, serve } from './servers.ts';

const GOAL_LISTEN_MS = 150;
const GOAL_MEGABYTES = 80;
const GOAL_SECOND_MS = 10;

/** What users start; the source, which Node must strip of its types first, is shown beside it. */
const BUILT = 'dist/cli.js';
const SCRIPTS = [BUILT, 'src/cli/main.ts'] as const;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const startUp: Bench = { name: 'start-up', run };

async function run(options: Options): Promise<Report> {
  const rows: string[][] = [];
  const checks: Check[] = [];
  const scripts = SCRIPTS.filter((script) => existsSync(join(ROOT, script)));
  for (const script of scripts) {
    const starts = [];
    for (let i = 0; i < (options.quick ? 1 : 9); i++) starts.push(await startOnce(script));
    const ms = spread(starts.map((start) => start.ms));
    const megabytes = spread(starts.map((start) => start.megabytes));
    rows.push([script, shown(ms, 0), shown(megabytes, 1)]);
    if (script !== BUILT) continue;
    checks.push(atMost('ms to listening', ms.median, GOAL_LISTEN_MS));
    checks.push(atMost('MB when idle', megabytes.median, GOAL_MEGABYTES));
  }
  const inProcess = await startInProcess();
  rows.push(['in process, first stack', figure(inProcess.firstMs, 1), '']);
  rows.push(['in process, later stacks', shown(inProcess.later, 1), '']);
  checks.push(atMost('ms for a second stack', inProcess.later.median, GOAL_SECOND_MS));
  return {
    bench: startUp.name,
    claim: 'from the start of the process to a socket that accepts',
    columns: ['what starts', 'ms, median (best-worst)', 'idle RSS in MB, median (best-worst)'],
    rows,
    checks,
    notes: scripts.length < SCRIPTS.length ? ['dist/ is not built: npm run build.'] : [],
  };
}

async function startOnce(script: string): Promise<{ ms: number; megabytes: number }> {
  const data = newDataFolder();
  const port = await freePort();
  const args = ['start', '--port', String(port), '--data', data];
  const startedAtMs = performance.now();
  const server = await serve('millrace', port, [process.execPath, join(ROOT, script), ...args]);
  const ms = performance.now() - startedAtMs;
  await new Promise((resolve) => setTimeout(resolve, 500));
  const megabytes = rssMegabytes(server.pid);
  await server[Symbol.asyncDispose]();
  rmSync(data, { recursive: true, force: true });
  return { ms, megabytes };
}

/** Stacks in memory, as tests use them; the first one loads the code. */
async function startInProcess(): Promise<{ firstMs: number; later: Spread }> {
  const { startAws } = await import('../src/testing/index.ts');
  const timed = async () => {
    const startedAtMs = performance.now();
    const aws = await startAws();
    const ms = performance.now() - startedAtMs;
    await aws[Symbol.asyncDispose]();
    return ms;
  };
  const firstMs = await timed();
  const later: number[] = [];
  for (let i = 0; i < 9; i++) later.push(await timed());
  return { firstMs, later: spread(later) };
}

function shown(value: Spread, digits: number): string {
  const [median, min, max] = [value.median, value.min, value.max].map((one) => figure(one, digits));
  return `${median} (${min}-${max})`;
}

if (import.meta.main) await alone(startUp);

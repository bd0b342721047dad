/**
 * Claim: the first invocation of a Node.js function, for which code is unpacked, a process is
 * started and a handler loaded, is answered at most 80 ms after the time that a bare `node -e 0`
 * takes from start to end. Both run on the server's core, one after another.
 */
import { callLambda } from './api.ts';
import { createFunction, ECHO } from './functions.ts';
import { pinned, SERVER_CORE, start } from './process.ts';
import { alone, atMost, type Bench, figure, type Report } from './report.ts';
import { type Options, type Spread, spread } from './rounds.ts';
import { millraceScript, type Server, startMillrace } from './servers.ts';

const GOAL_MS = 80;
const STARTS = 15;

export const lambdaColdStart: Bench = { name: 'lambda-cold-start', run };

async function run(options: Options): Promise<Report> {
  await using millrace = await startMillrace();
  const bare: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  // The first of each warms the disk's cache and the server.
  for (let i = 0; i <= (options.quick ? 2 : STARTS); i++) {
    const measured = { bare: await bareStart(), ...(await coldStart(millrace, `f${i}`)) };
    if (i === 0) continue;
    bare.push(measured.bare);
    cold.push(measured.cold);
    warm.push(measured.warm);
  }
  const above = spread(cold.map((ms, i) => ms - (bare[i] ?? Number.NaN)));
  return {
    bench: lambdaColdStart.name,
    claim: 'from Invoke to the answer of a function that is run for the first time',
    columns: ['what', 'ms, median (best-worst)'],
    rows: [
      ['node -e 0', shown(spread(bare))],
      ['first invocation', shown(spread(cold))],
      ['the same, above its bare start', shown(above)],
      ['second invocation', shown(spread(warm))],
    ],
    checks: [atMost('ms above a bare start', above.median, GOAL_MS)],
    notes: millraceScript().endsWith('.ts') ? ['Run from source: npm run build.'] : [],
  };
}

async function bareStart(): Promise<number> {
  const startedAtMs = performance.now();
  const child = start(pinned(SERVER_CORE, [process.execPath, '-e', '0']));
  await new Promise((resolve) => child.once('exit', resolve));
  return performance.now() - startedAtMs;
}

/** Each function has code of its own, so that nothing of it is there yet. */
async function coldStart({ port }: Server, name: string): Promise<{ cold: number; warm: number }> {
  await createFunction(port, name, `${ECHO}// ${name}\n`);
  const timed = async () => {
    const startedAtMs = performance.now();
    await callLambda(port, `POST /2015-03-31/functions/${name}/invocations`, { name });
    return performance.now() - startedAtMs;
  };
  return { cold: await timed(), warm: await timed() };
}

function shown({ median, min, max }: Spread): string {
  const [middle, best, worst] = [median, min, max].map((ms) => figure(ms, 1));
  return `${middle} (${best}-${worst})`;
}

if (import.meta.main) await alone(lambdaColdStart);

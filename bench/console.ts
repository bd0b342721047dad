/**
 * Claim: somebody who looks at the map and the tail costs a server under full load at most 3 % of
 * its throughput.
 */
import type { ChildProcess } from 'node:child_process';
import { createQueue } from './api.ts';
import { GENERATOR_CORE, pinned, start, stop } from './process.ts';
import { alone, atLeast, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { compare, type Options } from './rounds.ts';
import { startMillrace } from './servers.ts';

export const consoleCost: Bench = { name: 'console', run };

const VIEWS = ['map/live', 'tail/live'];

/** What is to be seen is less than what two servers differ by: one server, looked at by turns. */
async function run(options: Options): Promise<Report> {
  await using server = await startMillrace();
  const { url: to } = await createQueue(server.port, 'bench');
  const scenario = { kind: 'send', to } as const;
  let viewer: ChildProcess | undefined;
  const nobodyLooks = async () => {
    if (!viewer) return;
    if (viewer.exitCode !== null) throw new Error('The viewer has not looked on.');
    await stop(viewer);
    viewer = undefined;
  };
  const somebodyLooks = () => {
    viewer ??= looker(server.port);
  };
  try {
    const contenders = [nobodyLooks, somebodyLooks].map((prepare) => ({
      server,
      scenario,
      prepare,
    }));
    const results = await compare(contenders, 32, options);
    const names = ['nobody looks', `somebody looks at ${VIEWS.join(' and ')}`];
    return {
      bench: consoleCost.name,
      claim: 'messages of 1 KiB sent, with and without a console connected',
      columns: LOAD_COLUMNS,
      rows: results.map((result, at) => loadRow(names[at] ?? '', result)),
      checks: [atLeast('throughput while watched', results[1]?.ratio.median ?? 0, 0.97)],
    };
  } finally {
    await nobodyLooks();
  }
}

function looker(port: number): ChildProcess {
  const script = new URL('viewer.ts', import.meta.url).pathname;
  return start(pinned(GENERATOR_CORE, [process.execPath, script, String(port), ...VIEWS]));
}

if (import.meta.main) await alone(consoleCost);

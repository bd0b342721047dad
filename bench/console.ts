/**
 * Claim: somebody who looks at the map and the tail costs a server under full load at most 3 % of
 * its throughput.
 */
import { createQueue } from './api.ts';
import { start, stop } from './process.ts';
import { alone, atLeast, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { compare, type Options } from './rounds.ts';
import { startMillrace } from './servers.ts';

export const consoleCost: Bench = { name: 'console', run };

const VIEWS = ['map/live', 'tail/live'];

async function run(options: Options): Promise<Report> {
  await using alone = await startMillrace();
  await using watched = await startMillrace();
  const viewer = start([
    process.execPath,
    new URL('viewer.ts', import.meta.url).pathname,
    String(watched.port),
    ...VIEWS,
  ]);
  try {
    const contenders = await Promise.all(
      [alone, watched].map(async (server) => {
        const { url: to } = await createQueue(server.port, 'bench');
        return { server, scenario: { kind: 'send', to } as const };
      }),
    );
    const results = await compare(contenders, 32, options);
    if (viewer.exitCode !== null) throw new Error('The viewer has not looked on.');
    const names = ['nobody looks', `somebody looks at ${VIEWS.join(' and ')}`];
    return {
      bench: consoleCost.name,
      claim: 'messages of 1 KiB sent, with and without a console connected',
      columns: LOAD_COLUMNS,
      rows: results.map((result, at) => loadRow(names[at] ?? '', result)),
      checks: [atLeast('throughput while watched', results[1]?.ratio.median ?? 0, 0.97)],
    };
  } finally {
    await stop(viewer);
  }
}

if (import.meta.main) await alone(consoleCost);

/**
 * What the journal costs: the same work with the journal on (the default) and off.
 */
import { createQueue } from './api.ts';
import { alone, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { compare, type Options } from './rounds.ts';
import { startMillrace } from './servers.ts';

export const journalCost: Bench = { name: 'journal', run };

async function run(options: Options): Promise<Report> {
  await using off = await startMillrace({ args: ['--no-journal'] });
  await using on = await startMillrace();
  const rows: (readonly string[])[] = [];
  for (const kind of ['send', 'send-batch'] as const) {
    const contenders = await Promise.all(
      [off, on].map(async (server) => {
        const { url: to } = await createQueue(server.port, kind);
        return { server, scenario: { kind, to } };
      }),
    );
    const results = await compare(contenders, 32, options);
    for (const [i, result] of results.entries()) {
      rows.push(loadRow(`${kind}, journal ${i === 0 ? 'off' : 'on'}`, result));
    }
  }
  return {
    bench: journalCost.name,
    claim: 'messages of 1 KiB sent, with and without the journal',
    columns: LOAD_COLUMNS,
    rows,
    checks: [],
  };
}

if (import.meta.main) await alone(journalCost);

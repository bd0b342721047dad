/**
 * Claim: with the journal, and with what events held beside it (the default), single sends reach at
 * least 0.9 of what they do without.
 */
import { createQueue } from './api.ts';
import {
  alone,
  atLeast,
  type Bench,
  type Check,
  LOAD_COLUMNS,
  loadRow,
  type Report,
} from './report.ts';
import { compare, type Options } from './rounds.ts';
import { startMillrace } from './servers.ts';

export const journalCost: Bench = { name: 'journal', run };

async function run(options: Options): Promise<Report> {
  await using off = await startMillrace({ args: ['--no-journal'] });
  await using facts = await startMillrace({ args: ['--no-contents'] });
  await using on = await startMillrace();
  const names = ['journal off', 'facts alone', 'facts and contents'];
  const rows: (readonly string[])[] = [];
  const checks: Check[] = [];
  for (const kind of ['send', 'send-batch'] as const) {
    const contenders = await Promise.all(
      [off, facts, on].map(async (server) => {
        const { url: to } = await createQueue(server.port, kind);
        return { server, scenario: { kind, to } };
      }),
    );
    const results = await compare(contenders, 32, options);
    for (const [i, result] of results.entries()) {
      rows.push(loadRow(`${kind}, ${names[i]}`, result));
    }
    const ratio = results.at(-1)?.ratio.median ?? 0;
    if (kind === 'send') checks.push(atLeast('sends with all that is kept', ratio, 0.9));
  }
  return {
    bench: journalCost.name,
    claim: 'messages of 1 KiB sent, with and without the journal',
    columns: LOAD_COLUMNS,
    rows,
    checks,
  };
}

if (import.meta.main) await alone(journalCost);

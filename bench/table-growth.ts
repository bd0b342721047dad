/**
 * Claim: what an operation costs grows no worse than logarithmically with the table: from 10,000
 * items to 1,000,000, which is half as many digits again, the CPU time of PutItem, GetItem and
 * Query grows by no more than a half.
 *
 * A quick run has fewer items, and shows only that it runs.
 */
import { alone, atMost, type Bench, figure, type Report } from './report.ts';
import { drive, type Options } from './rounds.ts';
import type { Scenario } from './scenarios.ts';
import { type Server, startMillrace } from './servers.ts';
import { createTable, fillTable } from './tables.ts';

const CONNECTIONS = 32;
const MOST_GROWTH = 1.5;
const ITEM_BYTES = 256;

export const tableGrowth: Bench = { name: 'table-growth', run };

async function run(options: Options): Promise<Report> {
  const sizes = options.quick ? [500, 2_000] : [10_000, 1_000_000];
  const costs: (readonly number[])[] = [];
  for (const items of sizes) {
    await using server = await startMillrace();
    for (const name of ['items', 'lists']) await createTable(server.port, name, name === 'lists');
    fillTable(server, 'items', items, { bytes: ITEM_BYTES });
    fillTable(server, 'lists', items, { bytes: ITEM_BYTES, isSorted: true });
    costs.push(scenariosOf(items).map((scenario) => micros(server, scenario, options)));
  }
  const [few = [], many = []] = costs;
  const names = ['PutItem', 'GetItem', 'Query of 100'];
  return {
    bench: tableGrowth.name,
    claim: `CPU time of one operation in tables of ${sizes.map((n) => figure(n, 0)).join(' and ')}`,
    columns: ['operation', ...sizes.map((items) => `µs at ${figure(items, 0)}`), 'growth'],
    rows: names.map((name, at) => {
      const [before = Number.NaN, after = Number.NaN] = [few[at], many[at]];
      return [name, figure(before, 1), figure(after, 1), figure(after / before, 2)];
    }),
    checks: names.map((name, at) =>
      atMost(`growth of ${name}`, (many[at] ?? Number.NaN) / (few[at] ?? Number.NaN), MOST_GROWTH),
    ),
  };
}

function scenariosOf(items: number): readonly Scenario[] {
  return [
    { kind: 'put-item', to: 'items', bytes: ITEM_BYTES },
    { kind: 'get-item', to: 'items', items },
    { kind: 'query', to: 'lists', items },
  ];
}

function micros(server: Server, scenario: Scenario, options: Options): number {
  const warmUpSeconds = options.quick ? 0.1 : 1;
  const seconds = options.quick ? 0.2 : options.seconds;
  const job = { connections: CONNECTIONS, warmUpSeconds, seconds, scenario };
  return 1e6 / drive(server, job).perCpuSecond;
}

if (import.meta.main) await alone(tableGrowth);

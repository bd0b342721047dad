/**
 * Deterministic simulation: `npm run simulate -- --seed 1 --runs 2000`.
 *
 * Each seed is a run of its own, of one to three nodes on one storage, and the same each time. Ends
 * with a line of figures, and with exit code 1 and the command for each seed that has broken a
 * promise.
 */
import { parseArgs } from 'node:util';
import { simulate, type Verdict } from './deterministic/run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    nodes: { type: 'string' },
    /** What clients do, with commas between: `items,lists`. */
    only: { type: 'string' },
    /** Prints the whole history of each run. */
    history: { type: 'boolean', default: false },
    /** Ends after so many runs that failed. */
    failures: { type: 'string', default: '10' },
  },
});

const first = Number(values.seed);
const began = performance.now();
const totals = new Map<string, number>();
const failed: number[] = [];
let runs = 0;
for (let seed = first; seed < first + Number(values.runs); seed++) {
  const verdict = await simulate({
    seed,
    ...(values.nodes !== undefined && { nodes: Number(values.nodes) }),
    ...(values.only !== undefined && { only: values.only.split(',') }),
  });
  runs++;
  count(verdict);
  if (values.history) console.log(JSON.stringify(verdict.history, text, 1));
  const { findings, complaints } = verdict;
  if (findings.length + complaints.length === 0) continue;
  failed.push(seed);
  tell(verdict);
  if (failed.length >= Number(values.failures)) break;
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
const figures = [...totals].map(([name, total]) => `${total} ${name}`).join(', ');
console.log(`simulate: ${runs} runs from seed ${first} in ${seconds} s, ${failed.length} failed`);
console.log(`put to the test: ${figures}`);
process.exit(failed.length > 0 ? 1 : 0);

function count({ history, faults, nodes }: Verdict): void {
  const add = (name: string, more: number) => totals.set(name, (totals.get(name) ?? 0) + more);
  add('nodes', nodes);
  for (const { op } of history.entries) add(`${op}s`, 1);
  for (const [name, more] of Object.entries(faults)) add(name, more);
}

function tell({ seed, nodes, findings, complaints }: Verdict): void {
  console.error(`seed ${seed}, ${nodes} nodes:`);
  for (const { fault, text: what } of findings.slice(0, 5)) console.error(`  ${fault}: ${what}`);
  for (const complaint of complaints.slice(0, 5)) console.error(`  ${complaint.slice(0, 1_500)}`);
  const chosen = values.nodes === undefined ? '' : ` --nodes ${values.nodes}`;
  const only = values.only === undefined ? '' : ` --only ${values.only}`;
  console.error(`  again: npm run simulate -- --seed ${seed}${chosen}${only}`);
}

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

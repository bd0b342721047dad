/**
 * Runs examples: `npm run example -- c08` one of them, `-- all` one after the other, and
 * `-- --list` says what there is. What comes behind the name goes to the example.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
/** The order flow has a command of its own, which keeps serving. */
const MAIN_JOB = 'c01-orders';

const examples = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, 'main.ts')))
  .sort();

const [wanted = '--list', ...rest] = process.argv.slice(2);
const chosen =
  wanted === 'all'
    ? examples.filter((name) => name !== MAIN_JOB)
    : examples.filter((name) => name === wanted || name.startsWith(`${wanted}-`));

if (wanted === '--list') {
  for (const name of examples) console.log(`${name.padEnd(18)} ${titleOf(name)}`);
} else if (chosen.length === 0) {
  console.error(`There is no example ${wanted}. There are: ${examples.join(', ')}.`);
  process.exitCode = 2;
}
for (const name of chosen) if (!run(name)) process.exitCode = 1;

/** The first heading of its README. */
function titleOf(name: string): string {
  const [first = ''] = readFileSync(join(folder, name, 'README.md'), 'utf8').split('\n');
  return first.replace(/^# /, '');
}

function run(name: string): boolean {
  if (chosen.length > 1) console.log(`\n=== ${name}: ${titleOf(name)}\n`);
  const program = join(folder, name, 'main.ts');
  return spawnSync(process.execPath, [program, ...rest], { stdio: 'inherit' }).status === 0;
}

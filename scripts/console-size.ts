/**
 * Holds the built console against its budgets: what is loaded before anything is seen, and all of
 * it. Sizes are of files compressed by gzip at its best, in kB of 1,000 bytes.
 *
 *     node scripts/console-size.ts [folder]     after the console was built
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const FIRST_PAINT_KB = 120;
const TOTAL_KB = 450;

const folder = process.argv[2] ?? join(import.meta.dirname, '..', 'dist', 'console');
if (!existsSync(join(folder, 'index.html'))) {
  console.error(`There is no console in ${folder}: build it first.`);
  process.exit(2);
}

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

const sizes = new Map(
  files.map((path) => [path, gzipSync(readFileSync(path), { level: 9 }).length / 1_000]),
);

/** What `path` loads before it runs: a page's scripts and styles, a script's static imports. */
function loads(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  const named = path.endsWith('.html')
    ? text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)
    : text.matchAll(/(?:\bfrom|^import|[;}]import)\s*"(\.[^"]+)"/g);
  return [...named].map((match) => join(dirname(path), match[1] ?? ''));
}

function closure(entry: string): ReadonlySet<string> {
  const found = new Set([entry]);
  // A set hands out what is added to it while it is gone through.
  for (const path of found) {
    if (/\.(js|html)$/.test(path)) for (const next of loads(path)) found.add(next);
  }
  return found;
}

const sum = (paths: Iterable<string>) =>
  [...paths].reduce((total, path) => total + (sizes.get(path) ?? 0), 0);

const first = closure(join(folder, 'index.html'));
for (const [path, size] of [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 12)) {
  const mark = first.has(path) ? ' first paint' : '';
  console.log(`${size.toFixed(1).padStart(8)} kB  ${relative(folder, path)}${mark}`);
}

let over = false;
for (const [what, kb, most] of [
  ['first paint', sum(first), FIRST_PAINT_KB],
  ['total', sum(sizes.keys()), TOTAL_KB],
] as const) {
  over ||= kb > most;
  console.log(`${kb.toFixed(1).padStart(8)} kB  ${what}, of ${most} kB`);
}
process.exit(over ? 1 : 0);

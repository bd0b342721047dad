/** The published package brings the console; in the repository it is built when first wanted. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

export function buildConsole(): void {
  if (existsSync(join(ROOT, 'dist/console/index.html'))) return;
  const script = join(ROOT, 'scripts/build-console.ts');
  const { status } = spawnSync(process.execPath, [script], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) console.error('The console could not be built; the server goes on without it.');
}

/** The published package brings the console; in the repository it is built when first wanted. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

export function buildConsole(): void {
  if (existsSync(join(ROOT, 'dist/console/index.html'))) return;
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const command = [vite, 'build', 'console', '--logLevel', 'warn'];
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) console.error('The console could not be built; the server goes on without it.');
}

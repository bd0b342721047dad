/**
 * Builds the console into `dist/console`: files that the server serves as they are, with the
 * licences of what they are made of. `npm run build:console`
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { licencesOf } from './licences.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONSOLE = join(ROOT, 'console');

const built = await build({
  root: CONSOLE,
  configFile: join(CONSOLE, 'vite.config.ts'),
  logLevel: 'warn',
});
const outputs = Array.isArray(built) ? built : [built];
const paths = outputs.flatMap((one) => {
  if (!('output' in one)) throw new Error('The build goes on watching.');
  return one.output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
});
writeFileSync(join(ROOT, 'dist/console/LICENSES.txt'), licencesOf(paths));

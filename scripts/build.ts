/**
 * Builds what is published: `dist/` with the library, the test kit, the patterns and the command,
 * libraries inlined, and their licences beside them. Source is kept readable: no minifying, and
 * source maps are left out because they would double the package.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

rmSync(DIST, { recursive: true, force: true });

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: {
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    patterns: 'src/patterns/index.ts',
    cli: 'src/cli/main.ts',
  },
  // The patterns run on the clients of the application that uses them.
  // pg is the choice of those who keep their data in PostgreSQL.
  external: ['@aws-sdk/*', 'pg'],
  outdir: 'dist',
  bundle: true,
  // The four share their code; what a command does not need stays in files of its own.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // `await using` is newer than Node 22, so esbuild writes it in older words.
  supported: { using: false },
  // commander is CommonJS and asks for Node's own modules by `require`.
  banner: {
    js: [
      "import { createRequire as requireOf } from 'node:module';",
      'const require = requireOf(import.meta.url);',
    ].join('\n'),
  },
});

await bootstraps();
makeCommand(join(DIST, 'cli.js'));
copyModels();
cpSync(join(ROOT, 'src/admin-api/openapi.json'), join(DIST, 'openapi.json'));
writeFileSync(join(DIST, 'LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)));
declarations();

function makeCommand(path: string): void {
  const shebang = '#!/usr/bin/env node\n';
  writeFileSync(path, shebang + readFileSync(path, 'utf8'));
  chmodSync(path, 0o755);
}

/**
 * What runs functions in processes of their own: one file each, because a cold start pays for
 * every file that is read.
 */
async function bootstraps(): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: { 'lambda-node': 'src/execution/node/bootstrap.ts' },
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.13',
    legalComments: 'none',
    logLevel: 'warning',
  });
  cpSync(join(ROOT, 'src/execution/python/bootstrap.py'), join(DIST, 'lambda-python.py'));
}

/** The models are read when a service is first called, from beside the code. */
function copyModels(): void {
  const from = join(ROOT, 'src/wire/models');
  const to = join(DIST, 'models');
  mkdirSync(to);
  for (const file of readdirSync(from)) {
    if (file.endsWith('.json') && !file.endsWith('.lock.json'))
      cpSync(join(from, file), join(to, file));
  }
}

/** The types of what is exported, and the data that those types are made from. */
function declarations(): void {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['--project', join(ROOT, 'tsconfig.build.json')];
  execFileSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
  cpSync(join(ROOT, 'src/core/quotas.json'), join(DIST, 'types/core/quotas.json'));
  // TypeScript drops the attribute that its own nodenext mode then asks for.
  const quotas = join(DIST, 'types/core/quotas.d.ts');
  const bare = "'./quotas.json';";
  const text = readFileSync(quotas, 'utf8').replace(bare, `'./quotas.json' with { type: 'json' };`);
  writeFileSync(quotas, text);
}

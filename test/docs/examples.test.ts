/**
 * The examples of README.md and docs/guides run as they stand there, and their types are right.
 *
 * TypeScript runs file by file. The shell blocks of a page run one after another in one session
 * in a folder of their own, where `millrace` is this one.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { freePort } from '../../bench/servers.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUIDES = readdirSync(join(ROOT, 'docs/guides')).map((name) => `docs/guides/${name}`);
/** What `millrace` and its parts are called from the folder of examples. */
const SOURCES = {
  millrace: '../src/index.ts',
  'millrace/testing': '../src/testing/index.ts',
  'millrace/patterns': '../src/patterns/index.ts',
};
const TYPESCRIPT = join(ROOT, 'node_modules/.bin/tsc');

const folder = mkdtempSync(join(ROOT, '.examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function blocks(page: string, language: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const fence = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm');
  return [...text.matchAll(fence)].map(([, block = '']) => block);
}

const examples = ['README.md', ...GUIDES].flatMap((page) =>
  blocks(page, 'ts').map((block, index) => {
    const file = join(folder, `${basename(page, '.md')}-${index + 1}.ts`);
    const code = block.replace(/from '(millrace[^']*)'/g, (whole, name: keyof typeof SOURCES) =>
      whole.replace(name, SOURCES[name]),
    );
    writeFileSync(file, code);
    return { name: `${page}, example ${index + 1}`, file };
  }),
);

describe('TypeScript', () => {
  test.each(examples)('$name', async ({ file }) => {
    await run(process.execPath, [file], { cwd: tmpdir() });
  });

  test('has the right types', async () => {
    const project = { extends: '../tsconfig.json', include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const output = await run(TYPESCRIPT, ['--noEmit', '-p', folder]).catch(({ stdout }) => stdout);
    expect(output).toMatchObject({ stdout: '' });
  });
});

/** The commands of the page, as one script that stops at the first that fails. */
const script = (page: string) => ['set -euo pipefail', ...blocks(page, 'sh')].join('\n');

test.each(GUIDES.filter((page) => blocks(page, 'sh').length > 0))('shell of %s', async (page) => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-docs-'));
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'millrace'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`,
  );
  chmodSync(join(bin, 'millrace'), 0o755);
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    MILLRACE_PORT: String(await freePort()),
  };
  await run('bash', ['-c', script(page)], { cwd: home, env, timeout: 60_000 });
  rmSync(home, { recursive: true, force: true });
});

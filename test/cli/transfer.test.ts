import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { append, enqueue, once, put } from '../storage/contract/writes.ts';
import { emptyStore, missing, onPostgres } from '../storage/postgres/cluster.ts';
import { type Folder, folder, run } from './millrace.ts';

const millrace = (home: Folder, ...args: readonly string[]) => run(args, { cwd: home.path }).ended;

async function filled(home: Folder): Promise<void> {
  const storage = await openSqlite({ path: join(home.path, 'data'), reserveBytes: 0 });
  await storage.commit([once('k', enqueue('a')), append('log', 'x'), put('row', 'v')]);
  await storage.close();
}

const IN_WORDS = '1 messages, 1 remembered keys, 1 records of 1 logs, 1 rows.\n';

describe('an export', () => {
  test('is JSON lines, and imported gives the same export again', async () => {
    using home = folder();
    await filled(home);
    expect(await millrace(home, 'export', '--data', 'data', '--out', 'a.jsonl')).toEqual({
      code: 0,
      stdout: '',
      stderr: `Exported ${IN_WORDS}`,
    });
    const imported = await millrace(home, 'import', 'a.jsonl', '--data', 'other');
    expect(imported).toEqual({ code: 0, stdout: '', stderr: `Imported ${IN_WORDS}` });
    await millrace(home, 'export', '--data', 'other', '--out', 'b.jsonl.gz');
    const [plain, packed] = ['a.jsonl', 'b.jsonl.gz'].map((name) =>
      readFileSync(join(home.path, name)),
    );
    const unpacked = execFileSync('gzip', ['-dc'], { input: packed });
    expect(unpacked.toString()).toBe(plain?.toString());
    for (const line of unpacked.toString().trim().split('\n')) {
      expect(JSON.parse(line)).toHaveProperty('kind');
    }
    const again = await millrace(home, 'import', 'b.jsonl.gz', '--data', 'third');
    expect(again).toMatchObject({ code: 0 });
    expect(readdirSync(home.path).sort()).toEqual(
      ['a.jsonl', 'b.jsonl.gz', 'data', 'other', 'third'].sort(),
    );
  });

  test('goes to stdout for whoever pipes it', async () => {
    using home = folder();
    await filled(home);
    const { code, stdout } = await millrace(home, 'export', '--data', 'data', '--out', '-');
    expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: 9 });
  });

  test('of a folder in use is refused with a way out', async () => {
    using home = folder();
    const storage = await openSqlite({ path: join(home.path, 'data'), reserveBytes: 0 });
    const refused = await millrace(home, 'export', '--data', 'data', '--out', 'a.jsonl');
    expect(refused).toMatchObject({ code: EXIT.failed });
    expect(refused.stderr).toContain('export a restored backup');
    await storage.close();
  });
});

test.each(['mysql://root:secret@x/y', 'nonsense'])('%s is no store', async (store) => {
  using home = folder();
  const refused = await millrace(home, 'export', '--store', store, '--out', '-');
  expect(refused).toMatchObject({ code: EXIT.usage, stdout: '' });
  expect(refused.stderr).not.toContain('secret');
});

describe.skipIf(missing)(onPostgres, () => {
  test('is filled from an export, and exported again', async () => {
    using home = folder();
    await filled(home);
    const { url, schema } = await emptyStore();
    const store = ['--store', url, '--store-schema', schema];
    await millrace(home, 'export', '--data', 'data', '--out', 'a.jsonl');
    const imported = await millrace(home, 'import', 'a.jsonl', ...store);
    expect(imported).toEqual({ code: 0, stdout: '', stderr: `Imported ${IN_WORDS}` });
    expect(await millrace(home, 'export', ...store, '--out', 'b.jsonl')).toMatchObject({ code: 0 });
    const [one, other] = ['a.jsonl', 'b.jsonl'].map((name) =>
      readFileSync(join(home.path, name), 'utf8'),
    );
    expect(other).toBe(one);
    const refused = await millrace(home, 'import', 'a.jsonl', ...store);
    expect(refused).toMatchObject({ code: EXIT.failed });
    expect(refused.stderr).toContain('is not empty');
  });
});

test('a damaged file ends with 5 and makes no folder of data', async () => {
  using home = folder();
  await filled(home);
  await millrace(home, 'export', '--data', 'data', '--out', 'a.jsonl');
  const text = readFileSync(join(home.path, 'a.jsonl'), 'utf8');
  writeFileSync(join(home.path, 'a.jsonl'), text.replace('body of a', 'body of b'));
  const refused = await millrace(home, 'import', 'a.jsonl', '--data', 'other');
  expect(refused).toMatchObject({ code: EXIT.checkFailed });
  expect(readdirSync(join(home.path, 'other'))).toEqual([]);
});

/** `millrace keys`, on a folder and over a running server. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from './millrace.ts';

function folder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'millrace-keys-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const envOf = ({ accessKeyId, secretAccessKey }: Key) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});

describe('answers', () => {
  test('the first key is made on the folder, the others over the server', async () => {
    using home = folder();
    const data = join(home.path, 'data');
    const first = await run(['keys', 'create', '--data', data, '--json']).ended;
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const root: Key = JSON.parse(first.stdout);
    expect(root).toMatchObject({ account: '000000000000', user: 'root' });

    const server = run(['start', '--port', '0', '--data', data, '--auth', 'strict']);
    const endpoint = /http:\S+\d/.exec(await server.says(/Ready\./))?.[0] ?? '';
    try {
      const policy = join(home.path, 'queues.json');
      const Statement = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
      writeFileSync(policy, JSON.stringify({ Version: '2012-10-17', Statement }));
      const order = ['--user', 'alice', '--policy', policy, '--endpoint', endpoint];
      const made = await run(['keys', 'create', ...order], { env: envOf(root) }).ended;
      expect(made.stdout).toMatch(/^access key id +AKIA\w{16}\nsecret access key +\S{40}\n/);
      const listed = await run(['keys', 'list', '--endpoint', endpoint, '--json'], {
        env: envOf(root),
      }).ended;
      const users = (JSON.parse(listed.stdout) as { user: string }[]).map(({ user }) => user);
      expect(users.sort()).toEqual(['alice', 'root']);
      const id = /AKIA\w+/.exec(made.stdout)?.[0] ?? '';
      const disabled = await run(['keys', 'disable', id, '--endpoint', endpoint], {
        env: envOf(root),
      }).ended;
      expect(disabled.stdout).toBe(`${id} disabled\n`);
      const status = ['status', '--endpoint', endpoint];
      expect((await run(status, { env: envOf(root) }).ended).code).toBe(0);
      const unsigned = await run(status, { env: { AWS_ACCESS_KEY_ID: '' } }).ended;
      expect(unsigned.stderr).toContain('Missing Authentication Token');
      const busy = await run(['keys', 'list', '--data', data]).ended;
      expect(busy.stderr).toContain('Ask its server instead');
    } finally {
      server.process.kill('SIGTERM');
      await server.ended;
    }
  });

  test('secrets are sealed in the data, and the key beside it is for its owner alone', async () => {
    using home = folder();
    const { stdout } = await run(['keys', 'create', '--data', home.path, '--json']).ended;
    const { secretAccessKey }: Key = JSON.parse(stdout);
    expect(statSync(join(home.path, 'secrets.key')).mode & 0o777).toBe(0o600);
    const files = ['millrace.db', 'millrace.db-wal'].map((name) => join(home.path, name));
    const held = files.map((file) => {
      try {
        return readFileSync(file, 'latin1');
      } catch {
        return '';
      }
    });
    expect(held.join('')).toContain('sealedSecret');
    expect(held.join('')).not.toContain(secretAccessKey);
  });
});

describe('refusals', () => {
  test('secrets that cannot be opened keep a strict server from starting', async () => {
    using home = folder();
    await run(['keys', 'create', '--data', home.path]).ended;
    const start = ['start', '--port', '0', '--data', home.path, '--auth', 'strict'];
    const env = { MILLRACE_SECRETS_KEY: 'ab'.repeat(32) };
    const { code, stderr } = await run(start, { env }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('not the key that they were sealed with');
  });

  test('what is no policy, and what is no key, is told', async () => {
    using home = folder();
    const file = join(home.path, 'odd.json');
    writeFileSync(file, '{}');
    const create = ['keys', 'create', '--data', home.path, '--user', 'a', '--policy', file];
    expect((await run(create).ended).stderr).toContain('odd: The policy has no Statement.');
    const gone = await run(['keys', 'delete', 'AKIA1', '--data', home.path]).ended;
    expect(gone.stderr).toContain('There is no access key AKIA1.');
    const nobody = await run(['keys', 'list', '--endpoint', 'http://127.0.0.1:9']).ended;
    expect(nobody.code).toBe(3);
  });
});

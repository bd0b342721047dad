/** Through PgBouncer, which gives each transaction another connection. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PostgresStorage } from '../../../src/storage/postgres/engine.ts';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import { append, bodiesIn, claimOf, enqueue, NOW, put, Q, settle } from '../contract/writes.ts';
import { emptyStore, freePort, missing, onPostgres, sql } from './cluster.ts';
import { eventually } from './nodes.ts';

const BOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));
const withoutBouncer = missing ?? (BOUNCER ? undefined : 'no pgbouncer here');

/** The address of a pooler before the database at `url`. */
async function pooler(url: string): Promise<string> {
  const { hostname, port, username } = new URL(url);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bouncer-'));
  const listening = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
postgres = host=${hostname} port=${port} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listening}
auth_type = any
pool_mode = transaction
default_pool_size = 3
`,
  );
  chmodSync(folder, 0o755);
  const root = process.getuid?.() === 0;
  const user = root ? { uid: Number(execFileSync('id', ['-u', 'nobody'])) } : {};
  const bouncer = spawn(BOUNCER ?? '', ['-q', file], { ...user, stdio: 'ignore' });
  onTestFinished(() => {
    bouncer.kill();
    rmSync(folder, { recursive: true });
  });
  const address = `postgres://${username}@127.0.0.1:${listening}/postgres`;
  await eventually(() =>
    sql(address, 'SELECT 1').then(
      () => true,
      () => false,
    ),
  );
  return address;
}

describe.skipIf(withoutBouncer)(`PgBouncer before ${onPostgres}`, () => {
  test('does no harm: several nodes write, read, claim and hear of each other', async () => {
    const { url, schema } = await emptyStore();
    const options = { url: await pooler(url), schema, pooled: true, pollMs: 50 };
    const all: PostgresStorage[] = [];
    for (let index = 0; index < 3; index += 1) all.push(await openPostgres(options));
    const [one, two] = all;
    if (!one || !two) throw new Error('Three were asked for.');
    let heard = 0;
    two.watch(Q, () => {
      heard += 1;
    });
    const lists = Array.from({ length: 60 }, async (_, index) => {
      const node = all[index % 3];
      await node?.commit([enqueue(`m${index}`), append('log', 'r'), put(`k${index}`, 'v')]);
      const claimed = (await node?.claim(Q, claimOf({ max: 1 }))) ?? [];
      await node?.commit(claimed.map((message) => settle(message)));
      return claimed.length;
    });
    const settled = (await Promise.all(lists)).reduce((sum, count) => sum + count, 0);
    expect((await one.counts(Q, NOW)).visible).toBe(60 - settled);
    expect(await bodiesIn(two, 'log')).toHaveLength(60);
    expect(await two.scan('sqs/queues', '000000000000/us-east-1')).toHaveLength(60);
    await eventually(() => heard > 0);
    await Promise.all(all.map((node) => node.close()));
  });
});

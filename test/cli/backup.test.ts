import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { exchange } from '../server/fixture.ts';
import { enqueue } from '../storage/contract/writes.ts';
import { type Folder, folder, type Running, run } from './millrace.ts';

const READY = /at http:\/\/127\.0\.0\.1:(\d+), data [\s\S]*\nReady\.\n$/;

interface Server {
  readonly port: number;
  readonly process: Running;
}

async function serverIn(home: Folder, data: string): Promise<Server> {
  const started = run(['start', '--port', '0', '--data', data], { cwd: home.path });
  return { port: Number(READY.exec(await started.says(READY))?.[1]), process: started };
}

async function stopped({ process }: Server): Promise<void> {
  process.process.kill('SIGTERM');
  await process.ended;
}

function get(port: number, path: string): Promise<string> {
  return exchange(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
}

async function send(port: number, ...bodies: readonly string[]): Promise<void> {
  await get(port, '/?Action=CreateQueue&QueueName=orders&Version=2012-11-05');
  for (const body of bodies) {
    await get(port, `/000000000000/orders?Action=SendMessage&MessageBody=${body}`);
  }
}

const millrace = (home: Folder, ...args: readonly string[]) => run(args, { cwd: home.path }).ended;

describe('a backup', () => {
  test('of a running server holds what was acknowledged, and is started from', async () => {
    using home = folder();
    const server = await serverIn(home, 'data');
    await send(server.port, 'first', 'second');
    const port = String(server.port);
    const taken = await millrace(
      home,
      ...['backup', '--data', 'data', '--port', port, '--out', 'b.tar.gz'],
    );
    expect(taken).toMatchObject({ code: 0, stderr: '' });
    expect(taken.stdout).toMatch(/b\.tar\.gz: .* MiB, commit \d+, database .* MiB\n$/);
    await send(server.port, 'third');
    await stopped(server);

    const verified = await millrace(home, 'backup', '--verify', 'b.tar.gz');
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toMatch(/^queues {4}1 with 2 messages$/m);
    expect(await millrace(home, 'restore', 'b.tar.gz', '--data', 'again')).toMatchObject({
      code: 0,
    });
    const again = await serverIn(home, 'again');
    const messages = await get(again.port, '/_aws/sqs/messages/us-east-1/000000000000/orders');
    expect(messages).toContain('second');
    expect(messages).not.toContain('third');
    await stopped(again);
    expect(readdirSync(home.path).sort()).toEqual(['again', 'b.tar.gz', 'data']);
  });

  test('of a folder without a server needs none', async () => {
    using home = folder();
    const server = await serverIn(home, 'data');
    await send(server.port, 'only');
    await stopped(server);
    expect(await millrace(home, 'backup', '--data', 'data', '--out', 'b.tar')).toMatchObject({
      code: 0,
    });
    const { stdout } = await millrace(home, 'backup', '--verify', 'b.tar');
    expect(stdout).toContain('1 with 1 messages');
  });

  test('asks no server about the folder of another', async () => {
    using home = folder();
    const [one, other] = [await serverIn(home, 'one'), await serverIn(home, 'other')];
    const args = ['--data', 'one', '--port', String(other.port), '--out', 'b.tar'];
    const refused = await millrace(home, 'backup', ...args);
    expect(refused).toMatchObject({ code: EXIT.failed, stdout: '' });
    expect(refused.stderr).toMatch(/has .*\/other\.$/m);
    const nobody = await millrace(home, 'backup', ...args.with(3, '1'));
    expect(nobody).toMatchObject({ code: EXIT.unreachable });
    expect(existsSync(join(home.path, 'b.tar'))).toBe(false);
    await Promise.all([stopped(one), stopped(other)]);
  });

  test('is taken of the server at an endpoint, whatever its folder', async () => {
    using home = folder();
    const server = run(['start', '--port', '0', '--memory'], { cwd: home.path });
    const port = /:(\d+), data in memory/.exec(await server.says(READY))?.[1];
    const endpoint = `http://127.0.0.1:${port}`;
    const taken = await millrace(home, 'backup', '--endpoint', endpoint, '--out', 'b.tgz');
    expect(taken).toMatchObject({ code: 0, stderr: '' });
    server.process.kill('SIGTERM');
    await server.ended;
  });
});

describe('kill -9', () => {
  const large = async (path: string) => {
    const storage = await openSqlite({ path, reserveBytes: 0, durability: 'process' });
    const body = 'x'.repeat(200_000);
    const many = Array.from({ length: 50 }, (_, n) => enqueue('m', { body: `${n}${body}` }));
    for (let list = 0; list < 8; list += 1) await storage.commit(many);
    await storage.close();
  };

  /** Kills the command once `path` is there; whether it was killed in the middle. */
  async function killedAt(path: string, home: Folder, ...args: readonly string[]) {
    const command = run(args, { cwd: home.path });
    let ended = false;
    void command.ended.then(() => {
      ended = true;
    });
    while (!ended && !existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
    command.process.kill('SIGKILL');
    return (await command.ended).code === null;
  }

  test('in the middle of a backup leaves no file of its name, and the data as it was', async () => {
    using home = folder();
    const data = join(home.path, 'data');
    await large(data);
    const args = ['backup', '--data', 'data', '--out', 'b.tar'];
    expect(await killedAt(join(home.path, 'b.tar.partial'), home, ...args)).toBe(true);
    expect(existsSync(join(home.path, 'b.tar'))).toBe(false);
    expect(await millrace(home, ...args)).toMatchObject({ code: 0, stderr: '' });
    await (await openSqlite({ path: data, reserveBytes: 0 })).close();
    expect(readdirSync(data).sort()).toEqual(['last-commit', 'millrace.db']);
  });

  test('in the middle of a restore leaves nothing that opens; it can be begun anew', async () => {
    using home = folder();
    await large(join(home.path, 'data'));
    await millrace(home, 'backup', '--data', 'data', '--out', 'b.tar');
    const args = ['restore', 'b.tar', '--data', 'again'];
    const begun = join(home.path, 'again', 'unfinished', 'millrace.db');
    expect(await killedAt(begun, home, ...args)).toBe(true);
    expect(readdirSync(join(home.path, 'again'))).toEqual(['unfinished']);
    expect(await millrace(home, ...args)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(home.path, 'again')).sort()).toEqual(['last-commit', 'millrace.db']);
  });
});

describe('refusals', () => {
  test('a file that is there is not written over', async () => {
    using home = folder();
    writeFileSync(join(home.path, 'b.tar'), 'mine');
    const refused = await millrace(home, 'backup', '--out', 'b.tar');
    expect(refused).toMatchObject({ code: EXIT.failed });
    expect(refused.stderr).toContain('exists already');
    expect(readFileSync(join(home.path, 'b.tar'), 'utf8')).toBe('mine');
  });

  test('a backup is a file, because it is read again', async () => {
    using home = folder();
    const refused = await millrace(home, 'backup', '--out', '-');
    expect(refused).toMatchObject({ code: EXIT.usage, stdout: '' });
    expect(refused.stderr).toContain('give the name of a file');
  });

  test('a folder without data is named, and no file is left', async () => {
    using home = folder();
    const refused = await millrace(home, 'backup', '--data', 'nothing', '--out', 'b.tar');
    expect(refused).toMatchObject({ code: EXIT.failed });
    expect(refused.stderr).toContain('is no data folder');
    expect(readdirSync(home.path)).toEqual([]);
  });

  test('a damaged file ends with 5 and makes no folder of data', async () => {
    using home = folder();
    const server = await serverIn(home, 'data');
    await stopped(server);
    await millrace(home, 'backup', '--data', 'data', '--out', 'b.tar');
    truncateSync(join(home.path, 'b.tar'), 20_000);
    const verified = await millrace(home, 'backup', '--verify', 'b.tar');
    expect(verified).toMatchObject({ code: EXIT.checkFailed, stdout: '' });
    expect(verified.stderr).toContain('cut off');
    const restored = await millrace(home, 'restore', 'b.tar', '--data', 'again');
    expect(restored).toMatchObject({ code: EXIT.checkFailed });
    expect(readdirSync(join(home.path, 'again'))).toEqual([]);
  });
});

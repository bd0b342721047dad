import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exchange, open, receives } from '../server/fixture.ts';
import { folder, run } from './millrace.ts';

const READY = /at http:\/\/127\.0\.0\.1:(\d+), data (.*)\n(?:console at .*\n)?Ready\.\n$/;

function portIn(text: string): number {
  return Number(READY.exec(text)?.[1]);
}

describe('answers', () => {
  test('a server says where it is, is ready, answers, and ends with 0 when told to', async () => {
    using home = folder();
    const server = run(['start', '--port', '0'], { cwd: home.path });
    const port = portIn(await server.says(READY));
    const answer = await exchange(
      port,
      'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    server.process.kill('SIGTERM');
    const { code, stdout, stderr } = await server.ended;
    expect({ code, last: stdout.split('\n').at(-2) }).toEqual({ code: 0, last: 'Ready.' });
    expect(existsSync(join(home.path, '.millrace'))).toBe(true);
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toBeTypeOf('object');
  });

  test('SIGINT drains as well, and nothing is written when all is in memory', async () => {
    using home = folder();
    const server = run(['start', '--port', '0', '--memory'], { cwd: home.path });
    expect(await server.says(READY)).toContain('data in memory');
    server.process.kill('SIGINT');
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(existsSync(join(home.path, '.millrace'))).toBe(false);
  });

  test('a second signal ends it at once, with the signal’s number', async () => {
    using home = folder();
    const env = { MILLRACE_SHUTDOWN_TIMEOUT: '60', MILLRACE_PORT: '0', LOG_LEVEL: 'silent' };
    const server = run(['start', '--memory'], { cwd: home.path, env });
    const port = portIn(await server.says(READY));
    // A request that never ends its body keeps the drain waiting.
    const socket = await open(port);
    socket.on('error', () => {});
    const told = receives(socket, /100 Continue/);
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n',
    );
    await told;
    server.process.kill('SIGTERM');
    // The port is closed once draining has begun.
    while (await accepts(port));
    server.process.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 143, stderr: '' });
    socket.destroy();
  });
});

async function accepts(port: number): Promise<boolean> {
  const socket = await open(port).catch(() => undefined);
  socket?.destroy();
  return socket !== undefined;
}

describe('variables', () => {
  test.each([
    [{ MILLRACE_MEMORY: 'true' }, [], 'memory'],
    [{ MILLRACE_MEMORY: 'false' }, [], '.millrace'],
    [{ MILLRACE_MEMORY: '1' }, ['--data', 'typed'], 'typed'],
    [{ MILLRACE_DATA: 'set' }, [], 'set'],
    [{ MILLRACE_DATA: 'set' }, ['--memory'], 'memory'],
  ])('%j and %j keep the data in %s', async (env, args, where) => {
    using home = folder();
    const server = run(['start', '--port', '0', ...args], { cwd: home.path, env });
    expect(READY.exec(await server.says(READY))?.[2]?.endsWith(where)).toBe(true);
    server.process.kill('SIGTERM');
    await server.ended;
  });
});

test.each([
  [[], 'PurgeQueueInProgress'],
  [['--no-cooldowns'], '<PurgeQueueResponse'],
])('with %j the second purge in a minute is answered with %s', async (args, expected) => {
  const server = run(['start', '--port', '0', '--memory', ...args]);
  const port = portIn(await server.says(READY));
  const get = (path: string) =>
    exchange(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  await get('/?Action=CreateQueue&QueueName=orders&Version=2012-11-05');
  await get('/000000000000/orders?Action=PurgeQueue');
  expect(await get('/000000000000/orders?Action=PurgeQueue')).toContain(expected);
  server.process.kill('SIGTERM');
  await server.ended;
});

describe('refusals', () => {
  test('a folder that is none is named', async () => {
    using home = folder();
    const file = join(home.path, 'file');
    writeFileSync(file, '');
    const { code, stderr } = await run(['start', '--port', '0', '--data', file]).ended;
    expect(code).toBe(1);
    expect(stderr).toBe(
      `millrace: ${file} cannot be a folder of data (EEXIST). Choose another with --data.\n`,
    );
  });

  test('an address that is not of this machine is named', async () => {
    const host = ['--host', '192.0.2.1', '--i-know-this-is-open'];
    const { code, stderr } = await run(['start', '--port', '0', '--memory', ...host]).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('This machine cannot listen at 192.0.2.1 (EADDRNOTAVAIL).');
  });

  test('a port that is taken is named', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr, stdout } = await run(['start', '--memory', '--port', String(port)]).ended;
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is taken.`);
    expect(stdout).toBe('');
  });

  test('a public address needs a word', async () => {
    const { code, stderr } = await run(['start', '--memory', '--host', '0.0.0.0']).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('--i-know-this-is-open');
  });

  test('a folder that another server uses is refused', async () => {
    using home = folder();
    const args = ['start', '--port', '0', '--data', home.path];
    const first = run(args);
    await first.says(READY);
    const { code, stderr } = await run(args).ended;
    first.process.kill('SIGTERM');
    await first.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(home.path);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

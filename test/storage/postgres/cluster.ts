/**
 * A PostgreSQL for tests: made in a temporary folder, thrown away at the end.
 *
 * One cluster serves all tests of a process and is started when the first asks for it; each test
 * has a schema of its own. `MILLRACE_TEST_POSTGRES=postgres://…` takes a running server instead.
 * The server ends with this process however that ends: a small shell waits for its end.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

const GIVEN = process.env.MILLRACE_TEST_POSTGRES;
/** The folder of `initdb` and `postgres`, where it is to be another than the newest of Debian's. */
const PROGRAMS = process.env.MILLRACE_TEST_POSTGRES_BIN;
const DEBIAN = '/usr/lib/postgresql';

/** The folder of `initdb` and `postgres`. */
function findBinaries(): string | undefined {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];
  const onPath = (process.env.PATH ?? '').split(delimiter);
  return [...(PROGRAMS ? [PROGRAMS] : []), ...debian, ...onPath].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
}

const binaries = findBinaries();

/** Why tests that need PostgreSQL cannot run here; undefined where they can. */
export const missing =
  GIVEN || binaries ? undefined : 'no PostgreSQL here: install it or set MILLRACE_TEST_POSTGRES';

/** Why no standby can be made here: a server that was given, or one without `pg_basebackup`. */
export const noStandby =
  missing ??
  (binaries && existsSync(join(binaries, 'pg_basebackup')) ? undefined : 'no pg_basebackup here');

/** For titles: says why nothing runs. */
export const onPostgres = missing ? `PostgreSQL (skipped: ${missing})` : 'PostgreSQL';

export interface ClusterOptions {
  /** Off is quicker, and what a power cut leaves is not what these tests are about. */
  readonly fsync?: boolean;
  /** More settings of the server, by name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The address of a primary: makes its standby, which follows it until it is promoted. */
  readonly standbyOf?: string;
}

export interface Cluster {
  /** Of its database `postgres`, by loopback. */
  readonly url: string;
  readonly port: number;
  /** Ends it as `kill -9` would and starts it again; undefined for a server that was given. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

let shared: Promise<Cluster> | undefined;

export function cluster(): Promise<Cluster> {
  shared ??= GIVEN ? Promise.resolve(given(GIVEN)) : startCluster({ fsync: false });
  return shared;
}

function given(url: string): Cluster {
  const cannot = () => Promise.reject(new Error('The server was given and is left alone.'));
  return { url, port: Number(new URL(url).port || 5432), crash: cannot, stop: async () => {} };
}

let made = 0;

/** What `openPostgres` takes for a store that holds nothing. */
export async function emptyStore(): Promise<{ readonly url: string; readonly schema: string }> {
  const { url } = await cluster();
  made += 1;
  return { url, schema: `test_${process.pid}_${made}` };
}

/** Runs SQL on a connection of its own; rows of the last statement. */
export async function sql(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query(text);
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  } finally {
    await client.end();
  }
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  if (!binaries) throw new Error(missing);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-pg-'));
  const owner = ownerOfServer();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const as = { ...owner, cwd: folder, stdio: 'pipe' as const };
  const data = join(folder, 'data');
  makeData(binaries, data, options.standbyOf, as);
  const port = await freePort();
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: options.fsync === false ? 'off' : 'on',
    full_page_writes: options.fsync === false ? 'off' : 'on',
    max_connections: '200',
    ...options.settings,
  };
  const postgres = join(binaries, 'postgres');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const start = async () => {
    const server = spawnGuarded(postgres, data, settings, as);
    await untilReady(url, server, join(folder, 'log'));
    return server;
  };
  let server = await start();
  const stop = async () => {
    const ended = ending(server);
    server.stdin?.end('stop\n');
    await ended;
  };
  const crash = async () => {
    const ended = ending(server);
    server.stdin?.end('crash\n');
    await ended;
    server = await start();
  };
  return { url, port, crash, stop };
}

function makeData(
  programs: string,
  data: string,
  primary: string | undefined,
  as: { readonly cwd: string },
): void {
  if (primary === undefined) {
    const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
    execFileSync(join(programs, 'initdb'), [...initdb, '--no-sync'], as);
  } else {
    const copy = ['-D', data, '-d', primary, '-R', '-c', 'fast', '--no-sync'];
    execFileSync(join(programs, 'pg_basebackup'), copy, as);
  }
}

/** PostgreSQL does not run as root. */
function ownerOfServer(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = (name: string) => users.find((line) => line.startsWith(`${name}:`))?.split(':');
  const [, , uid, gid] = fields('postgres') ?? fields('nobody') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/** The shell holds the server and ends it when told to, or when nobody is left to tell it. */
const GUARD = `
"$1" -D "$2" $3 >>"$4" 2>&1 &
server=$!
read -r why
if [ "$why" = crash ]; then kill -QUIT $server; wait $server; exit; fi
kill -QUIT $server; wait $server
cd / && rm -rf "$(dirname "$2")"`;

function spawnGuarded(
  postgres: string,
  data: string,
  settings: Readonly<Record<string, string>>,
  as: { readonly uid?: number; readonly gid?: number; readonly cwd: string },
): ChildProcess {
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const log = join(data, '..', 'log');
  const { uid, gid, cwd } = as;
  const server = spawn('/bin/sh', ['-c', GUARD, 'sh', postgres, data, flags.join(' '), log], {
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    cwd,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  server.unref();
  (server.stdin as unknown as { unref(): void }).unref();
  return server;
}

/** Waited for, so it keeps this process alive now. */
function ending(server: ChildProcess): Promise<unknown> {
  server.ref();
  return new Promise((resolve) => server.once('exit', resolve));
}

async function untilReady(url: string, server: ChildProcess, log: string): Promise<void> {
  for (let attempt = 0; server.exitCode === null && attempt < 200; attempt += 1) {
    try {
      await sql(url, 'SELECT 1');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`PostgreSQL does not start:\n${readFileSync(log, 'utf8')}`);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

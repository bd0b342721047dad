/**
 * The peers on PostgreSQL: pg-boss and Graphile Worker, each a process of its own that sends and
 * consumes when it is told to. They come from npm into a cache outside the repository; without the
 * network they are left out, with a line on stderr.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from './process.ts';

/** Newer versions of pg-boss ask for libraries that are not on every registry. */
const PACKAGES = ['pg-boss@12.35.0', 'graphile-worker@0.18.0'] as const;
const CACHE =
  process.env.BENCH_CACHE ?? join(homedir(), '.cache', 'millrace-bench', 'job-queues-1');

export const PEERS = ['pg-boss', 'graphile-worker'] as const;
export type Peer = (typeof PEERS)[number];

export interface Work {
  readonly url: string;
  readonly messages: number;
  readonly body: string;
}

export interface RunningPeer {
  /** Resolves when all messages are stored, or when all were consumed. */
  step(step: 'send' | 'consume'): Promise<void>;
  cpuSeconds(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Undefined, with a line on stderr saying why, when they cannot be had here. */
export async function startPeer(peer: Peer, work: Work): Promise<RunningPeer | undefined> {
  if (!install()) {
    console.error(`${peer} is left out: npm could not install it`);
    return undefined;
  }
  const script = fileURLToPath(new URL(`peers/${peer}.mjs`, import.meta.url));
  const child = fork(script, [JSON.stringify(work)], { cwd: CACHE });
  await told(child, 'ready');
  return {
    cpuSeconds: () => cpuSeconds(child.pid ?? 0),
    step: async (step) => {
      child.send(step);
      await told(child, step);
    },
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    },
  };
}

function told(child: ChildProcess, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the peer ended with ${code}`)));
    child.once('message', (message) =>
      message === what ? resolve() : reject(new Error(`the peer said ${String(message)}`)),
    );
  });
}

function install(): boolean {
  if (existsSync(join(CACHE, 'installed'))) return true;
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'package.json'), '{ "private": true }\n');
  const wanted = ['install', '--no-audit', '--no-fund', '--silent', ...PACKAGES];
  const { status } = spawnSync('npm', wanted, { cwd: CACHE, timeout: 300_000 });
  if (status === 0) writeFileSync(join(CACHE, 'installed'), '');
  return status === 0;
}

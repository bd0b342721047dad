/**
 * The peer for functions: MiniStack, which runs them as processes without Docker, keeping a few
 * warm; it keeps nothing on disk. Its logs are off.
 *
 * Installed from PyPI into a virtual environment in a cache outside the repository when there is
 * Python; without it, or without the network, benches leave the peer out and say so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Server, serve } from './servers.ts';

const VERSION = '1.5.33';
const CACHE =
  process.env.BENCH_CACHE ?? join(homedir(), '.cache', 'millrace-bench', `ministack-${VERSION}`);
const COMMAND = join(CACHE, 'bin', 'ministack');

/** Undefined, with a line on stderr saying why, when it cannot be had here. */
export async function startMiniStack(): Promise<Server | undefined> {
  const missing = install();
  if (missing !== undefined) {
    console.error(`MiniStack is left out: ${missing}`);
    return undefined;
  }
  const port = await freePort();
  const variables = { GATEWAY_PORT: String(port), LOG_LEVEL: 'ERROR' };
  const command = [join(CACHE, 'bin', 'python'), COMMAND];
  return serve('MiniStack', port, command, { patienceMs: 60_000, variables });
}

/** What is missing, or undefined when it is in the cache. */
function install(): string | undefined {
  if (existsSync(COMMAND)) return undefined;
  const made = spawnSync('python3', ['-m', 'venv', CACHE], { timeout: 60_000 });
  if (made.status !== 0) return 'no python3 with venv';
  const wanted = ['install', '--quiet', `ministack==${VERSION}`];
  const installed = spawnSync(join(CACHE, 'bin', 'pip'), wanted, { timeout: 300_000 });
  return installed.status === 0 ? undefined : 'pip could not install it';
}

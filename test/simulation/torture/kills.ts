/**
 * When to kill. At any moment under load mostly; also while the server is starting, and while it
 * writes its log back into the database file (a checkpoint), which is when a crash is rarest.
 */
import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from '../../../bench/process.ts';
import type { Ids } from '../../../src/core/ids.ts';
import { pause, within } from './time.ts';
import type { Victim } from './victim.ts';

export type KillKind = 'load' | 'start' | 'checkpoint';

export function nextKind(ids: Ids): KillKind {
  const luck = ids.random();
  if (luck < 0.7) return 'load';
  return luck < 0.85 ? 'start' : 'checkpoint';
}

/** Longest time under load; the mean over all kinds is about two seconds. */
const LONGEST_LOAD_MS = 4_000;
const LONGEST_START_MS = 400;
const CHECKPOINT_PATIENCE_MS = 3_000;

/** Waits for the moment, then kills. The server has been spawned, and may not be up yet. */
export async function killOnce(
  victim: Victim,
  data: string,
  kind: KillKind,
  ids: Ids,
): Promise<void> {
  if (kind === 'start') {
    const ready = victim.ready();
    await pause(ids.random() * LONGEST_START_MS);
    await victim.kill();
    await ready;
    return;
  }
  if (!(await victim.ready())) return;
  if (kind === 'load') await pause(ids.random() * LONGEST_LOAD_MS);
  else await checkpoint(data, ids);
  await victim.kill();
}

const LONGEST_FUNCTION_MS = 3_000;

/** Waits a while, then kills one of the server's functions; whether there was one. */
export async function killFunction(victim: Victim, ids: Ids): Promise<boolean> {
  await pause(ids.random() * LONGEST_FUNCTION_MS);
  const functions = victim.pid === 0 ? [] : childrenOf(victim.pid);
  const chosen = functions[Math.floor(ids.random() * functions.length)];
  if (chosen === undefined) return false;
  try {
    process.kill(chosen, 'SIGKILL');
    return true;
  } catch {
    // It ended a moment ago, with its server.
    return false;
  }
}

/** Resolves shortly after the database file is written to, which only a checkpoint does. */
async function checkpoint(data: string, ids: Ids): Promise<void> {
  const watchers: FSWatcher[] = [];
  const written = new Promise<true>((resolve) => {
    for (const file of databaseFiles(data)) watchers.push(watch(file, () => resolve(true)));
  });
  const seen = await within(written, CHECKPOINT_PATIENCE_MS);
  for (const watcher of watchers) watcher.close();
  if (seen) await pause(ids.random() * 3);
}

/** None for a server that keeps nothing on disk. */
function databaseFiles(data: string): readonly string[] {
  if (!existsSync(data)) return [];
  return readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(db|sqlite3?)$/.test(name))
    .map((name) => join(data, name));
}

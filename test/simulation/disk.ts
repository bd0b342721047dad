/**
 * Disks that fail: a small file system that runs full, and a server whose fsync fails.
 *
 * Both need more rights than a test may have; `missing` says what is lacking here.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from './torture/time.ts';

export interface SmallDisk {
  readonly path: string;
  [Symbol.dispose](): void;
}

/** A file system of so many megabytes, in memory. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
  const mounted = mount(path, megabytes);
  if (mounted !== undefined) throw new Error(mounted);
  return {
    path,
    [Symbol.dispose]: () => {
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function mount(path: string, megabytes: number): string | undefined {
  const run = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  return run.status === 0 ? undefined : `mount: ${run.error?.message ?? run.stderr}`;
}

/** Why no small disk can be mounted here; undefined when it can. */
export function smallDiskMissing(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
  const missing = mount(path, 1);
  spawnSync('umount', ['-l', path]);
  rmSync(path, { recursive: true, force: true });
  return missing;
}

/** Makes every fsync of a running process fail with EIO until it is stopped. */
export async function failFsync(pid: number): Promise<ChildProcess> {
  const calls = 'fsync,fdatasync,sync_file_range';
  const args = ['-f', '-p', String(pid), '-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO`];
  const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  // It says so when it has taken hold of the process.
  await new Promise<void>((resolve) => {
    tracer.stderr.once('data', () => resolve());
    tracer.once('exit', () => resolve());
  });
  await pause(200);
  return tracer;
}

/** Why fsync cannot be made to fail here; undefined when it can. */
export function failFsyncMissing(): string | undefined {
  const run = spawnSync('strace', ['-e', 'trace=fsync', 'true'], { encoding: 'utf8' });
  if (run.error) return `strace: ${run.error.message}`;
  return run.status === 0 ? undefined : `strace: ${run.stderr}`;
}

/**
 * What the kernel says about a process, and where to run it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Linux counts process times in ticks of 1/100 s wherever Node runs. */
const TICKS_PER_SECOND = 100;

/** User and system time of the process so far, all its threads, ended ones included. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field, the name, may hold blanks; it ends with the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function rssMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

/** Servers get the first core, the generator the second. */
export const SERVER_CORE = 0;
export const GENERATOR_CORE = 1;

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** `command` tied to one core, where the machine has two and `taskset`. */
export function pinned(core: number, command: readonly string[]): readonly string[] {
  return canPin ? ['taskset', '-c', String(core), ...command] : command;
}

export function start(
  command: readonly string[],
  options: { readonly output?: 'ignore' | 'pipe'; readonly cwd?: string } = {},
): ChildProcess {
  const [file = '', ...rest] = command;
  return spawn(file, rest, {
    stdio: ['ignore', options.output ?? 'pipe', 'inherit'],
    // Logs off, on all sides.
    env: { ...process.env, LOG_LEVEL: 'error' },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(patience);
}

/**
 * What the kernel says about a process, and where to run it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Linux counts process times in ticks of 1/100 s wherever Node runs. */
const TICKS_PER_SECOND = 100;

/** User and system time of the process so far, all its threads, ended ones included. */
export function cpuSeconds(pid: number): number {
  const [user, system] = statOf(pid).slice(11, 13);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** The same of all processes that `pid` has started, ended ones included. */
export function childrenCpuSeconds(pid: number): number {
  const [user, system] = statOf(pid).slice(13, 15);
  const ended = (Number(user) + Number(system)) / TICKS_PER_SECOND;
  return childrenOf(pid).reduce(
    (sum, child) => sum + (quietly(() => cpuSeconds(child)) ?? 0),
    ended,
  );
}

/** The processes that `pid` has started and that still run. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => quietly(() => Number(statOf(other)[1])) === pid);
}

/** From the third of proc(5)'s fields on. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field, the name, may hold blanks; it ends with the last parenthesis.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Undefined where the process has ended meanwhile. */
function quietly<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
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

/** Moves running processes to one core, where that can be done. */
export function pinRunning(core: number, pids: readonly number[]): void {
  if (!canPin) return;
  for (const pid of pids) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
}

export function start(
  command: readonly string[],
  options: {
    readonly output?: 'ignore' | 'pipe';
    readonly cwd?: string;
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
): ChildProcess {
  const [file = '', ...rest] = command;
  return spawn(file, rest, {
    stdio: ['ignore', options.output ?? 'pipe', 'inherit'],
    // Logs off, on all sides.
    env: { ...process.env, LOG_LEVEL: 'error', ...options.variables },
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

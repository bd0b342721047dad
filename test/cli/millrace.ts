/** The `millrace` command as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with all of stdout once it holds a match. */
  says(pattern: RegExp): Promise<string>;
}

/** Variables of the machine that would change what a command does. */
const CLEAN = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(MILLRACE_|LOG_LEVEL$|NODE_)/.test(name)),
);

export interface RunOptions {
  readonly cwd?: string;
  /** What comes by stdin; nothing without it. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function run(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: options.cwd,
    env: { ...CLEAN, ...options.env },
  });
  child.stdin.end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  let check = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    stdout += data;
    check();
  });
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    stderr += data;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      check = () => pattern.test(stdout) && resolve(stdout);
      check();
      void ended.then(({ code }) => reject(new Error(`Ended with ${code}: ${stderr}`)));
    });
  return { process: child, ended, says };
}

export interface Folder extends Disposable {
  readonly path: string;
}

export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * The server that is killed: started on one port and one data directory again and again.
 *
 * A process that ends without having been killed is a failure of the run, with its last words.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { accepts, millraceScript } from '../../../bench/servers.ts';
import { pause } from './time.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

const START_PATIENCE_MS = 60_000;

/** How to start millrace on `port` and `data`, with more options of its own and of Node's. */
export function millraceCommand(
  port: number,
  data: string,
  options: { readonly start?: readonly string[]; readonly node?: readonly string[] } = {},
): Command {
  const { start = [], node = [] } = options;
  const args = ['start', '--port', String(port), '--data', data, ...start];
  return { file: process.execPath, args: [...node, millraceScript(), ...args] };
}

/** How to start a node on `port` whose data is in the database at `url`. */
export function nodeCommand(port: number, url: string, script = millraceScript()): Command {
  const args = ['start', '--port', String(port), '--store', url];
  return { file: process.execPath, args: [script, ...args] };
}

export class Victim {
  readonly port: number;
  readonly #commands: readonly Command[];
  #starts = 0;
  readonly #log: string;
  #child: ChildProcess | undefined;
  #killed = false;
  #spawnedAtMs = 0;
  #isUp = false;
  #up = Promise.withResolvers<void>();
  /** Why it ended by itself, if it did. */
  died: string | undefined;
  readonly restartsMs: number[] = [];

  /** Called when the server listens, before anyone is told; for a peer that forgets its queues. */
  readonly #prepare: (port: number) => Promise<unknown>;

  /**
   * `log` gets what the server prints; the end of it is shown when the server dies. Of several
   * commands each start takes the next one.
   */
  constructor(
    port: number,
    commands: Command | readonly Command[],
    log: string,
    prepare = async (_port: number) => {},
  ) {
    this.port = port;
    this.#commands = 'file' in commands ? [commands] : commands;
    this.#log = log;
    this.#prepare = prepare;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Stops it where it stands; it takes connections, and answers nobody. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Resolves when the server listens, at once if it does already. */
  up(): Promise<void> {
    return this.#up.promise;
  }

  spawn(): void {
    const command = this.#commands[this.#starts % this.#commands.length];
    if (!command) throw new Error('There is no command to start it with.');
    this.#starts += 1;
    const output = openSync(this.#log, 'a');
    const child = spawn(command.file, command.args, {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.#killed = false;
    this.#spawnedAtMs = performance.now();
    this.#child = child;
    child.once('error', (cause) => {
      this.died = cause.message;
    });
    child.once('exit', (code, signal) => {
      this.#down();
      if (!this.#killed) this.died = `exit ${code ?? signal}\n${this.lastWords()}`;
    });
  }

  /** Waits until the server accepts connections; false when it ended before. */
  async ready(): Promise<boolean> {
    if (this.#isUp) return true;
    const child = this.#child;
    while (child && isRunning(child)) {
      if (await accepts(this.port)) {
        const tookMs = performance.now() - this.#spawnedAtMs;
        await this.#prepare(this.port);
        // It may have been killed meanwhile.
        if (!isRunning(child) || this.#killed) return false;
        this.restartsMs.push(tookMs);
        this.#isUp = true;
        this.#up.resolve();
        return true;
      }
      if (performance.now() - this.#spawnedAtMs > START_PATIENCE_MS) {
        this.died = `it did not listen within ${START_PATIENCE_MS} ms\n${this.lastWords()}`;
        return false;
      }
      await pause(10);
    }
    return false;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || !isRunning(child)) return;
    this.#down();
    this.#killed = true;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  #down(): void {
    if (this.#isUp) this.#up = Promise.withResolvers();
    this.#isUp = false;
  }

  lastWords(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8').slice(-2_000) : '';
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

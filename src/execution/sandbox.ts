/**
 * The processes of one execution environment, the API they speak to, and what happens to them,
 * as signals: asked and answered, failed, ended. What a signal means is decided elsewhere.
 *
 * A sandbox may be started again after its processes ended, as Lambda does when the init failed.
 */
import { basename, dirname } from 'node:path';
import { type Clock, nextTurn } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { FunctionSpec } from './execution.ts';
import { Extensions } from './extensions.ts';
import type { Exit } from './failures.ts';
import type { InvocationLog } from './invocation-log.ts';
import { memoryOf, type Program, type Started, start } from './processes.ts';
import { commandOf, extensionsOf, RUNTIME_FOLDER } from './programs.ts';
import { type Answer, type Event, RuntimeApi } from './runtime-api.ts';
import type { RuntimeFamily } from './runtimes.ts';
import { variablesOf } from './variables.ts';

export type Signal =
  /** All of them ask for an event. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'init error'; readonly payload: string; readonly type: string }
  | { readonly kind: 'exit'; readonly exit: Exit; readonly failed?: string | undefined }
  | { readonly kind: 'extension'; readonly type: string; readonly message: string }
  | { readonly kind: 'no bootstrap' };

export interface SandboxOptions {
  readonly spec: FunctionSpec;
  readonly family: RuntimeFamily;
  readonly task: string;
  readonly opt: string | undefined;
  readonly temporary: string;
  readonly stream: string;
  readonly modules: readonly string[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: InvocationLog;
  readonly signal: (signal: Signal) => void;
}

/** Longer than this a program that writes and writes is not waited for. */
const MOST_DRAIN_TURNS = 200;
const SHUTDOWN_MS = 2000;

export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #api: RuntimeApi;
  readonly #extensions: Extensions;
  readonly #external: readonly string[];
  #address = '';
  #processes: readonly Started[] = [];
  /** Counts kills: what was being started before one is not wanted after it. */
  #kills = 0;
  #chunks = 0;
  #mostMb = 0;
  #measuredMs = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
    const { spec, ids, signal } = options;
    this.#external = extensionsOf(options.opt);
    const names = this.#external.map((path) => basename(path));
    this.#extensions = new Extensions(spec, ids, names, {
      changed: () => this.#changed(),
      failed: (type, message) => signal({ kind: 'extension', type, message }),
    });
    this.#api = new RuntimeApi({
      asked: () => this.#changed(),
      answered: (answer) => signal({ kind: 'answer', answer }),
      initFailed: (payload, type) => signal({ kind: 'init error', payload, type }),
      other: (path, request, response) => this.#extensions.serve(path, request, response),
    });
  }

  get ready(): boolean {
    return this.#api.asked && this.#extensions.settled;
  }

  get mostMb(): number {
    return this.#mostMb;
  }

  async start(): Promise<void> {
    const kills = this.#kills;
    if (this.#address === '') this.#address = await this.#api.listen();
    const { spec, family, task, opt, temporary, stream, modules, signal } = this.#options;
    const command = await commandOf(spec, family, { task, opt });
    if (!command) {
      signal({ kind: 'no bootstrap' });
      return;
    }
    const places = { task, opt, temporary, runtime: RUNTIME_FOLDER };
    const variables = variablesOf(spec, family, places, { api: this.#address, stream, modules });
    const read = (chunk: Buffer) => this.#read(chunk);
    const own = { ...variables, ...command.variables };
    const extensions = await Promise.all(
      this.#external.map((path) => start(extensionProgram(path, variables), read)),
    );
    const runtime = await start({ ...command, folder: task, variables: own }, read);
    this.#processes = [runtime, ...extensions];
    if (runtime.channel) this.#api.connect(runtime.channel);
    if (this.#kills !== kills) {
      await this.#killAll();
      return;
    }
    this.#tellOfEnds(runtime, extensions);
  }

  /** Hands over an event; the sandbox must be ready. */
  hand(event: Event, invoked: object): void {
    this.#extensions.send('INVOKE', { ...invoked, requestId: event.requestId });
    this.#api.hand(event);
  }

  /** Resolves when what was written until now has been logged. */
  async drain(): Promise<void> {
    const { log } = this.#options;
    for (let turn = 0; turn < MOST_DRAIN_TURNS; turn++) {
      const before = this.#chunks;
      await nextTurn();
      if (log.full) await log.full.catch(() => undefined);
      else if (this.#chunks === before && turn > 0) return;
    }
  }

  /** Looks at the memory when that is long enough ago. Resolves with megabytes. */
  async measure(nowMs: number, everyMs: number): Promise<number> {
    const pid = this.#processes[0]?.pid;
    if (pid === undefined || nowMs - this.#measuredMs < everyMs) return 0;
    this.#measuredMs = nowMs;
    const memory = await memoryOf(pid);
    this.#mostMb = Math.max(this.#mostMb, memory?.mostMb ?? 0);
    return memory?.nowMb ?? 0;
  }

  /** Kills all of them; the sandbox can be started again. */
  async kill(): Promise<void> {
    this.#kills++;
    const killed = this.#killAll();
    // A process is over when its socket is: an answer that nobody reads would keep that open.
    this.#api.reset();
    this.#extensions.reset();
    await killed;
    this.#options.log.outputEnds();
  }

  /** Tells extensions that ask for it, and gives them Lambda's two seconds. */
  async shutDown(): Promise<void> {
    const processes = this.#processes;
    if (!this.#extensions.wantShutdown) return this.end();
    this.#processes = [];
    const { clock } = this.#options;
    const deadlineMs = clock.wallNowMs() + SHUTDOWN_MS;
    this.#extensions.send('SHUTDOWN', { shutdownReason: 'spindown', deadlineMs });
    processes[0]?.kill();
    const ended = Promise.all(processes.slice(1).map((extension) => extension.ended));
    let timer: { cancel(): void } | undefined;
    const late = new Promise((resolve) => {
      timer = clock.afterWallMs(SHUTDOWN_MS, () => resolve(undefined));
    });
    await Promise.race([ended, late]);
    timer?.cancel();
    this.#processes = processes;
    await this.end();
  }

  async end(): Promise<void> {
    await this.kill();
    this.#api.close();
  }

  async #killAll(): Promise<void> {
    const processes = this.#processes;
    this.#processes = [];
    for (const { kill } of processes) kill();
    await Promise.all(processes.map(({ ended }) => ended));
  }

  /** Of those that end by themselves. */
  #tellOfEnds(runtime: Started, extensions: readonly Started[]): void {
    const { log, signal } = this.#options;
    runtime.ended.then((exit) => {
      if (!this.#processes.includes(runtime)) return;
      log.outputEnds();
      signal({ kind: 'exit', exit, failed: exit.failed });
    });
    for (const [index, extension] of extensions.entries()) {
      extension.ended.then(({ code, signal: by }) => {
        if (!this.#processes.includes(extension)) return;
        const how = by ? `signal: ${by}` : `exit status ${code}`;
        const message = `${basename(this.#external[index] ?? '')}: ${how}`;
        signal({ kind: 'extension', type: 'Extension.Crash', message });
      });
    }
  }

  #changed(): void {
    if (this.ready) this.#options.signal({ kind: 'ready' });
  }

  #read(chunk: Buffer): void {
    this.#chunks++;
    const { log } = this.#options;
    log.output(chunk);
    if (log.full) this.#pause(log.full);
  }

  /** No more is read than the log takes; the pipe fills up, and the function waits. */
  #pause(until: Promise<unknown>) {
    const streams = this.#processes.flatMap(({ output }) => output);
    for (const stream of streams) stream.pause();
    const resume = () => {
      const { full } = this.#options.log;
      if (full && full !== until) return this.#pause(full);
      for (const stream of streams) stream.resume();
    };
    until.then(resume, resume);
  }
}

/** Extensions see the function's variables, but for those of its runtime. */
function extensionProgram(path: string, variables: Readonly<Record<string, string>>): Program {
  const { AWS_EXECUTION_ENV: _runtime, _HANDLER, ...others } = variables;
  return { command: path, parameters: [], folder: dirname(path), variables: others };
}

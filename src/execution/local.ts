/** Execution on this machine: a process for each environment, or a function of this one. */
import { availableParallelism } from 'node:os';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { leavable } from '../core/leaving.ts';
import { CodeFolders } from './code.ts';
import { ExecutionClosed, type TakeStream } from './environment.ts';
import type { Execution, FunctionSpec, Invocation, Outcome, StreamedOutcome } from './execution.ts';
import { FolderWatches, type Warn } from './folder-watches.ts';
import { InProcess } from './in-process.ts';
import type { Log } from './invocation-log.ts';
import { Pool } from './pool.ts';
import { familyOf } from './runtimes.ts';

export { ExecutionClosed };

export interface LocalExecutionOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** A promise as its answer stops the function's output until it resolves. */
  readonly log: Log;
  readonly warn: Warn;
  /** Environments at once; by default eight for each processor core, at least 16. */
  readonly most?: number | undefined;
  /** How long an idle environment is kept; ten minutes by default. */
  readonly keepAliveMs?: number | undefined;
  /** Shortens every time-out on the wall, for tests; what is answered stays the same. */
  readonly patienceMs?: number | undefined;
  /** `node_modules` folders that Node.js functions find last: AWS brings its SDK this way. */
  readonly modules?: readonly string[] | undefined;
}

const KEEP_ALIVE_MS = 600_000;

export function localExecution(options: LocalExecutionOptions): Execution {
  return new LocalExecution(options);
}

class LocalExecution implements Execution {
  readonly #folders = new CodeFolders();
  readonly #pool: Pool;
  readonly #inProcess: InProcess;
  readonly #watches: FolderWatches;

  constructor(options: LocalExecutionOptions) {
    const { clock, ids, log, warn, modules = [] } = options;
    const patienceMs = options.patienceMs ?? Number.POSITIVE_INFINITY;
    const most = options.most ?? Math.max(16, 8 * availableParallelism());
    const keepAliveMs = options.keepAliveMs ?? KEEP_ALIVE_MS;
    const site = { clock, ids, log, folders: this.#folders, modules, patienceMs };
    this.#pool = new Pool({ ...site, most, keepAliveMs });
    this.#inProcess = new InProcess(site);
    this.#watches = new FolderWatches(warn, (path) => {
      this.#pool.retire(({ code }) => code.kind === 'folder' && code.path === path);
    });
  }

  invoke(spec: FunctionSpec, invocation: Invocation): Promise<Outcome> {
    return this.#run(spec, invocation);
  }

  stream(spec: FunctionSpec, invocation: Invocation): Promise<StreamedOutcome> {
    return new Promise((resolve, reject) => {
      const outcome = this.#run(spec, invocation, (contentType, body) => {
        const left = leavable(iterate(body), () => body.destroy());
        resolve({ contentType, body: left, end: outcome.then(endOf, brokenOff) });
      });
      outcome.then((whole) => resolve(asStream(whole)), reject);
    });
  }

  retire(functionArn: string, keepKeys?: ReadonlySet<string>): void {
    this.#pool.retire(({ arn, key }) => arn === functionArn && !keepKeys?.has(key));
  }

  async close(): Promise<void> {
    this.#watches.close();
    this.#inProcess.close();
    await this.#pool.close();
    await this.#folders.close();
  }

  async #run(
    spec: FunctionSpec,
    invocation: Invocation,
    takeStream?: TakeStream,
  ): Promise<Outcome> {
    const { code, runtime = '' } = spec;
    if (code.kind === 'handler') return this.#inProcess.invoke(spec, code.handler, invocation);
    if (code.kind === 'folder') await this.#watches.catchUp(code.path);
    const family = familyOf(runtime);
    if (!family) throw new Error(`Functions of the runtime ${runtime} cannot run here.`);
    return this.#pool.use(spec, family, (environment) =>
      environment.invoke(invocation, takeStream),
    );
  }
}

function endOf({ payload, ...rest }: Outcome): Awaited<StreamedOutcome['end']> {
  return rest.functionError ? { ...rest, error: payload } : rest;
}

/** The stream has begun; that everything ends is an end like another. */
function brokenOff(error: unknown): Awaited<StreamedOutcome['end']> {
  const errorMessage = error instanceof Error ? error.message : String(error);
  const failure = JSON.stringify({ errorType: 'Runtime.Unknown', errorMessage });
  return { functionError: 'Unhandled', error: failure, logTail: '', durationMs: 0 };
}

/** An answer in one piece. */
function asStream(outcome: Outcome): StreamedOutcome {
  const { payload, functionError } = outcome;
  const chunks = functionError ? [] : [Buffer.from(payload)];
  const end = Promise.resolve(endOf(outcome));
  return { contentType: 'application/json', body: iterate(chunks), end };
}

async function* iterate(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/**
 * One execution environment: made for a function's version, it works on one invocation at a time
 * and says what became of each, in Lambda's words.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 *
 * After an error of the handler it is as good as before. After an exit, a time-out or too much
 * memory it is gone, and so it is after `end`.
 */
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import type { Clock, Timer } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { type CodeFolders, removeFolder } from './code.ts';
import type { FunctionSpec, Invocation, Outcome } from './execution.ts';
import { exited } from './failures.ts';
import { InvocationLog, type Log } from './invocation-log.ts';
import type { Answer } from './runtime-api.ts';
import type { RuntimeFamily } from './runtimes.ts';
import { Sandbox, type Signal } from './sandbox.ts';
import { collected, copied, streamName } from './streams.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export interface Site {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly folders: CodeFolders;
  /** Folders of packages that every Node.js function finds, such as the AWS SDK's. */
  readonly modules: readonly string[];
  /** Shortens every time-out, not what is said of it. */
  readonly patienceMs: number;
}

/** Thrown where an invocation is broken off because the whole execution ends. */
export class ExecutionClosed extends Error {
  override readonly name = 'ExecutionClosed';

  constructor() {
    super('The execution of functions was closed.');
  }
}

/** What happens to an invocation or an init. */
export type Heard = Signal | { readonly kind: 'time-out' | 'memory' | 'closed' | 'stream end' };
export type StreamAnswer = Extract<Answer, { kind: 'stream' }>;
/** Is given a streamed answer; without one it is collected. */
export type TakeStream = (contentType: string, body: Readable) => void;

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib */
const INIT_MS = 10_000;
/** A cold start takes real time, also where patience is short. */
const INIT_PATIENCE = 20;
const MEASURE_MS = 200;
/** What Node.js needs to take the types out of TypeScript, which no function is charged for. */
const TYPESCRIPT_MB = 48;
/** How long an answer waits for its runtime to ask again, so that the next one finds it ready. */
const SETTLE_MS = 50;

export class Environment {
  readonly spec: FunctionSpec;
  readonly #family: RuntimeFamily;
  readonly #site: Site;
  readonly #stream: string;
  readonly #log: InvocationLog;
  #sandbox: Sandbox | undefined;
  #temporary: string | undefined;
  #release: () => void = () => undefined;
  #hear: ((heard: Heard) => void) | undefined;
  /** What ended it while nobody listened. */
  #ending: Heard | undefined;
  #gone = false;
  #busy = false;
  #ready = false;
  /** Resolves when the environment can take another invocation, or is gone. */
  settled: Promise<void> = Promise.resolve();
  onGone: () => void = () => undefined;

  constructor(spec: FunctionSpec, family: RuntimeFamily, site: Site) {
    this.spec = spec;
    this.#family = family;
    this.#site = site;
    this.#stream = streamName(spec, site);
    this.#log = new InvocationLog(spec, this.#stream, site.clock, site.log);
  }

  get gone(): boolean {
    return this.#gone;
  }

  async invoke(invocation: Invocation, takeStream?: TakeStream): Promise<Outcome> {
    this.#busy = true;
    try {
      return await this.#invoke(invocation, takeStream);
    } finally {
      this.#busy = false;
    }
  }

  async #invoke(invocation: Invocation, takeStream?: TakeStream): Promise<Outcome> {
    const initMs = this.#ready ? undefined : await this.#firstInit();
    this.#log.begin(invocation);
    const began = performance.now();
    const untilMs = began + Math.min(this.spec.timeoutMs, this.#site.patienceMs);
    const heard = await this.#run(invocation, untilMs);
    if (heard.kind === 'closed') throw new ExecutionClosed();
    const verdict =
      heard.kind === 'answer' && heard.answer.kind === 'stream'
        ? await this.#follow(invocation, heard.answer, untilMs, takeStream)
        : verdictOf(heard, invocation, this.spec);
    const durationMs =
      verdict.status === 'timeout' ? this.spec.timeoutMs : performance.now() - began;
    await this.#settle(invocation, verdict, untilMs);
    const usedMb = verdict.outOfMemory ? this.spec.memoryMb : (this.#sandbox?.mostMb ?? 0);
    // An error that the handler reports itself is no matter of Lambda's own report.
    const status = verdict.fatal ? verdict.status : 'success';
    this.#log.end(invocation, { ...verdict, status, durationMs, initMs, usedMb });
    this.#gone ||= this.#ending !== undefined;
    if (this.#gone) await this.#leave();
    const { functionError, payload } = verdict;
    const logTail = this.#log.tail();
    return { ...(functionError && { functionError }), payload, logTail, durationMs };
  }

  /** Ends it at once; what runs is broken off. */
  async end(): Promise<void> {
    this.#gone = true;
    this.#tell({ kind: 'closed' });
    await this.#leave();
  }

  /** Ends an idle one, as Lambda does: extensions are told. */
  async spinDown(): Promise<void> {
    this.#gone = true;
    await this.#sandbox?.shutDown();
    await this.#leave();
  }

  /** Resolves with what it took, when that is to be reported. */
  async #firstInit(): Promise<number | undefined> {
    const began = performance.now();
    this.#log.initStart();
    await this.#prepare();
    const limitMs = Math.min(INIT_MS, this.#site.patienceMs * INIT_PATIENCE);
    const heard = await this.#boot(limitMs);
    const tookMs = performance.now() - began;
    if (heard.kind === 'ready') return tookMs;
    if (heard.kind === 'closed') throw new ExecutionClosed();
    this.#reportInit('init', heard, tookMs);
    return undefined;
  }

  async #prepare(): Promise<void> {
    const { clock, ids, folders, modules } = this.#site;
    const { task, opt, release } = await folders.foldersOf(this.spec);
    this.#release = release;
    const temporary = await folders.temporary();
    this.#temporary = temporary;
    if (this.#gone) throw new ExecutionClosed();
    const known = { spec: this.spec, family: this.#family, stream: this.#stream, log: this.#log };
    const signal = (heard: Signal) => this.#tell(heard);
    const options = { ...known, task, opt, temporary, modules, clock, ids, signal };
    this.#sandbox = new Sandbox(options);
  }

  async #boot(limitMs: number): Promise<Heard> {
    const waiting = this.#wait(limitMs, { ready: true });
    await this.#sandbox?.start();
    const heard = await waiting;
    this.#ready = heard.kind === 'ready';
    await this.#sandbox?.measure(performance.now(), 0);
    if (!this.#ready) {
      await this.#sandbox?.drain();
      await this.#sandbox?.kill();
      this.#ending = undefined;
    }
    return heard;
  }

  #reportInit(phase: 'init' | 'invoke', heard: Heard, tookMs: number): void {
    const { status, errorType } = verdictOf(heard, undefined, this.spec);
    const shown = status === 'timeout' ? 'timeout' : 'error';
    this.#log.initFailed(phase, tookMs, shown, shown === 'timeout' ? undefined : errorType);
  }

  async #run(invocation: Invocation, untilMs: number): Promise<Heard> {
    const began = performance.now();
    if (!this.#ready) {
      // The init has failed: Lambda tries once more, within the invocation's own time.
      const heard = await this.#boot(untilMs - began);
      if (heard.kind !== 'ready') {
        this.#reportInit('invoke', heard, performance.now() - began);
        this.#gone = true;
        return heard;
      }
    }
    const waiting = this.#wait(untilMs - performance.now());
    this.#hand(invocation);
    return waiting;
  }

  #hand({ requestId, invokedArn, traceHeader, clientContext, payload }: Invocation): void {
    const deadlineMs = this.#site.clock.wallNowMs() + this.spec.timeoutMs;
    const headers = {
      'Lambda-Runtime-Aws-Request-Id': requestId,
      'Lambda-Runtime-Deadline-Ms': String(deadlineMs),
      'Lambda-Runtime-Invoked-Function-Arn': invokedArn,
      ...(traceHeader !== '' && { 'Lambda-Runtime-Trace-Id': plain(traceHeader) }),
      ...(clientContext !== undefined && {
        'Lambda-Runtime-Client-Context': asciiJson(clientContext),
      }),
    };
    const tracing = { type: 'X-Amzn-Trace-Id', value: traceHeader };
    const invoked = { deadlineMs, invokedFunctionArn: invokedArn, tracing };
    this.#sandbox?.hand({ requestId, headers, payload }, invoked);
  }

  /** Passes a streamed answer on until it ends, by itself or with its process. */
  async #follow(
    invocation: Invocation,
    answer: StreamAnswer,
    untilMs: number,
    takeStream: TakeStream | undefined,
  ): Promise<Verdict> {
    const waiting = this.#wait(untilMs - performance.now());
    const body = copied(answer.request, () => this.#tell({ kind: 'stream end' }));
    takeStream?.(answer.contentType, body);
    const text = takeStream ? undefined : collected(body);
    const heard = await waiting;
    // What may still come is not for a body that has ended.
    answer.request.unpipe(body);
    body.end();
    if (heard.kind === 'closed') throw new ExecutionClosed();
    if (heard.kind !== 'stream end') return verdictOf(heard, invocation, this.spec);
    const failed = answer.error();
    const payload = failed ?? (await text);
    const whole: Answer =
      failed !== undefined
        ? { kind: 'error', payload: failed, type: 'Unhandled' }
        : payload === undefined && text
          ? { kind: 'too large' }
          : { kind: 'result', payload: payload ?? '' };
    return verdictOf({ kind: 'answer', answer: whole }, invocation, this.spec);
  }

  /** Writes the rest of the log and sees whether the environment goes on. */
  async #settle(invocation: Invocation, verdict: Verdict, untilMs: number): Promise<void> {
    const sandbox = this.#sandbox;
    await sandbox?.drain();
    this.#log.outputEnds();
    await sandbox?.measure(performance.now(), MEASURE_MS);
    if (verdict.fatal) {
      this.#gone = true;
      await sandbox?.kill();
      if (verdict.status === 'timeout') this.#log.timedOut(invocation);
      else if (verdict.crash) this.#log.exited(verdict.crash);
      return;
    }
    if (sandbox?.ready && !this.#ending) return;
    const heard = await this.#wait(SETTLE_MS, { ready: true });
    if (heard.kind === 'ready') return;
    if (heard.kind !== 'time-out') return this.#endAfter(invocation, heard);
    // The runtime works on after its answer; it has the rest of its time.
    const left = this.#wait(untilMs - performance.now(), { ready: true });
    this.settled = left.then(async (late) => {
      if (late.kind === 'ready') return;
      this.#endAfter(invocation, late);
      await this.#leave();
    });
  }

  #endAfter(invocation: Invocation, heard: Heard): void {
    this.#gone = true;
    if (heard.kind === 'exit') this.#log.exited(exited(invocation.requestId, heard.exit));
  }

  /** An invocation is not over because the runtime asks for the next: its answer comes first. */
  #wait(limitMs: number, { ready = false } = {}): Promise<Heard> {
    return new Promise((resolve) => {
      if (this.#ending) return resolve(this.#ending);
      if (this.#gone) return resolve({ kind: 'closed' });
      const { clock } = this.#site;
      const timeOut = clock.afterWallMs(Math.max(0, limitMs), () => {
        this.#tell({ kind: 'time-out' });
      });
      let measure: Timer;
      const hear = (heard: Heard) => {
        if (heard.kind === 'ready' && !ready) return;
        this.#hear = undefined;
        timeOut.cancel();
        measure.cancel();
        resolve(heard);
      };
      const watch = () => {
        measure = clock.afterWallMs(MEASURE_MS, async () => {
          await this.#watchMemory();
          if (this.#hear === hear) watch();
        });
      };
      watch();
      this.#hear = hear;
    });
  }

  async #watchMemory(): Promise<void> {
    const usedMb = await this.#sandbox?.measure(performance.now(), 0);
    const extraMb = this.spec.code.kind === 'folder' ? TYPESCRIPT_MB : 0;
    if ((usedMb ?? 0) > this.spec.memoryMb + extraMb) this.#tell({ kind: 'memory' });
  }

  #tell(heard: Heard): void {
    if (this.#hear) {
      this.#hear(heard);
      return;
    }
    if (heard.kind !== 'exit' && heard.kind !== 'extension' && heard.kind !== 'closed') return;
    this.#ending = heard;
    // Between invocations there is nobody to tell but the pool.
    if (!this.#ready || this.#gone || this.#busy) return;
    this.#gone = true;
    this.#leave().catch(() => undefined);
  }

  async #leave(): Promise<void> {
    this.#ready = false;
    const sandbox = this.#sandbox;
    const temporary = this.#temporary;
    this.#sandbox = undefined;
    this.#temporary = undefined;
    const release = this.#release;
    this.#release = () => undefined;
    await sandbox?.end();
    release();
    // What cannot be removed now goes with the folder that it is in.
    if (temporary !== undefined) await removeFolder(temporary).catch(() => undefined);
    this.onGone();
  }
}

/** Headers are no place for other characters. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** JSON can do without them. */
function asciiJson(text: string): string {
  const escaped = (character: string) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(/[\t\r\n]/g, ' ').replace(/[^\x20-\x7e]/g, escaped);
}

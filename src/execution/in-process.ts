/**
 * Handlers that are functions of this very process, for tests: breakpoints work, and an
 * invocation costs next to nothing.
 *
 * They get what a process would get: an event that was JSON, a context of their own, their errors
 * shaped as Node.js's runtime shapes them. A time-out is answered, but the handler cannot be
 * stopped; `process.env` and `console` are the test's own.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import type { Timer } from '../core/clock.ts';
import { ExecutionClosed, type Site } from './environment.ts';
import type { FunctionSpec, InProcessHandler, Invocation, Outcome } from './execution.ts';
import { asPayload, MOST_ANSWER_BYTES, timedOut, tooLarge } from './failures.ts';
import { InvocationLog } from './invocation-log.ts';
import { shapeOf } from './node/errors.ts';
import { streamName } from './streams.ts';

const current = new AsyncLocalStorage<Invocation>();

/**
 * The trace header of the handler that runs now. In a process of its own it stands in the
 * environment, where SDKs find it; here several handlers share one environment.
 */
export function currentTraceHeader(): string | undefined {
  return current.getStore()?.traceHeader;
}

interface Ended {
  readonly payload: string;
  readonly status: 'success' | 'error' | 'timeout';
  readonly errorType?: string;
}

export class InProcess {
  readonly #site: Site;
  readonly #running = new Set<(error: unknown) => void>();
  readonly #streams = new Map<string, string>();
  #closed = false;

  constructor(site: Site) {
    this.#site = site;
  }

  async invoke(
    spec: FunctionSpec,
    handler: InProcessHandler,
    invocation: Invocation,
  ): Promise<Outcome> {
    if (this.#closed) throw new ExecutionClosed();
    const log = new InvocationLog(spec, this.#stream(spec), this.#site.clock, this.#site.log);
    log.begin(invocation);
    const began = performance.now();
    const ended = await this.#race(spec, invocation, (context, callback) =>
      current.run(invocation, () =>
        handler(JSON.parse(invocation.payload) as never, context as never, callback),
      ),
    );
    const { payload, status } = ended;
    const durationMs = status === 'timeout' ? spec.timeoutMs : performance.now() - began;
    if (status === 'timeout') log.timedOut(invocation);
    log.end(invocation, { ...ended, durationMs, usedMb: 0 });
    const failed = status === 'success' ? {} : { functionError: 'Unhandled' as const };
    return { ...failed, payload, logTail: log.tail(), durationMs };
  }

  close(): void {
    this.#closed = true;
    for (const refuse of this.#running) refuse(new ExecutionClosed());
    this.#running.clear();
  }

  #race(
    spec: FunctionSpec,
    invocation: Invocation,
    call: (context: object, callback: (error?: unknown, result?: unknown) => void) => unknown,
  ): Promise<Ended> {
    const { clock, patienceMs } = this.#site;
    let timer: Timer | undefined;
    let refuse: (error: unknown) => void = () => undefined;
    const ended = new Promise<Ended>((resolve, reject) => {
      refuse = reject;
      this.#running.add(reject);
      timer = clock.afterWallMs(Math.min(spec.timeoutMs, patienceMs), () => {
        const failure = timedOut(invocation.requestId, spec.timeoutMs);
        resolve({ payload: asPayload(failure), status: 'timeout', errorType: failure.errorType });
      });
      const succeed = (result: unknown) => resolve(resultOf(result));
      const fail = (error: unknown) => resolve(errorOf(error));
      const callback = (error?: unknown, result?: unknown) =>
        error === undefined || error === null ? succeed(result) : fail(error);
      try {
        const context = this.#context(spec, invocation, { callback, succeed, fail });
        const result = call(context, callback);
        if (isThenable(result)) result.then(succeed, fail);
        // A handler that takes a callback answers by it; another has answered.
        else if (result !== undefined || !takesCallback(spec)) succeed(result);
      } catch (error) {
        fail(error);
      }
    });
    return ended.finally(() => {
      timer?.cancel();
      this.#running.delete(refuse);
    });
  }

  #context(
    spec: FunctionSpec,
    { requestId, invokedArn, clientContext }: Invocation,
    legacy: {
      readonly callback: (error?: unknown, result?: unknown) => void;
      readonly succeed: (result: unknown) => void;
      readonly fail: (error: unknown) => void;
    },
  ): object {
    const deadlineMs = this.#site.clock.wallNowMs() + spec.timeoutMs;
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionName: spec.name,
      functionVersion: spec.version,
      invokedFunctionArn: invokedArn,
      memoryLimitInMB: String(spec.memoryMb),
      awsRequestId: requestId,
      logGroupName: spec.log.group,
      logStreamName: this.#stream(spec),
      identity: undefined,
      clientContext: clientContext === undefined ? undefined : JSON.parse(clientContext),
      getRemainingTimeInMillis: () => deadlineMs - this.#site.clock.wallNowMs(),
      done: legacy.callback,
      succeed: legacy.succeed,
      fail: legacy.fail,
    };
  }

  /** One log stream for each version: there is no process to have its own. */
  #stream(spec: FunctionSpec): string {
    const known = this.#streams.get(spec.key);
    if (known !== undefined) return known;
    const name = streamName(spec, this.#site);
    this.#streams.set(spec.key, name);
    return name;
  }
}

function takesCallback({ code }: FunctionSpec): boolean {
  return code.kind === 'handler' && code.handler.length >= 3;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}

function resultOf(result: unknown): Ended {
  let payload: string;
  try {
    payload = JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    return errorOf(new Error('Unable to stringify response body'));
  }
  if (Buffer.byteLength(payload) <= MOST_ANSWER_BYTES) return { payload, status: 'success' };
  const failure = tooLarge();
  return { payload: asPayload(failure), status: 'error', errorType: failure.errorType };
}

function errorOf(error: unknown): Ended {
  const shape = shapeOf(error);
  return { payload: JSON.stringify(shape), status: 'error', errorType: shape.errorType };
}

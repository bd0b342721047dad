/**
 * The log stream of one execution environment: what the function writes, and between it what
 * Lambda does, as lines of text or as JSON records.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { FunctionSpec, Invocation, LogLine } from './execution.ts';
import { after, type Failure } from './failures.ts';
import { Lines, Tail } from './lines.ts';

/** A promise says: no more until then. */
export type Log = (line: LogLine) => unknown;

export interface Report {
  readonly durationMs: number;
  /** Of a cold start; absent when the environment was warm. */
  readonly initMs?: number | undefined;
  readonly usedMb: number;
  readonly status: 'success' | 'error' | 'timeout';
  readonly errorType?: string | undefined;
}

const LEVELS = ['DEBUG', 'INFO', 'WARN'];

export class InvocationLog {
  readonly #spec: FunctionSpec;
  readonly #stream: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lines = new Lines((line) => this.#functionLine(line));
  #tail = new Tail();
  /** What `log` wants to be waited for. */
  full: Promise<unknown> | undefined;

  constructor(spec: FunctionSpec, stream: string, clock: Clock, log: Log) {
    this.#spec = spec;
    this.#stream = stream;
    this.#clock = clock;
    this.#log = log;
  }

  /** What the processes wrote. */
  output(chunk: Buffer): void {
    this.#lines.add(chunk);
  }

  /** A last line may lack its end. */
  outputEnds(): void {
    this.#lines.end();
  }

  tail(): string {
    return this.#tail.text();
  }

  initStart(): void {
    const { runtime = '', region, name, version, initialization } = this.#spec;
    const [family = '', number = ''] = runtime.split(/(?<=^[a-z]+)(?=[\d.])/);
    const known = `${family}:${number.replace(/^\./, '').replace(/\.x$/, '')}.v1`;
    const hash = createHash('sha256').update(runtime).digest('hex');
    const arn = `arn:aws:lambda:${region}::runtime:${hash}`;
    if (this.#json) {
      this.#record('INFO', 'initStart', {
        initializationType: initialization,
        phase: 'init',
        runtimeVersion: known,
        runtimeVersionArn: arn,
        functionName: name,
        functionVersion: version,
      });
    } else {
      this.#write(`INIT_START Runtime Version: ${known}\tRuntime Version ARN: ${arn}`);
    }
  }

  initFailed(phase: 'init' | 'invoke', ms: number, status: 'error' | 'timeout', type?: string) {
    if (this.#json) {
      const { initialization: initializationType } = this.#spec;
      const metrics = { durationMs: round(ms) };
      const record = { initializationType, phase, status, errorType: type, metrics };
      return this.#record('WARN', 'initReport', record);
    }
    const errorType = type === undefined ? '' : `\tError Type: ${type}`;
    const report = `INIT_REPORT Init Duration: ${ms.toFixed(2)} ms\tPhase: ${phase}`;
    this.#write(`${report}\tStatus: ${status}${errorType}`);
  }

  begin({ requestId }: Invocation): void {
    this.#tail = new Tail();
    const { version } = this.#spec;
    if (this.#json) this.#record('INFO', 'start', { requestId, version });
    else this.#write(`START RequestId: ${requestId} Version: ${version}`);
  }

  timedOut({ requestId }: Invocation): void {
    if (!this.#json) this.#write(`${this.#now()} ${requestId} ${after(this.#spec.timeoutMs)}\n`);
  }

  exited({ errorType, errorMessage }: Failure): void {
    if (!this.#json) this.#write(`${errorMessage}\n${errorType}\n`);
  }

  end({ requestId, traceHeader }: Invocation, report: Report) {
    const { memoryMb } = this.#spec;
    const { durationMs, initMs, status, errorType } = report;
    const failed = status !== 'success';
    // Since August 2025 the init of every function is billed.
    // https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    const billedMs = Math.ceil(durationMs + (initMs ?? 0));
    const usedMb = Math.min(memoryMb, Math.ceil(report.usedMb));
    if (this.#json) {
      const init = initMs === undefined ? {} : { initDurationMs: round(initMs) };
      const metrics = {
        durationMs: round(durationMs),
        billedDurationMs: billedMs,
        memorySizeMB: memoryMb,
        maxMemoryUsedMB: usedMb,
        ...init,
      };
      const level = failed ? 'WARN' : 'INFO';
      return this.#record(level, 'report', {
        requestId,
        metrics,
        ...(failed && { errorType }),
        status,
      });
    }
    this.#write(`END RequestId: ${requestId}`);
    const parts = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${billedMs} ms`,
      `Memory Size: ${memoryMb} MB`,
      `Max Memory Used: ${usedMb} MB`,
      ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
      ...(failed ? [`Status: ${status}`] : []),
      ...(status === 'error' && errorType !== undefined ? [`Error Type: ${errorType}`] : []),
    ];
    this.#write(`${parts.join('\t')}\t${traceLine(traceHeader)}`);
  }

  get #json(): boolean {
    return this.#spec.log.format === 'JSON';
  }

  #record(level: string, what: string, record: object): void {
    const least = this.#spec.log.systemLevel ?? 'INFO';
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    this.#write(JSON.stringify({ time: this.#now(), type: `platform.${what}`, record }));
  }

  /** The runtimes write carriage returns for the line ends within one message. */
  #functionLine(line: string): void {
    this.#write(line.replace(/\r$/, '').replaceAll('\r', '\n'));
  }

  #write(text: string): void {
    this.#tail.add(text);
    const line = { spec: this.#spec, stream: this.#stream, atMs: this.#clock.nowMs(), text };
    const answer = this.#log(line);
    if (answer instanceof Promise) this.#waitFor(answer);
  }

  #waitFor(until: Promise<unknown>): void {
    this.full = until;
    const done = () => {
      if (this.full === until) this.full = undefined;
    };
    until.then(done, done);
  }

  #now(): string {
    return new Date(this.#clock.nowMs()).toISOString();
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Of requests that X-Ray has chosen. */
function traceLine(header: string): string {
  if (!/(^|;)Sampled=1(;|$)/.test(header)) return '';
  const [, root] = /Root=([^;]+)/.exec(header) ?? [];
  const [, parent] = /Parent=([^;]+)/.exec(header) ?? [];
  return `\nXRAY TraceId: ${root}\tSegmentId: ${parent ?? ''}\tSampled: true\t`;
}

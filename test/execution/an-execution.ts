/** Functions to run, from a few lines of source. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { realClock } from '../../src/core/clock.ts';
import { randomIds } from '../../src/core/ids.ts';
import type { Execution, FunctionSpec, Invocation, Zip } from '../../src/execution/execution.ts';
import { type LocalExecutionOptions, localExecution } from '../../src/execution/local.ts';

export interface AnExecution extends Execution, AsyncDisposable {
  /** All lines, in their order. */
  readonly lines: string[];
  /** The log streams that were written to. */
  readonly streams: Set<string>;
}

export function anExecution(options: Partial<LocalExecutionOptions> = {}): AnExecution {
  const lines: string[] = [];
  const streams = new Set<string>();
  const execution = localExecution({
    clock: realClock(),
    ids: randomIds(),
    log: ({ text, stream }) => {
      lines.push(text);
      streams.add(stream);
    },
    warn: (message) => lines.push(message),
    ...options,
  });
  return {
    lines,
    streams,
    invoke: (spec, invocation) => execution.invoke(spec, invocation),
    stream: (spec, invocation) => execution.stream(spec, invocation),
    retire: (arn, keep) => execution.retire(arn, keep),
    close: () => execution.close(),
    [Symbol.asyncDispose]: () => execution.close(),
  };
}

export type Files = Readonly<Record<string, string>>;

export function aZip(files: Files): Zip {
  const entries = Object.entries(files).map(([name, source]) => {
    const mode = name.includes('bootstrap') || name.includes('extensions/') ? 0o755 : 0o644;
    return [name, [Buffer.from(source), { os: 3, attrs: ((0o100_000 | mode) << 16) >>> 0 }]];
  });
  // The same files are the same bytes, whenever they are made.
  const bytes = zipSync(Object.fromEntries(entries), { mtime: '2026-01-01' });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { sha256, read: async () => bytes };
}

export const ARN = 'arn:aws:lambda:eu-central-1:000000000000:function:f';

export function aSpec(files: Files, changes: Partial<FunctionSpec> = {}): FunctionSpec {
  const zip = aZip(files);
  return {
    key: `${zip.sha256}${changes.handler ?? ''}`,
    name: 'f',
    version: '$LATEST',
    arn: ARN,
    account: '000000000000',
    region: 'eu-central-1',
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    memoryMb: 256,
    timeoutMs: 3000,
    variables: {},
    code: { kind: 'zip', ...zip },
    layers: [],
    log: { group: '/aws/lambda/f', format: 'Text' },
    endpoint: 'http://127.0.0.1:4566',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' },
    initialization: 'on-demand',
    ...changes,
  };
}

/** Of `functions/`. */
export function source(name: string): string {
  return readFileSync(new URL(`./functions/${name}.mjs`, import.meta.url), 'utf8');
}

/** An ECMAScript module with this as its source. */
export function aFunction(source: string, changes: Partial<FunctionSpec> = {}): FunctionSpec {
  return aSpec({ 'index.mjs': source }, changes);
}

let invocations = 0;

export function anInvocation(event: unknown = {}, changes: Partial<Invocation> = {}): Invocation {
  return {
    requestId: `00000000-0000-4000-8000-${String(++invocations).padStart(12, '0')}`,
    invokedArn: `${ARN}:live`,
    payload: JSON.stringify(event),
    traceHeader: '',
    ...changes,
  };
}

/** A process that has ended may still be listed, until its parent has looked. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'));
}

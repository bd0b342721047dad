/**
 * `console` as functions on Lambda know it: each message one line with time, request id and
 * level, or one JSON record. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 *
 * Lines are written synchronously, so that all of them are out before the answer is.
 */
import { writeSync } from 'node:fs';
import { format } from 'node:util';
import { realClock } from '../../core/clock.ts';
import { forLog, isError } from './errors.ts';

type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
const LEVELS: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

const clock = realClock();
const json = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
/** AWS's own runtime writes `undefined` for what is logged before the first invocation. */
let requestId: string | undefined;

export function logUnder(id: string): void {
  requestId = id;
}

export function patchConsole(): void {
  const least = Math.max(0, LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL ?? '') as Level));
  const writer = (level: Level) =>
    LEVELS.indexOf(level) < least
      ? () => undefined
      : (...parts: unknown[]) => write(json ? record(level, parts) : text(level, parts));
  const methods = {
    trace: writer('TRACE'),
    debug: writer('DEBUG'),
    info: writer('INFO'),
    log: writer('INFO'),
    warn: writer('WARN'),
    error: writer('ERROR'),
    fatal: writer('FATAL'),
  };
  Object.assign(console, methods);
}

/** What the runtime reports of the function's errors. */
export function logError(what: string, error: unknown): void {
  if (json) console.error(isError(error) ? error : new Error(String(error)));
  else console.error(what, `\t${forLog(isError(error) ? error : new Error(String(error)))}`);
}

function text(level: Level, parts: readonly unknown[]): string {
  return `${now()}\t${requestId}\t${level}\t${format(...parts)}`;
}

function record(level: Level, parts: readonly unknown[]): string {
  const common = { timestamp: now(), level, ...(requestId !== undefined && { requestId }) };
  if (parts.length < 2) {
    try {
      return JSON.stringify({ ...common, message: parts[0] }, shapeErrors);
    } catch {
      return JSON.stringify({ ...common, message: format(...parts) });
    }
  }
  const error = parts.slice(1).find(isError);
  return JSON.stringify({ ...common, message: format(...parts), ...(error && fields(error)) });
}

function shapeErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { ...fields(value), ...value } : value;
}

function fields(error: Error): object {
  const { message: errorMessage, stack = '' } = error;
  return { errorType: error.constructor.name, errorMessage, stackTrace: stack.split('\n') };
}

function now(): string {
  return new Date(clock.nowMs()).toISOString();
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Line ends inside a message are carriage returns: one message is one event in the log. */
function write(message: string): void {
  let rest = Buffer.from(`${message.replaceAll('\n', '\r')}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // Whoever touches process.stdout makes it non-blocking: wait until it is read.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

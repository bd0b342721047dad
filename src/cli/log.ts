/**
 * Messages on stderr: lines for people on a terminal, one JSON object a line for machines.
 * `LOG_LEVEL` is error, warn, info (the default) or silent.
 */
import type { Log } from '../delivery/stack.ts';

const LEVELS = ['error', 'warn', 'info'] as const;
type Level = (typeof LEVELS)[number];
type Fields = Readonly<Record<string, unknown>> | undefined;

export interface LogOptions {
  readonly write: (line: string) => void;
  readonly people: boolean;
  readonly level: string | undefined;
  readonly nowMs: () => number;
}

export function commandLog({ write, people, level = 'info', nowMs }: LogOptions): Log {
  const least = LEVELS.indexOf(level.toLowerCase() as Level);
  const silent = level.toLowerCase() === 'silent';
  const most = silent ? -1 : least < 0 ? LEVELS.length : least;
  const say = (at: Level, message: string, fields: Fields): void => {
    if (LEVELS.indexOf(at) > most) return;
    write(people ? forPeople(at, message, fields) : forMachines(at, message, fields, nowMs()));
  };
  return {
    info: (message, fields) => say('info', message, fields),
    warn: (message, fields) => say('warn', message, fields),
    error: (message, fields) => say('error', message, fields),
  };
}

function forPeople(level: Level, message: string, fields: Fields): string {
  const { stack, ...others } = fields ?? {};
  const details = Object.entries(others).map(([name, value]) => ` ${name}=${text(value)}`);
  const trace = stack === undefined ? '' : `\n${String(stack)}`;
  return `${level === 'info' ? '' : `${level}: `}${message}${details.join('')}${trace}\n`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function forMachines(level: Level, message: string, fields: Fields, nowMs: number): string {
  return `${JSON.stringify({ time: new Date(nowMs).toISOString(), level, message, ...fields })}\n`;
}

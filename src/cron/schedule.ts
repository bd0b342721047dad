/**
 * AWS's schedule expressions: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` and, for EventBridge
 * Scheduler, `at(2026-01-31T09:00:00)`. Precise to the minute, `at` to the second.
 *
 * `next` is a function of its arguments alone, so whoever keeps the moment of the last run knows
 * the next one. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
import { nextLocalMs } from './calendar.ts';
import { type CronFields, parseCron } from './cron-fields.ts';
import { ScheduleError } from './error.ts';
import { instantOf, isZone, UTC, wallMs } from './zones.ts';

export type Schedule =
  | { readonly kind: 'rate'; readonly periodMs: number }
  | { readonly kind: 'cron'; readonly fields: CronFields; readonly zone: string }
  | { readonly kind: 'at'; readonly wallMs: number; readonly zone: string };

export interface Options {
  /**
   * EventBridge Scheduler knows `at` and time zones, and does not mind `rate(1 minutes)`; the
   * rules of a bus are strict and run on UTC.
   */
  readonly dialect?: 'rule' | 'scheduler';
  /** An IANA name, such as Europe/Berlin. */
  readonly zone?: string;
}

/** Reads a schedule, or throws a ScheduleError. */
export function parseSchedule(text: string, options: Options = {}): Schedule {
  const { dialect = 'rule', zone = UTC } = options;
  if (!isZone(zone)) throw new ScheduleError(`${zone} is not the name of a time zone`);
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? [];
  if (kind === 'rate') return { kind, periodMs: parseRate(body, dialect) };
  if (kind === 'cron') return { kind, fields: parseCron(body), zone };
  if (kind === 'at' && dialect === 'scheduler') return { kind, wallMs: parseAt(body), zone };
  throw new ScheduleError(
    `an expression is ${dialect === 'rule' ? '' : 'at(...), '}rate(...) or cron(...)`,
  );
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function parseRate(body: string, dialect: 'rule' | 'scheduler'): number {
  const [, digits = '', unit, plural] = /^(\d{1,9}) +(minute|hour|day)(s?)$/.exec(body) ?? [];
  if (!unit) throw new ScheduleError('a rate is a number and minutes, hours or days');
  const value = Number(digits);
  if (value === 0) throw new ScheduleError('a rate is at least 1');
  if (dialect === 'rule' && (value === 1) !== (plural === '')) {
    throw new ScheduleError(`${value} goes with ${value === 1 ? unit : `${unit}s`}`);
  }
  return value * UNIT_MS[unit as keyof typeof UNIT_MS];
}

function parseAt(body: string): number {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body) ? Date.parse(`${body}Z`) : Number.NaN;
  const exists = !Number.isNaN(wall) && new Date(wall).toISOString().startsWith(body);
  if (!exists) throw new ScheduleError('a moment is written yyyy-mm-ddThh:mm:ss');
  return wall;
}

/**
 * The first run after `afterMs`, or undefined when there is none. A rate counts from `anchorMs`,
 * when the schedule was created or enabled, and first runs one period later.
 *
 * With a time zone a run whose local time is skipped in spring does not happen, and one whose
 * local time comes twice in autumn happens the first time.
 */
export function next(schedule: Schedule, afterMs: number, anchorMs: number): number | undefined {
  switch (schedule.kind) {
    case 'rate':
      return nextOfRate(schedule.periodMs, afterMs, anchorMs);
    case 'at':
      return laterThan(afterMs, instantOf(schedule.wallMs, schedule.zone));
    case 'cron':
      return nextOfCron(schedule.fields, schedule.zone, afterMs);
  }
}

function nextOfRate(periodMs: number, afterMs: number, anchorMs: number): number {
  const periods = Math.max(0, Math.floor((afterMs - anchorMs) / periodMs));
  return anchorMs + (periods + 1) * periodMs;
}

function nextOfCron(fields: CronFields, zone: string, afterMs: number): number | undefined {
  let local = nextLocalMs(fields, wallMs(afterMs, zone));
  while (local !== undefined) {
    const instant = laterThan(afterMs, instantOf(local, zone));
    if (instant !== undefined) return instant;
    local = nextLocalMs(fields, local);
  }
  return undefined;
}

function laterThan(afterMs: number, instantMs: number | undefined): number | undefined {
  return instantMs !== undefined && instantMs > afterMs ? instantMs : undefined;
}

/**
 * Reads AWS's cron: minutes, hours, day of month, month, day of week, year.
 *
 * Stricter than most: six fields, exactly one of the two days is `?`, ranges go upwards, and
 * Sunday is 1.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
import { ScheduleError } from './error.ts';

export interface CronFields {
  /** Ascending, as are the other lists. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly days: DayRule;
}

export type DayRule =
  | { readonly kind: 'days of month'; readonly days: readonly number[] }
  | { readonly kind: 'last day' }
  | { readonly kind: 'last weekday' }
  | { readonly kind: 'weekday nearest'; readonly day: number }
  /** Sunday is 0 from here on. */
  | { readonly kind: 'days of week'; readonly days: readonly number[] }
  | { readonly kind: 'last of month'; readonly dayOfWeek: number }
  | { readonly kind: 'nth of month'; readonly dayOfWeek: number; readonly nth: number };

interface Domain {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const MINUTE = { name: 'minutes', low: 0, high: 59 };
const HOUR = { name: 'hours', low: 0, high: 23 };
const DAY_OF_MONTH = { name: 'day of month', low: 1, high: 31 };
const MONTH = { name: 'month', low: 1, high: 12, names: MONTHS };
const DAY_OF_WEEK = { name: 'day of week', low: 1, high: 7, names: DAYS };
const YEAR = { name: 'year', low: 1970, high: 2199 };

export function parseCron(body: string): CronFields {
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year, ...more] = body.split(/\s+/);
  if (!minutes || !hours || !dayOfMonth || !month || !dayOfWeek || !year || more.length > 0) {
    throw new ScheduleError('cron has six fields');
  }
  return {
    minutes: parseList(minutes, MINUTE),
    hours: parseList(hours, HOUR),
    months: parseList(month, MONTH),
    years: parseList(year, YEAR),
    days: parseDays(dayOfMonth, dayOfWeek),
  };
}

function parseDays(dayOfMonth: string, dayOfWeek: string): DayRule {
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new ScheduleError('exactly one of day of month and day of week is ?');
  }
  return dayOfWeek === '?' ? parseDayOfMonth(dayOfMonth) : parseDayOfWeek(dayOfWeek);
}

function parseDayOfMonth(text: string): DayRule {
  if (text === 'L') return { kind: 'last day' };
  if (text === 'LW') return { kind: 'last weekday' };
  const [, day] = /^(\d+)W$/.exec(text) ?? [];
  if (day) return { kind: 'weekday nearest', day: parseValue(day, DAY_OF_MONTH) };
  return { kind: 'days of month', days: parseList(text, DAY_OF_MONTH) };
}

function parseDayOfWeek(text: string): DayRule {
  if (text === 'L') return { kind: 'days of week', days: [6] };
  const [, last] = /^(\w+)L$/.exec(text) ?? [];
  if (last) return { kind: 'last of month', dayOfWeek: parseValue(last, DAY_OF_WEEK) - 1 };
  const [, day, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (day) {
    return { kind: 'nth of month', dayOfWeek: parseValue(day, DAY_OF_WEEK) - 1, nth: Number(nth) };
  }
  return { kind: 'days of week', days: parseList(text, DAY_OF_WEEK).map((value) => value - 1) };
}

function parseList(text: string, domain: Domain): readonly number[] {
  const values = new Set(text.split(',').flatMap((part) => parsePart(part, domain)));
  return [...values].sort((a, b) => a - b);
}

/** A value, a range or `*`, each with or without a step. */
function parsePart(text: string, domain: Domain): readonly number[] {
  const [span = '', step, ...more] = text.split('/');
  if (more.length > 0) throw malformed(text, domain);
  const [low, high] = parseSpan(span, domain, step !== undefined);
  const stride = step === undefined ? 1 : parseStep(step, domain);
  const values: number[] = [];
  for (let value = low; value <= high; value += stride) values.push(value);
  return values;
}

function parseSpan(text: string, domain: Domain, stepped: boolean): readonly [number, number] {
  if (text === '*') return [domain.low, domain.high];
  const [first = '', second, ...more] = text.split('-');
  if (more.length > 0) throw malformed(text, domain);
  const low = parseValue(first, domain);
  if (second === undefined) return [low, stepped ? domain.high : low];
  const high = parseValue(second, domain);
  if (high < low) throw new ScheduleError(`the range ${text} of ${domain.name} goes backwards`);
  return [low, high];
}

function parseStep(text: string, domain: Domain): number {
  const step = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (step < 1) throw malformed(text, domain);
  return step;
}

function parseValue(text: string, domain: Domain): number {
  const named = domain.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return named + 1;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= domain.low && value <= domain.high)) throw malformed(text, domain);
  return value;
}

function malformed(text: string, { name, low, high }: Domain): ScheduleError {
  return new ScheduleError(`${text} is not a part of ${name} (${low}-${high})`);
}

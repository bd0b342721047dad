/**
 * Finds the next minute of the calendar that cron fields name. Local time is written as
 * milliseconds, as if the wall clock showed UTC; zones are none of its business.
 */
import type { CronFields, DayRule } from './cron-fields.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The first such minute after `afterMs`, or undefined when the years are over. */
export function nextLocalMs(fields: CronFields, afterMs: number): number | undefined {
  const fromMs = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const from = new Date(fromMs);
  const fromYear = from.getUTCFullYear();
  for (const year of fields.years) {
    if (year < fromYear) continue;
    for (const month of fields.months) {
      if (year === fromYear && month < from.getUTCMonth() + 1) continue;
      for (const day of daysOf(fields.days, year, month)) {
        const found = inDay(fields, Date.UTC(year, month - 1, day), fromMs);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function inDay({ hours, minutes }: CronFields, dayMs: number, fromMs: number): number | undefined {
  if (dayMs + DAY_MS <= fromMs) return undefined;
  for (const hour of hours) {
    for (const minute of minutes) {
      const found = dayMs + (hour * 60 + minute) * MINUTE_MS;
      if (found >= fromMs) return found;
    }
  }
  return undefined;
}

/** The days of a month that the rule names, ascending; a day the month lacks is left out. */
function daysOf(rule: DayRule, year: number, month: number): readonly number[] {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const dayOfWeek = (day: number) => new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  switch (rule.kind) {
    case 'days of month':
      return rule.days.filter((day) => day <= last);
    case 'last day':
      return [last];
    case 'last weekday':
      return [nearestWeekday(last, last, dayOfWeek(last))];
    case 'weekday nearest':
      return rule.day > last ? [] : [nearestWeekday(rule.day, last, dayOfWeek(rule.day))];
    case 'days of week':
      return daysUpTo(last).filter((day) => rule.days.includes(dayOfWeek(day)));
    case 'last of month':
      return daysUpTo(last)
        .filter((day) => dayOfWeek(day) === rule.dayOfWeek)
        .slice(-1);
    case 'nth of month':
      return daysUpTo(last)
        .filter((day) => dayOfWeek(day) === rule.dayOfWeek)
        .slice(rule.nth - 1, rule.nth);
  }
}

/** Friday for a Saturday and Monday for a Sunday, unless that is in another month. */
function nearestWeekday(day: number, last: number, dayOfWeek: number): number {
  if (dayOfWeek === 6) return day > 1 ? day - 1 : day + 2;
  if (dayOfWeek === 0) return day < last ? day + 1 : day - 2;
  return day;
}

function daysUpTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

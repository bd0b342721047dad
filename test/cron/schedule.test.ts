import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScheduleError } from '../../src/cron/error.ts';
import { next, parseSchedule } from '../../src/cron/schedule.ts';
import cases from './cases.json' with { type: 'json' };

interface Run {
  readonly expression: string;
  readonly zone?: string;
  readonly after: string;
  readonly anchor?: string;
  readonly runs: readonly (string | null)[];
}

describe('next', () => {
  test.each(cases.runs as readonly Run[])('$expression $zone after $after', (run) => {
    const { expression, zone, after, anchor, runs } = run;
    const schedule = parseSchedule(expression, { dialect: 'scheduler', ...(zone && { zone }) });
    let moment: number | undefined = Date.parse(after);
    for (const expected of runs) {
      moment = next(schedule, moment ?? 0, Date.parse(anchor ?? after));
      expect(moment).toBe(expected === null ? undefined : Date.parse(expected));
    }
  });

  test('agrees with croner on random calendars in UTC', () => {
    fc.assert(
      fc.property(calendar, fc.integer({ min: 0, max: 4_000_000_000 }), (fields, seconds) => {
        const [minutes, hours, days, months, weekdays, years] = fields;
        const afterMs = seconds * 1000;
        const schedule = parseSchedule(
          `cron(${minutes} ${hours} ${days} ${months} ${weekdays} ${years})`,
        );
        const wide = (day: string) => (day === '?' ? '*' : day);
        const oracle = new Cron(
          `0 ${minutes} ${hours} ${wide(days)} ${months} ${wide(weekdays)} ${years}`,
          { mode: '7-part', timezone: 'UTC', alternativeWeekdays: true, paused: true },
        );
        const expected = oracle.nextRun(new Date(afterMs));
        expect(next(schedule, afterMs, 0)).toBe(expected?.getTime());
      }),
      { numRuns: 500 },
    );
  });

  test('comes later with every run, never twice at the same time, in any zone', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(zones, fc.integer({ min: 1.7e9, max: 1.9e9 }), (zone, seconds) => {
        const schedule = parseSchedule('cron(0/10 * * * ? *)', { dialect: 'scheduler', zone });
        let moment = seconds * 1000;
        for (let run = 0; run < 10; run++) {
          const later = next(schedule, moment, 0) ?? 0;
          expect(later).toBeGreaterThan(moment);
          expect(later % 600_000).toBe(0);
          moment = later;
        }
      }),
    );
  });
});

describe('parseSchedule', () => {
  test.each(cases.refusedByRules)('refuses %j for a rule', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(ScheduleError);
  });

  test.each(cases.refusedByScheduler)('refuses %j for a schedule', (expression) => {
    expect(() => parseSchedule(expression, { dialect: 'scheduler' })).toThrow(ScheduleError);
  });

  test.each(cases.acceptedByScheduler)('accepts %j for a schedule', (expression) => {
    expect(parseSchedule(expression, { dialect: 'scheduler' })).toBeDefined();
  });

  test('says what is wrong', () => {
    expect(() => parseSchedule('cron(0 25 * * ? *)')).toThrow('25 is not a part of hours (0-23)');
    expect(() => parseSchedule('rate(1 hours)')).toThrow('1 goes with hour');
  });

  test('refuses unknown time zones', () => {
    const zone = 'Mars/Olympus_Mons';
    expect(() => parseSchedule('rate(1 day)', { zone })).toThrow('not the name of a time zone');
  });

  test('survives any text', () => {
    const body = fc.string({ unit: fc.constantFrom(...'0123456789*?/-,LW# MONaxe') });
    fc.assert(
      fc.property(fc.constantFrom('cron', 'rate', 'at'), body, (kind, text) => {
        try {
          next(parseSchedule(`${kind}(${text})`, { dialect: 'scheduler' }), 0, 0);
        } catch (cause) {
          expect(cause).toBeInstanceOf(ScheduleError);
        }
      }),
    );
  });
});

function part(low: number, high: number): fc.Arbitrary<string> {
  const value = fc.integer({ min: low, max: high });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: Math.max(1, Math.floor((high - low) / 2)) });
  return fc.oneof(
    fc.constant('*'),
    fc.uniqueArray(value, { minLength: 1, maxLength: 3 }).map((values) => values.join(',')),
    range,
    step.map((by) => `*/${by}`),
  );
}

const dayOfMonth = fc.oneof(part(1, 28), fc.constantFrom('L', 'LW', '15W', '1W'));
const dayOfWeek = fc.oneof(part(1, 7), fc.constantFrom('6L', '3#2', 'MON-FRI', '1#1'));
const years = fc.constantFrom('*', '2030-2040', '2050');
const calendar = fc.oneof(
  fc.tuple(part(0, 59), part(0, 23), dayOfMonth, part(1, 12), fc.constant('?'), years),
  fc.tuple(part(0, 59), part(0, 23), fc.constant('?'), part(1, 12), dayOfWeek, years),
);

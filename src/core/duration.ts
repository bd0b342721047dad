/**
 * Spans of time as people write them: `30s`, `15m`, `1h30m`, `4d`, `250ms`, `PT15M`, or a number
 * of milliseconds. A month or a year has no fixed length, so neither is a span here.
 */
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A number of milliseconds, or text such as `1h30m`. */
export type Duration = number | string;

const SHORT = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;
const SHORT_PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;
const ISO = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds in `duration`; throws a RangeError that quotes what cannot be read. */
export function durationMs(duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : parse(duration.trim());
  if (ms === undefined || !Number.isFinite(ms) || ms < 0) {
    throw new RangeError(
      `${JSON.stringify(duration)} is no span of time. Write 30s, 15m, 1h30m, 4d, PT15M, ` +
        'or a number of milliseconds.',
    );
  }
  return Math.round(ms);
}

function parse(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const lower = text.toLowerCase();
  if (SHORT.test(lower)) {
    let ms = 0;
    for (const [, amount, unit] of lower.matchAll(SHORT_PART)) {
      ms += Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
    }
    return ms;
  }
  const iso = ISO.exec(text.toUpperCase());
  if (!iso) return undefined;
  const [weeks, days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0));
  const inHours = ((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0);
  return ((inHours * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000;
}

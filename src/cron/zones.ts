/**
 * Time zones, from the data that comes with Node. Wall time is written as milliseconds, as if
 * the clock on the wall showed UTC.
 */
export const UTC = 'UTC';

const formats = new Map<string, Intl.DateTimeFormat>();

export function isZone(zone: string): boolean {
  try {
    return zone === UTC || formatOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/** Throws a RangeError for what is no zone. Making a format takes longer than using it. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

/** What a clock on the wall shows at an instant. */
export function wallMs(instantMs: number, zone: string): number {
  if (zone === UTC) return instantMs;
  const shown = new Map(
    formatOf(zone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => shown.get(name) ?? 0;
  const subsecond = ((instantMs % 1000) + 1000) % 1000;
  const time = [part('hour'), part('minute'), part('second')] as const;
  return Date.UTC(part('year'), part('month') - 1, part('day'), ...time) + subsecond;
}

const DAY_MS = 86_400_000;

/**
 * The instant at which the clock on the wall shows `wall`: the first one if it comes twice,
 * undefined if it is skipped.
 */
export function instantOf(wall: number, zone: string): number | undefined {
  if (zone === UTC) return wall;
  // The offsets a day before and a day after are the only candidates around a change.
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((near) => wallMs(near, zone) - near);
  const instants = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
  return instants.find((instant) => wallMs(instant, zone) === wall);
}

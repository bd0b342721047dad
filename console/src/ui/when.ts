/** Times and spans in words: of the stack's clock, in the reader's time zone. */

const SPANS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `340 ms`, `1.2 s`, `4 min`, `3 h 12 min`. */
export function span(ms: number): string {
  const whole = Math.abs(Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 10_000) return `${(whole / 1_000).toFixed(1)} s`;
  const index = SPANS.findIndex(([, length]) => whole >= length);
  const [unit, length] = SPANS[index] ?? ['s', 1_000];
  const below = SPANS[index + 1];
  const count = Math.floor(whole / length);
  const rest = below ? Math.floor((whole % length) / below[1]) : 0;
  return below && rest > 0 && count < 10
    ? `${count} ${unit} ${rest} ${below[0]}`
    : `${count} ${unit}`;
}

/** `now`, `12 s ago`, `in 4 min`. */
export function relative(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  if (Math.abs(ms) < 1_000) return 'now';
  return ms > 0 ? `${coarse(ms)} ago` : `in ${coarse(-ms)}`;
}

/** One unit is enough of an age, and it does not flicker. */
function coarse(ms: number): string {
  const [unit, length] = SPANS.find(([, each]) => ms >= each) ?? ['s', 1_000];
  return `${Math.floor(ms / length)} ${unit}`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** `14:03:27.081`; with the day when that is not `nowMs`'s. */
export function clockTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const text = `${time}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  return at.toDateString() === new Date(nowMs).toDateString() ? text : `${day(at)} ${time}`;
}

function day(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** For `<input type="datetime-local" step="1">`, which knows the reader's time zone only. */
export function fieldOf(atMs: number | undefined): string {
  if (atMs === undefined) return '';
  const at = new Date(atMs);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${day(at)}T${time}`;
}

export function momentOfField(text: string): number | undefined {
  const atMs = new Date(text).getTime();
  return Number.isNaN(atMs) ? undefined : atMs;
}

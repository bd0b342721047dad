/** Numbers for people. */

/** `1,204`: whole, since a count that is rounded cannot be checked. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `1 message`, `1,204 messages`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `812 B`, `9.4 MB`: powers of 1,000. */
export function bytes(value: number): string {
  let unit = 0;
  let amount = value;
  while (amount >= 1_000 && unit < UNITS.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit]}`;
}

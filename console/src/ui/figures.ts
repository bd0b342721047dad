/** Counts and rates in few characters. */

/** `7`, `942`, `1.2k`, `38k`, `4.1M`. */
export function countText(count: number): string {
  if (count < 1_000) return String(Math.round(count));
  const [size, unit] = count < 999_500 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M'];
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)}${unit}`;
}

/** `0.3/s`, `12/s`, `1.2k/s`; what is less than one in twenty seconds is `<0.1/s`. */
export function rateText(perSecond: number): string {
  if (perSecond <= 0) return '0/s';
  if (perSecond < 0.05) return '<0.1/s';
  return `${perSecond < 9.95 ? perSecond.toFixed(1) : countText(perSecond)}/s`;
}

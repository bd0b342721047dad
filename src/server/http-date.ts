/** The value of the Date header, on wall time, made once a second. */
import type { Clock } from '../core/clock.ts';

export type HttpDate = () => string;

export function httpDate(clock: Clock): HttpDate {
  let second = -1;
  let text = '';
  return () => {
    const now = Math.floor(clock.wallNowMs() / 1_000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1_000).toUTCString();
    }
    return text;
  };
}

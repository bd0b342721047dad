import { describe, expect, test } from 'vitest';
import { durationMs } from '../../src/core/duration.ts';

describe('answers', () => {
  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['4d', 345_600_000],
    ['2w', 1_209_600_000],
    ['1.5h', 5_400_000],
    [' 15M ', 900_000],
    ['1500', 1_500],
    [1_500, 1_500],
    [0, 0],
    ['PT15M', 900_000],
    ['P4D', 345_600_000],
    ['P1W', 604_800_000],
    ['P1DT2H3M4.5S', 93_784_500],
  ])('%s is %d ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});

describe('refusals', () => {
  test.each(['', 'm', '15 m', '-5m', 'P', 'PT', 'P1M', 'P1Y', '1x', 'NaN', '5m!'])(
    '%j is refused with a sentence that quotes it',
    (text) => {
      expect(() => durationMs(text)).toThrow(`${JSON.stringify(text)} is no span of time.`);
    },
  );

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('the number %d is refused', (ms) => {
    expect(() => durationMs(ms)).toThrow(RangeError);
  });
});

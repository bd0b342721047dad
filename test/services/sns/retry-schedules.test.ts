import { describe, expect, test } from 'vitest';
import {
  AWS_MANAGED,
  type Backoff,
  CUSTOMER_MANAGED,
  delaySeconds,
  HTTP_DEFAULT,
  secondsUntil,
} from '../../../src/services/sns/retry-schedules.ts';

const DAY = 86_400;

function delays(schedule: typeof HTTP_DEFAULT, retries: number): readonly (number | undefined)[] {
  return Array.from({ length: retries }, (_, index) => {
    const seconds = delaySeconds(schedule, index + 1);
    return seconds === undefined ? undefined : Math.round(seconds * 10) / 10;
  });
}

describe('fixed schedules', () => {
  test('AWS services are tried 100,015 times over 23 days', () => {
    const early = [0, 0, 0, 1, 1, 1, 1, 1.1, 1.3, 1.6, 2.2, 3.3, 5.7, 10.5, 20, 20];
    expect(delays(AWS_MANAGED, 16)).toEqual(early);
    expect(delaySeconds(AWS_MANAGED, 100_015)).toBe(20);
    expect(delaySeconds(AWS_MANAGED, 100_016)).toBeUndefined();
    expect(Math.floor(secondsUntil(AWS_MANAGED, 100_015) / DAY)).toBe(23);
  });

  test('mail, SMS and push are tried 50 times over 6 hours', () => {
    expect(delaySeconds(CUSTOMER_MANAGED, 1)).toBe(10);
    expect(delaySeconds(CUSTOMER_MANAGED, 12)).toBe(600);
    expect(delaySeconds(CUSTOMER_MANAGED, 50)).toBe(600);
    expect(delaySeconds(CUSTOMER_MANAGED, 51)).toBeUndefined();
    expect(Math.floor(secondsUntil(CUSTOMER_MANAGED, 50) / 3600)).toBe(6);
  });

  test('HTTP is tried three times again, 20 s apart', () => {
    expect(delays(HTTP_DEFAULT, 4)).toEqual([20, 20, 20, undefined]);
  });
});

describe('back-off functions', () => {
  const schedule = (backoffFunction: Backoff) => ({
    ...{ minDelayTarget: 5, maxDelayTarget: 260, numRetries: 10 },
    ...{ numNoDelayRetries: 0, numMinDelayRetries: 0, numMaxDelayRetries: 0 },
    backoffFunction,
  });
  const names = ['linear', 'arithmetic', 'geometric', 'exponential'] as const;

  test.each(names)('%s goes from the shortest to the longest delay', (name) => {
    const all = delays(schedule(name), 10).map(Number);
    expect(all[0]).toBe(5);
    expect(all[9]).toBe(260);
    expect([...all].sort((a, b) => a - b)).toEqual(all);
  });

  test("they stand in the order of AWS's picture", () => {
    const middle = names.map((name) => delaySeconds(schedule(name), 6) ?? 0);
    expect([...middle].sort((a, b) => b - a)).toEqual(middle);
    expect(new Set(middle).size).toBe(4);
  });

  test.each(names)('%s has one step where there is one retry', (name) => {
    expect(delaySeconds({ ...schedule(name), numRetries: 1 }, 1)).toBe(5);
  });

  test('the phases follow one another', () => {
    const phases = {
      ...{ minDelayTarget: 1, maxDelayTarget: 4, numRetries: 9 },
      ...{ numNoDelayRetries: 2, numMinDelayRetries: 2, numMaxDelayRetries: 1 },
      backoffFunction: 'linear',
    } as const;
    expect(delays(phases, 10)).toEqual([0, 0, 1, 1, 1, 2, 3, 4, 4, undefined]);
  });
});

/**
 * Did schedules fire when they were due? Every due moment at least once, even when the server was
 * down at that moment; exactly once unless it crashed nearby.
 */
import type { Finding, ScheduleFacts } from '../history.ts';
import type { Lives } from './lives.ts';

export function checkSchedules({ history }: Lives): readonly Finding[] {
  return (history.schedules ?? []).flatMap(checkSchedule);
}

function checkSchedule(schedule: ScheduleFacts): readonly Finding[] {
  const { queue: key, periodMs, fromMs, untilMs, crashedAtMs, toleranceMs = 0 } = schedule;
  const fired = schedule.firedAtMs.toSorted((a, b) => a - b);
  const latestMs = periodMs + (schedule.lateMs ?? toleranceMs);
  const findings: Finding[] = [];
  const wrong = (text: string) => findings.push({ fault: 'schedule', key, text });

  const [first] = fired;
  if (first === undefined) {
    if (untilMs - fromMs > latestMs) wrong(`nothing fired in ${untilMs - fromMs} ms`);
    return findings;
  }
  if (first < fromMs - toleranceMs) wrong(`it fired ${fromMs - first} ms before it began`);
  if (first - fromMs > latestMs) wrong(`it first fired ${first - fromMs} ms after it began`);
  for (const [i, atMs] of fired.slice(1).entries()) {
    const afterMs = atMs - (fired[i] ?? 0);
    const crashed = crashedAtMs.some((crash) => Math.abs(crash - atMs) < periodMs);
    const again = afterMs <= toleranceMs;
    if (again && !crashed) wrong(`it fired twice for ${atMs}`);
    if (afterMs > latestMs) wrong(`it did not fire for ${afterMs} ms before ${atMs}`);
    if (!again && afterMs < periodMs - toleranceMs) wrong(`it fired early, after ${afterMs} ms`);
  }
  const last = fired.at(-1) ?? first;
  if (untilMs - last > latestMs) wrong(`it stopped firing ${untilMs - last} ms before the end`);
  return findings;
}

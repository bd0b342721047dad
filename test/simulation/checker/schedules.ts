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
  const { queue: key, periodMs, fromMs, untilMs, crashedAtMs } = schedule;
  const fired = schedule.firedAtMs.toSorted((a, b) => a - b);
  const findings: Finding[] = [];
  const wrong = (text: string) => findings.push({ fault: 'schedule', key, text });

  const [first] = fired;
  if (first === undefined) {
    if (untilMs - fromMs > periodMs) wrong(`nothing fired in ${untilMs - fromMs} ms`);
    return findings;
  }
  if (first < fromMs) wrong(`it fired ${fromMs - first} ms before it began`);
  if (first - fromMs > periodMs) wrong(`it first fired ${first - fromMs} ms after it began`);
  for (const [i, atMs] of fired.slice(1).entries()) {
    const afterMs = atMs - (fired[i] ?? 0);
    const crashed = crashedAtMs.some((crash) => Math.abs(crash - atMs) < periodMs);
    if (afterMs === 0 && !crashed) wrong(`it fired twice for ${atMs}`);
    if (afterMs > periodMs) wrong(`it did not fire for ${afterMs} ms before ${atMs}`);
    if (afterMs > 0 && afterMs < periodMs) wrong(`it fired early, ${afterMs} ms after ${fired[i]}`);
  }
  const last = fired.at(-1) ?? first;
  if (untilMs - last > periodMs) wrong(`it stopped firing ${untilMs - last} ms before the end`);
  return findings;
}

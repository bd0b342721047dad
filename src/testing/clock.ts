/** A test's hand on the clock of its stack. */
import { VirtualClock } from '../core/clock.ts';
import { type Duration, durationMs } from '../core/duration.ts';
import type { Stack } from '../delivery/stack.ts';
import { advance, type Controls } from '../server/side/controls.ts';

export interface TestClock {
  /** Milliseconds since the epoch, as the stack sees them. */
  now(): number;
  /**
   * Moves time on, doing what falls due on the way in its order: each retry, job and timeout at
   * its own moment, and what it starts before time goes on.
   */
  advance(by: Duration): Promise<void>;
  /** As `advance`, to a moment; one that is past already changes nothing. */
  advanceTo(moment: number | string | Date): Promise<void>;
}

export function testClock(stack: Stack, controls: Controls): TestClock {
  const { clock } = stack;
  return {
    now: () => clock.nowMs(),
    advance: (by) => advance(stack, controls, durationMs(by)),
    advanceTo: (moment) => {
      const byMs = momentMs(moment) - clock.nowMs();
      return byMs > 0 ? advance(stack, controls, byMs) : Promise.resolve();
    },
  };
}

/** Milliseconds since the epoch; text is read as ISO 8601. */
export function momentMs(moment: number | string | Date): number {
  const ms = typeof moment === 'string' ? Date.parse(moment) : Number(moment);
  if (Number.isFinite(ms)) return ms;
  throw new RangeError(`${JSON.stringify(moment)} is no moment in time.`);
}

export function virtualClock(startAt: number | string | Date): VirtualClock {
  return new VirtualClock(momentMs(startAt));
}

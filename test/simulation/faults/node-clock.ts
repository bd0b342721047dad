/**
 * A node's clock: the one virtual clock of the simulation, a little fast or slow, which falls
 * silent while the node stands still. What is meant for sockets runs on virtual time too.
 */
import type { Clock, Timer, VirtualClock } from '../../../src/core/clock.ts';
import type { Life } from './life.ts';

export function nodeClock(clock: VirtualClock, life: Life, skewMs = 0): Clock {
  const nowMs = () => clock.nowMs() + skewMs;
  const at = (atMs: number, fire: () => void): Timer => {
    let cancelled = false;
    const timer = clock.at(atMs - skewMs, () => {
      life.when(() => {
        if (!cancelled) fire();
      });
    });
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  };
  const afterWallMs = (delayMs: number, fire: () => void) => at(nowMs() + delayMs, fire);
  return { nowMs, at, wallNowMs: nowMs, afterWallMs };
}

/**
 * What the side API needs of a running stack: to know when it is quiet, and to move its time.
 */
import { VirtualClock } from '../../core/clock.ts';
import type { Stack } from '../../delivery/stack.ts';

export interface Controls {
  /** Resolves when nothing is being worked on. */
  quiet(): Promise<void>;
  /** Runs virtual time through waiting retries and steps of work; answers with what is left. */
  settled(): Promise<readonly Outstanding[]>;
}

export interface Outstanding {
  readonly queue: string;
  readonly dueAtMs: number;
}

/** One move of time waits for the one before: two at once would each see half of the other. */
const moving = new WeakMap<VirtualClock, Promise<void>>();

/** Moves virtual time on by `byMs`, doing all that falls due on the way. */
export async function advance(stack: Stack, controls: Controls, byMs: number): Promise<void> {
  const { clock } = stack;
  if (!(clock instanceof VirtualClock)) throw new RealTime();
  const before = moving.get(clock) ?? Promise.resolve();
  const move = before
    .catch(() => {}) // Whoever made that move has heard of its failure.
    .then(() => clock.advanceTo(clock.nowMs() + byMs, () => controls.quiet()));
  moving.set(clock, move);
  await move;
}

export class RealTime extends Error {
  override readonly name = 'RealTime';

  constructor() {
    super('This server runs on real time; start it with "millrace start --clock virtual".');
  }
}

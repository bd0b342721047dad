/**
 * The end of a test's stack, and the check that nothing outlives it.
 */
import type { RunningStack } from '../app.ts';
import { VirtualClock } from '../core/clock.ts';
import type { Served } from '../server/serve.ts';

/** Wall time that requests and hand-overs have to end in. */
const PATIENCE_MS = 5_000;

/** Closes everything and throws an error that names what was left running. */
export async function finish(
  running: RunningStack,
  served: Served,
  clients: readonly { destroy(): void }[],
): Promise<void> {
  const { clock } = running;
  for (const client of clients) client.destroy();
  const left: string[] = [];
  const within = async (work: Promise<unknown>, what: string): Promise<void> => {
    const late = Promise.withResolvers<'late'>();
    const timer = clock.afterWallMs(PATIENCE_MS, () => late.resolve('late'));
    if ((await Promise.race([work, late.promise])) === 'late') {
      left.push(`${what} did not end within ${PATIENCE_MS / 1_000} s of real time`);
    }
    timer.cancel();
  };
  await served.close(PATIENCE_MS);
  await within(running.quiet(), 'a hand-over or a job');
  await within(running.close(), 'a service or the storage');
  if (clock instanceof VirtualClock && clock.nextAtMs() !== Number.POSITIVE_INFINITY) {
    left.push(`a timer for ${new Date(clock.nextAtMs()).toISOString()} was never cancelled`);
  }
  if (left.length > 0) throw new Error(`The test left something behind: ${left.join('; ')}.`);
}

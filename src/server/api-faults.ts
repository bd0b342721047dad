/** What faults do to the operations that clients ask for; see src/core/faults.ts. */
import { AwsError } from '../core/errors.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Drain } from './drain.ts';

/**
 * Makes the operation late, or throws the error of a rule that strikes it. Lateness is on the
 * machine's clock, as the client's patience is, and ends early with the server.
 */
export async function suffer(
  { faults, clock }: Pick<Stack, 'faults' | 'clock'>,
  drain: Drain,
  service: string,
  operation: string,
): Promise<void> {
  const strike = faults.api(service, operation);
  if (!strike) return;
  const { id, error, delayMs } = strike;
  if (delayMs) {
    await new Promise<void>((resolve) => {
      let forget = () => {};
      const timer = clock.afterWallMs(delayMs, () => {
        forget();
        resolve();
      });
      forget = drain.on(() => {
        timer.cancel();
        resolve();
      });
    });
  }
  if (error === undefined) return;
  const message = `${error}, because a fault was asked for (${id}).`;
  throw new AwsError(error, message, { status: statusOf(error) });
}

/** Of codes that the service's model does not have. */
function statusOf(code: string): number {
  if (/^(?:ServiceUnavailable|Unavailable|SlowDown)/.test(code)) return 503;
  if (/^(?:Internal|ServiceFailure|ServiceException)/.test(code)) return 500;
  return /^AccessDenied/.test(code) ? 403 : 400;
}

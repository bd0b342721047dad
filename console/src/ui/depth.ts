import type { QueueDepth } from '../../../src/admin-api/index.ts';

/** All messages of a queue, whether they can be received just now or not. */
export function depthOf({
  visible,
  inFlight,
  delayed,
}: Pick<QueueDepth, 'visible' | 'inFlight' | 'delayed'>): number {
  return visible + inFlight + delayed;
}

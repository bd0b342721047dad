/**
 * Lambda as a sender: records for destinations and events for dead-letter queues.
 *
 * On AWS the function's execution role sends them. So the target's own account needs no policy,
 * and policies of other accounts are asked about the role.
 */
import type { Attribute, NewEvent, Origin } from '../../delivery/targets.ts';
import { letters } from './letters.ts';

/** The origin's notes in `Delivery.shape`. */
export interface Shape {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly forBus?: NewEvent;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const MOST_AGE_MS = 6 * 60 * 60_000;

export const origin: Origin = {
  principal: 'lambda.amazonaws.com',
  letters,

  render(_stack, { shape }, body) {
    const { attributes, forBus } = (shape ?? {}) as Shape;
    return { body, ...(attributes && { attributes }), ...(forBus && { event: forBus }) };
  },

  /** AWS does not say how it tries; as it does for the events themselves. */
  backoffMs({ clock }, { sinceMs }, attempts) {
    const leftMs = sinceMs + MOST_AGE_MS - clock.nowMs();
    if (leftMs <= 0) return 'age';
    return Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS, leftMs);
  },

  /** Never asked for: what cannot be sent is lost, as on AWS, which counts it in a metric. */
  deadLetter: (_stack, _delivery, body) => ({ body }),
};

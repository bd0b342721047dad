/**
 * Events of one key in their order, though they arrive in any.
 *
 * `sequence`: events are numbered without gaps. The next one is applied, those that were applied
 * are dropped, and one that comes early is refused (`defer`, for its queue to bring it again) or
 * kept until the gap closes (`buffer`). `lastWrite`: the newest counts, and older ones are dropped.
 *
 * What a handler writes goes into the transaction that moves the key on, so every event takes
 * effect once. Keys never wait for one another.
 *
 * The table: string keys `id` (partition) and `position` (sort); for `sweep` an index `waiting`
 * with the string keys `waiting` and `since`.
 */
import { applyNewest } from './last-write.ts';
import type { LastWriteOptions, Order, SequenceOptions } from './order.ts';
import { inSequence } from './sequence.ts';

/**
 * ```ts
 * const orders = ordered<OrderEvent>({
 *   client, table: 'order', clock: Date, name: 'orders',
 *   by: 'sequence', key: ({ orderId }) => orderId, sequence: ({ number }) => number,
 *   onGap: 'buffer', maxWait: '5m',
 *   apply: (event, tx) => tx.put({ TableName: 'orders', Item: event.order }),
 * });
 * await orders.arrive(event);
 * ```
 */
export function ordered<Event extends object>(
  options: SequenceOptions<Event> | LastWriteOptions<Event>,
): Order<Event> {
  if (options.by === 'sequence') return inSequence(options);
  return {
    arrive: (event) => applyNewest(options, event),
    // The newest waits for nothing.
    sweep: () => Promise.resolve([]),
  };
}

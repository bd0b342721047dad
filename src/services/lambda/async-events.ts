/**
 * Asynchronous events: taken durably, run later, tried again.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { Resolved } from './lookup.ts';
import type { RunRequest } from './run.ts';

/** The queue of all events that wait for their function. */
export const ASYNC_EVENTS = 'lambda/events';

/** The writes by which an event is taken. */
export function enqueueEvent(
  stack: Stack,
  resolved: Resolved,
  request: RunRequest,
): readonly Write[] {
  const nowMs = stack.clock.nowMs();
  const meta = JSON.stringify({ arn: resolved.invokedArn, requestId: request.requestId });
  const message = { id: request.requestId, body: request.payload, meta };
  const when = { sentAtMs: nowMs, visibleAtMs: nowMs };
  return [{ kind: 'enqueue', queue: ASYNC_EVENTS, message: { ...message, ...when } }];
}

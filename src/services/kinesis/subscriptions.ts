/**
 * Who is subscribed to which shard as which consumer. One at a time: a second one is refused in
 * the first seconds and takes over later. A subscription lives in the process that its
 * connection ends in.
 */
import type { Stack } from '../../delivery/stack.ts';
import { fault } from './errors.ts';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html */
const TAKEOVER_AFTER_MS = 5_000;

export interface Subscription {
  readonly sinceMs: number;
  /** Another one has begun for the same consumer and shard. */
  taken: boolean;
  /** Called when it is taken over. */
  wake: () => void;
}

const subscriptions = new WeakMap<Stack, Map<string, Subscription>>();

/** `key` names consumer and shard as AWS's message does. */
export function subscribe(stack: Stack, key: string): Subscription {
  const all = subscriptions.get(stack) ?? new Map<string, Subscription>();
  subscriptions.set(stack, all);
  const before = all.get(key);
  const nowMs = stack.clock.nowMs();
  if (before && nowMs < before.sinceMs + TAKEOVER_AFTER_MS) throw inUse(key);
  if (before) {
    before.taken = true;
    before.wake();
  }
  const subscription = { sinceMs: nowMs, taken: false, wake: () => {} };
  all.set(key, subscription);
  return subscription;
}

/** In AWS's words, as seen in awslabs/amazon-kinesis-client#391. */
export function inUse(key: string) {
  const message = `Another active subscription exists for this consumer: ${key}`;
  return fault('ResourceInUseException', message);
}

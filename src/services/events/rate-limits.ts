/**
 * How many requests an API destination gets in a second: a bucket of tokens, one second deep.
 *
 * Who comes when the bucket is empty is given a moment of its own to come back, so each request
 * waits at most once and nobody is overtaken. Buckets live in memory: after a restart they are
 * full, and waits from before count as attempts. Each of several nodes gives its share.
 */
import { nodeCount } from '../../delivery/nodes.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Delivery } from '../../delivery/targets.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Shape } from './matching.ts';

interface Bucket {
  /** When the bucket will be full again. */
  fullAtMs: number;
  readonly waiting: Map<string, { slotMs: number | undefined; waits: number }>;
}

/** Deliveries whose waits are remembered; far more than are ever under way at once. */
const MOST_REMEMBERED = 100_000;
const SECOND_MS = 1000;

const buckets = new WeakMap<Storage, Map<string, Bucket>>();

function bucketOf({ storage }: Stack, { to }: Delivery): Bucket {
  const ofStack = buckets.get(storage) ?? new Map<string, Bucket>();
  buckets.set(storage, ofStack);
  const bucket = ofStack.get(to.arn) ?? { fullAtMs: 0, waiting: new Map() };
  ofStack.set(to.arn, bucket);
  return bucket;
}

function keyOf({ cause, sourceArn, shape }: Delivery): string {
  return `${cause} ${sourceArn} ${(shape as Shape | undefined)?.targetId}`;
}

/** How long the delivery has to wait; 0 when it may go now, which takes its token. */
export function waitMs(stack: Stack, delivery: Delivery, ratePerSecond: number): number {
  const bucket = bucketOf(stack, delivery);
  const key = keyOf(delivery);
  const nowMs = stack.clock.nowMs();
  const known = bucket.waiting.get(key);
  if (known?.slotMs !== undefined) {
    if (known.slotMs > nowMs) return known.slotMs - nowMs;
    known.slotMs = undefined;
    return 0;
  }
  const tokenMs = (SECOND_MS * nodeCount(stack)) / ratePerSecond;
  const fullAtMs = Math.max(bucket.fullAtMs, nowMs);
  const slotMs = Math.ceil(Math.max(nowMs, fullAtMs + tokenMs - SECOND_MS));
  bucket.fullAtMs = fullAtMs + tokenMs;
  if (slotMs <= nowMs) return 0;
  if (bucket.waiting.size >= MOST_REMEMBERED) bucket.waiting.clear();
  bucket.waiting.set(key, { slotMs, waits: (known?.waits ?? 0) + 1 });
  return slotMs - nowMs;
}

/** How often the delivery was sent back to wait; the engine has counted these as attempts. */
export function waitsOf(stack: Stack, delivery: Delivery): number {
  return bucketOf(stack, delivery).waiting.get(keyOf(delivery))?.waits ?? 0;
}

/** Forgets a delivery that has come to its end. */
export function forgetWaits(stack: Stack, delivery: Delivery): void {
  bucketOf(stack, delivery).waiting.delete(keyOf(delivery));
}

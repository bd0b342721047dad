/**
 * maxReceivesPerSecond: deliveries to one http or https subscription leave at even distances.
 *
 * What is over the rate becomes a job for its moment, durable like any delivery. The moment of the
 * next one is remembered in this process only: after a crash the first second may be busier. Where
 * nodes share the work, each keeps to its share of the rate.
 */
import { deliver, type Item } from '../../delivery/deliver.ts';
import { nodeCount } from '../../delivery/nodes.ts';
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Storage, Write } from '../../storage/storage.ts';

const KIND = 'sns/paced';

/** By subscription, when its next delivery may leave. */
const nextAt = new WeakMap<Storage, Map<string, number>>();

/** The write that delivers the item when it is its turn; undefined when that is now. */
export function paced(stack: Stack, item: Item, perSecond: number): Write | undefined {
  let moments = nextAt.get(stack.storage);
  if (!moments) {
    moments = new Map();
    nextAt.set(stack.storage, moments);
  }
  const { sourceArn } = item.delivery;
  const nowMs = stack.clock.nowMs();
  const atMs = Math.max(nowMs, moments.get(sourceArn) ?? 0);
  moments.set(sourceArn, atMs + (1000 * nodeCount(stack)) / perSecond);
  if (atMs <= nowMs) return undefined;
  return schedule(stack, WORK, KIND, JSON.stringify(item), Math.ceil(atMs));
}

const deliverPaced: Job = (stack, { note }) => deliver(stack, [JSON.parse(note) as Item]);

export const pacingJobs: Readonly<Record<string, Job>> = { [KIND]: deliverPaced };

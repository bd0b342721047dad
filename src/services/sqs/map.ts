/** Queues on the map, and where their dead letters go. */
import type { MapPart, Place } from '../../delivery/lens.ts';
import { edgeOf, listed, nodeOf } from '../../delivery/map-parts.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Queue, queuesOf } from './queue.ts';

export async function map(stack: Stack, place: Place): Promise<MapPart> {
  const queues = await queuesOf(stack, place);
  const nodes = queues.map((queue) =>
    nodeOf(queue.arn, { detail: detailOf(queue), tags: queue.row.tags }),
  );
  const edges = queues.flatMap(({ arn, redrive }) =>
    redrive
      ? [edgeOf('dead-letter', [arn, redrive.arn], { detail: receives(redrive.maxReceives) })]
      : [],
  );
  return { nodes, edges };
}

const receives = (count: number) => `after ${count} ${count === 1 ? 'receive' : 'receives'}`;

function detailOf({ fifo, visibilityMs, delayMs, retentionMs }: Queue): string {
  return listed(
    fifo && 'FIFO',
    `visibility ${visibilityMs / 1000} s`,
    delayMs > 0 && `delay ${delayMs / 1000} s`,
    `kept ${Math.round(retentionMs / 360_000) / 10} h`,
  );
}

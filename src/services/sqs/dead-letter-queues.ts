/**
 * Which queues are dead-letter queues, and of whom: queues say so in their redrive policies, rules,
 * subscriptions, functions and mappings in what their services show on the map.
 */
import type { DeadLetterQueue, EdgeKind, MapEdge } from '../../admin-api/index.ts';
import type { MapPart, Place } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { queuesOf } from './queue.ts';

export type DeadLetterSource = DeadLetterQueue['sources'][number];

/** By the ARN of the dead-letter queue, who sends there. */
export async function deadLetterSources(
  stack: Stack,
  place: Place,
): Promise<ReadonlyMap<string, readonly DeadLetterSource[]>> {
  const sources = new Map<string, DeadLetterSource[]>();
  const add = (queue: string, source: DeadLetterSource) => {
    const known = sources.get(queue) ?? [];
    sources.set(queue, known);
    if (!known.some(({ arn }) => arn === source.arn)) known.push(source);
  };
  for (const { arn, redrive } of await queuesOf(stack, place)) {
    if (redrive) add(redrive.arn, { arn, kind: 'queue' });
  }
  for (const lens of stack.lenses.values()) {
    const part = await lens.map?.(stack, place);
    for (const edge of part?.edges ?? []) {
      if (part && isForDeadLetters(edge)) add(edge.to, sourceOf(part, edge));
    }
  }
  return sources;
}

type Edge = Omit<MapEdge, 'seen'>;

function isForDeadLetters({ kind }: Edge): boolean {
  return kind === 'dead-letter';
}

/** The subscription or mapping that makes the edge, where one does, or else where it begins. */
function sourceOf({ nodes }: MapPart, { from, via }: Edge): DeadLetterSource {
  const kindOf = (arn: string) => nodes.find((node) => node.arn === arn)?.kind;
  if (via === undefined) return { arn: from, kind: kindOf(from) ?? 'other' };
  const implied: EdgeKind = from.startsWith('arn:aws:sns:') ? 'subscription' : 'mapping';
  return { arn: via, kind: kindOf(via) ?? implied };
}

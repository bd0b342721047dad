/**
 * Which queues are dead-letter queues, and of whom: of queues, rules, subscriptions, functions and
 * mappings, as all services show it on the map.
 */
import type { DeadLetterQueue, EdgeKind } from '../../admin-api/index.ts';
import type { MapPart, Place } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';

export type DeadLetterSource = DeadLetterQueue['sources'][number];

/** By the ARN of the dead-letter queue, who sends there. */
export async function deadLetterSources(
  stack: Stack,
  place: Place,
): Promise<ReadonlyMap<string, readonly DeadLetterSource[]>> {
  const sources = new Map<string, DeadLetterSource[]>();
  for (const lens of stack.lenses.values()) {
    const part = await lens.map?.(stack, place);
    for (const edge of part?.edges ?? []) {
      if (!part || edge.kind !== 'dead-letter') continue;
      const source = sourceOf(part, edge);
      const known = sources.get(edge.to) ?? [];
      sources.set(edge.to, known);
      if (!known.some(({ arn }) => arn === source.arn)) known.push(source);
    }
  }
  return sources;
}

/** The subscription or mapping that makes the edge, where one does, or else where it begins. */
function sourceOf({ nodes }: MapPart, { from, via }: MapPart['edges'][number]): DeadLetterSource {
  const kind = nodes.find(({ arn }) => arn === from)?.kind ?? 'other';
  if (via === undefined) return { arn: from, kind };
  const made: EdgeKind = kind === 'topic' ? 'subscription' : 'mapping';
  return { arn: via, kind: made };
}

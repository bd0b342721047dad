/** Where one goes from a node of the map. */
import type { MapNode } from '../../../../src/admin-api/index.ts';
import type { ViewName } from '../../state/view-name.ts';

export interface NodeLink {
  readonly view: ViewName;
  readonly query: Readonly<Record<string, string>>;
  readonly label: string;
}

const PUBLISHED_AT = new Set(['bus', 'topic', 'queue', 'stream', 'function']);

export function linksOf({ arn, kind, declared, isDeadLetterQueue }: MapNode): readonly NodeLink[] {
  const links: NodeLink[] = [];
  const add = (view: ViewName, label: string, query: Readonly<Record<string, string>>) =>
    links.push({ view, label, query });
  // Runs are told of the version that ran.
  const told = kind === 'function' ? `${arn}:*` : arn;
  if (PUBLISHED_AT.has(kind)) add('tail', 'Tail', { arn: told });
  if (!declared) return links;
  if (isDeadLetterQueue) add('dead-letters', 'Dead letters', { queue: arn });
  if (kind === 'queue') add('queues', 'Messages', { queue: arn });
  if (kind === 'function') add('functions', 'Runs', { function: arn });
  if (kind === 'archive') add('archives', 'Archive', { archive: arn });
  if (kind === 'bus') add('why', 'Unmatched events', { bus: arn });
  // Only the table's own service writes to the stream of its changes.
  const isChanges = kind === 'stream' && arn.includes(':dynamodb:');
  if (PUBLISHED_AT.has(kind) && !isChanges) add('send', 'Send', { arn });
  return links;
}

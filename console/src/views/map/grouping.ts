/** Which resources belong together: by how their names begin, or by a tag. */
import type { MapNode } from '../../../../src/admin-api/index.ts';

/** `prefix`, or `tag:` and the tag's name; empty for no groups. */
export type Grouping = string;

const TAG = 'tag:';
/** A group that has more than this share of all that is shown says nothing. */
const TOO_LARGE = 0.5;
const DEEPEST = 3;

/** The group of each node that has one, by ARN. One node alone is no group. */
export function groupsOf(
  nodes: readonly MapNode[],
  grouping: Grouping,
): ReadonlyMap<string, string> {
  const named = grouping.startsWith(TAG)
    ? byTag(nodes, grouping.slice(TAG.length))
    : grouping === 'prefix'
      ? byPrefix(nodes)
      : new Map<string, string>();
  return withoutSingle(named);
}

function byTag(nodes: readonly MapNode[], tag: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const { arn, tags } of nodes) {
    const value = tags?.[tag];
    if (value) groups.set(arn, value);
  }
  return groups;
}

function byPrefix(nodes: readonly MapNode[]): Map<string, string> {
  const groups = new Map<string, string>();
  const most = Math.max(8, nodes.length * TOO_LARGE);
  split(nodes, 1, most, groups);
  return groups;
}

/** A group that is too large is split by the next part of its names, where that parts it. */
function split(
  nodes: readonly MapNode[],
  depth: number,
  most: number,
  groups: Map<string, string>,
): void {
  const parts = new Map<string, MapNode[]>();
  for (const node of nodes) {
    const prefix = prefixOf(node.name, depth);
    if (prefix === undefined) continue;
    const part = parts.get(prefix);
    if (part) part.push(node);
    else parts.set(prefix, [node]);
  }
  for (const [prefix, part] of parts) {
    for (const { arn } of part) groups.set(arn, prefix);
    const deeper = new Set(part.map(({ name }) => prefixOf(name, depth + 1)));
    deeper.delete(undefined);
    if (part.length > most && depth < DEEPEST && deeper.size > 1) {
      split(part, depth + 1, most, groups);
    }
  }
}

/** The first parts of a name: `orders-pay` of `orders-pay-dlq`; the whole where it has no more. */
function prefixOf(name: string, depth: number): string | undefined {
  const bare = name.replace(/^https?:\/\//, '').replace(/^\//, '');
  const parts = bare.split(/([-_./: ])/);
  // Parts and what stands between them take turns.
  if (parts.length < 2 * depth - 1) return undefined;
  return parts.slice(0, 2 * depth - 1).join('') || undefined;
}

function withoutSingle(groups: Map<string, string>): ReadonlyMap<string, string> {
  const sizes = new Map<string, number>();
  for (const name of groups.values()) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  return new Map([...groups].filter(([, name]) => (sizes.get(name) ?? 0) > 1));
}

export interface GroupingChoice {
  readonly value: Grouping;
  readonly label: string;
}

/** What can be chosen: tags only that part the map. */
export function groupingChoices(nodes: readonly MapNode[]): readonly GroupingChoice[] {
  const tags = new Set(nodes.flatMap(({ tags }) => Object.keys(tags ?? {})));
  return [
    { value: '', label: 'No groups' },
    { value: 'prefix', label: 'By name' },
    ...[...tags].sort().map((tag) => ({ value: `${TAG}${tag}`, label: `By tag ${tag}` })),
  ];
}

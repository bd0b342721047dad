/**
 * Nodes and edges of the map: every lens names them by these rules, so that the edge of one
 * service meets the node of another, and facts of the journal meet both.
 */
import type { EdgeKind, MapEdge, MapNode, NodeKind } from '../admin-api/index.ts';
import { parseArn } from '../core/arn.ts';
import { oneLine } from '../journal/preview.ts';

export type DeclaredEdge = Omit<MapEdge, 'seen'>;

/**
 * The node that an ARN, URL, e-mail address or phone number stands for: versions and aliases are
 * their function, consumers their stream, and passwords in URLs are nobody's business.
 */
export function nodeArn(text: string): string {
  if (!text.startsWith('arn:')) return outside(text);
  switch (serviceOf(text)) {
    case 'lambda':
      return text.split(':').slice(0, 7).join(':');
    case 'kinesis':
      return text.replace(/\/consumer\/.*$/, '');
    case 'logs':
      return text.replace(/:\*$/, '');
    default:
      return text;
  }
}

/** What stands for the service in an ARN; quicker than all of its parts. */
export function serviceOf(arn: string): string {
  return arn.split(':', 3)[2] ?? '';
}

function outside(text: string): string {
  if (/^https?:/.test(text)) return text.replace(/^(https?:\/\/[^/:@]*:)[^/@]*@/, '$1****@');
  if (/^\+?\d+$/.test(text)) return `tel:${text}`;
  return /^[^:\s]+@[^\s]+$/.test(text) ? `mailto:${text}` : text;
}

type Rule = readonly [service: string, resource: RegExp, kind: NodeKind];

/** The name is what the group holds. */
const RULES: readonly Rule[] = [
  ['sqs', /^(.+)$/, 'queue'],
  ['sns', /^(endpoint\/.+)$/, 'endpoint'],
  ['sns', /^([^:]+)$/, 'topic'],
  ['events', /^event-bus\/(.+)$/, 'bus'],
  ['events', /^rule\/(?:.*\/)?([^/]+)$/, 'rule'],
  ['events', /^archive\/(.+)$/, 'archive'],
  ['events', /^api-destination\/([^/]+)/, 'endpoint'],
  ['lambda', /^function:([^:]+)$/, 'function'],
  ['kinesis', /^stream\/(.+)$/, 'stream'],
  ['dynamodb', /^table\/([^/]+)\/stream\/.+$/, 'stream'],
  ['dynamodb', /^table\/([^/]+)$/, 'table'],
  ['logs', /^log-group:(.+)$/, 'log-group'],
];

function kindAndName(arn: string): readonly [NodeKind, string] {
  const { service, resource } = parseArn(arn) ?? {};
  if (resource === undefined) {
    return ['endpoint', arn.replace(/^mailto:|^tel:/, '')];
  }
  for (const [of, pattern, kind] of RULES) {
    const name = of === service ? pattern.exec(resource)?.[1] : undefined;
    if (name) return [kind, name];
  }
  return ['other', resource];
}

export type About = { readonly [Member in 'state' | 'detail']?: string | undefined } & {
  readonly tags?: Readonly<Record<string, string>> | undefined;
};

/** A node that there is. */
export function nodeOf(text: string, { state, detail, tags }: About = {}): MapNode {
  const arn = nodeArn(text);
  const [kind, name] = kindAndName(arn);
  return {
    ...{ arn, kind, name, declared: true },
    ...(state !== undefined && { state }),
    ...(tags && Object.keys(tags).length > 0 && { tags }),
    ...(detail !== undefined && detail !== '' && { detail }),
  };
}

export type EdgeDetails = { readonly [Member in 'via' | 'off' | 'detail']?: string | undefined };

/** An edge that a resource says; `via` makes it differ from others between the same two. */
export function edgeOf(
  kind: EdgeKind,
  between: readonly [from: string, to: string],
  { via, off, detail }: EdgeDetails = {},
): DeclaredEdge {
  const [from, to] = [nodeArn(between[0]), nodeArn(between[1])];
  return {
    ...{ id: `${from} ${to} ${via ?? kind}`, from, to, kind, declared: true },
    ...(via !== undefined && { via }),
    ...(off !== undefined && { off }),
    ...(detail !== undefined && detail !== '' && { detail }),
  };
}

/** What people are told in passing: the beginning of a pattern or filter. */
export const inShort: (text: string) => string = oneLine;

/** Parts of a detail, those left out that are not there. */
export function listed(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part).join(', ');
}

/** Where an ARN belongs; undefined for what lies outside. */
export function placeOfNode(arn: string) {
  const { account, region } = parseArn(arn) ?? {};
  return account && region ? { account, region } : undefined;
}

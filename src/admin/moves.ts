/**
 * What a fact of the journal is to the map: something happened at a node, something went along an
 * edge. Nobody is asked what there is; `Topology` knows which edge is meant.
 */
import type { EdgeKind, EdgeTraffic, NodeTraffic } from '../admin-api/index.ts';
import { nodeArn, serviceOf } from '../delivery/map-parts.ts';
import { type Fact, isLost } from '../journal/journal.ts';

export type Move = NodeMove | EdgeMove;

export interface NodeMove {
  readonly node: string;
  readonly count: keyof NodeTraffic;
}

export interface EdgeMove {
  /** As the fact has it: a rule, subscription or table, or where the edge begins. */
  readonly source: string;
  readonly to: string;
  /** What the edge is when no resource says so. */
  readonly kind: EdgeKind;
  readonly count: keyof EdgeTraffic;
}

const NOTHING: readonly Move[] = [];

export function movesOf(fact: Fact): readonly Move[] {
  const { arn, target } = fact;
  switch (fact.kind) {
    case 'publish':
      return published(arn);
    case 'match':
      return matched(arn);
    case 'deliver':
      return target === undefined
        ? NOTHING
        : [along(arn, target, fact.outcome === 'ok' ? 'ok' : 'failed')];
    case 'retry':
      return target === undefined ? NOTHING : [along(arn, target, 'retried')];
    case 'dead-letter':
      return givenUp(fact);
    case 'invoke':
      return invoked(fact);
    case 'receive':
      return received(arn, target);
    case 'delete':
      return [at(arn, 'deleted')];
    case 'drop':
      // A filter that leaves something out loses nothing.
      return fact.outcome === 'FILTERED' ? NOTHING : [at(startOf(arn), 'dropped')];
  }
}

function at(arn: string, count: keyof NodeTraffic): NodeMove {
  return { node: nodeArn(arn), count };
}

function along(source: string, to: string, count: keyof EdgeTraffic): EdgeMove {
  return { source, to, kind: KINDS[serviceOf(source)] ?? 'target', count };
}

/** By the service that hands over. */
const KINDS: Readonly<Record<string, EdgeKind>> = { sns: 'subscription', lambda: 'destination' };

function published(arn: string): readonly Move[] {
  const table = /^(arn:[^/]*:table\/[^/]+)\/stream\//.exec(arn)?.[1];
  if (table === undefined) return [at(arn, 'published')];
  return [at(arn, 'published'), { source: table, to: arn, kind: 'changes', count: 'ok' }];
}

/** What a subscription has chosen is told again by its delivery. */
function matched(arn: string): readonly Move[] {
  const bus = busOfRule(arn);
  return bus === undefined ? NOTHING : [{ source: bus, to: arn, kind: 'rule', count: 'ok' }];
}

function givenUp(fact: Fact): readonly Move[] {
  const { arn, target } = fact;
  // Of records that were given up a delivery tells, where somebody is to hear of them.
  if (/^arn:[^:]+:(?:kinesis|dynamodb):.*[:/]stream\//.test(arn)) return [at(arn, 'dropped')];
  if (target === undefined) return isLost(fact) ? [at(arn, 'dropped')] : NOTHING;
  if (isLost(fact)) return [along(arn, target, 'dead')];
  return [{ source: arn, to: target, kind: 'dead-letter', count: 'dead' }];
}

function invoked({ arn, outcome }: Fact): readonly Move[] {
  return outcome === 'ok' ? [at(arn, 'invoked')] : [at(arn, 'invoked'), at(arn, 'failed')];
}

function received(arn: string, target: string | undefined): readonly Move[] {
  if (target === undefined) return [at(arn, 'received')];
  return [at(arn, 'received'), { source: arn, to: target, kind: 'mapping', count: 'ok' }];
}

/** Where an edge begins: a subscription's at its topic. */
export function startOf(source: string): string {
  const parts = source.split(':');
  return parts[2] === 'sns' && parts.length === 7 ? parts.slice(0, 6).join(':') : nodeArn(source);
}

/** The bus of a rule's ARN; a rule of the default bus does not name it. */
function busOfRule(arn: string): string | undefined {
  const [, before, path] = /^(arn:[^:]+:events:[^:]*:[^:]*:)rule\/(.+)$/.exec(arn) ?? [];
  if (before === undefined || path === undefined) return undefined;
  const slash = path.lastIndexOf('/');
  return `${before}event-bus/${slash < 0 ? 'default' : path.slice(0, slash)}`;
}

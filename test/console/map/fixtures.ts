/** Maps to test with. */
import type { MapEdge, MapNode, NodeKind } from '../../../src/admin-api/index.ts';

export function node(name: string, kind: NodeKind = 'queue', more: Partial<MapNode> = {}): MapNode {
  return {
    arn: `arn:aws:test:us-east-1:000000000000:${name}`,
    kind,
    name,
    declared: true,
    ...more,
  };
}

export function edge(from: MapNode, to: MapNode, more: Partial<MapEdge> = {}): MapEdge {
  const kind = more.kind ?? 'target';
  const id = `${from.arn} ${to.arn} ${kind}`;
  return { id, from: from.arn, to: to.arn, kind, declared: true, seen: true, ...more };
}

/** Twelve domains of 25 resources each, whose functions publish to the next domain's bus. */
export function largeMap() {
  const nodes: MapNode[] = [];
  const edges: MapEdge[] = [];
  const add = (name: string, kind: NodeKind) => {
    const made = node(name, kind);
    nodes.push(made);
    return made;
  };
  const names = Array.from({ length: 12 }, (_, at) => `domain${at}`);
  const buses = names.map((name) => add(`${name}-bus`, 'bus'));
  for (const [at, name] of names.entries()) {
    for (let part = 0; part < 6; part += 1) {
      const [bus, next] = [buses[at], buses[(at + part + 1) % buses.length]];
      const rule = add(`${name}-rule-${part}`, 'rule');
      const queue = add(`${name}-queue-${part}`, 'queue');
      const run = add(`${name}-function-${part}`, 'function');
      const dead = add(`${name}-dead-${part}`, 'queue');
      if (!bus || !next) continue;
      edges.push(edge(bus, rule, { kind: 'rule' }), edge(rule, queue));
      edges.push(edge(queue, run, { kind: 'mapping' }), edge(queue, dead, { kind: 'dead-letter' }));
      if (part % 2 === 0) edges.push(edge(run, next, { kind: 'publish', declared: false }));
    }
  }
  return { nodes, edges };
}

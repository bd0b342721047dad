import { describe, expect, it } from 'vitest';
import { groupingChoices, groupsOf } from '../../../console/src/views/map/grouping.ts';
import { lightOf } from '../../../console/src/views/map/light.ts';
import { linksOf } from '../../../console/src/views/map/links.ts';
import { groupId, shownOf, skeletonOf } from '../../../console/src/views/map/model.ts';
import { statusOf, statusOfAll } from '../../../console/src/views/map/status.ts';
import { edge, largeMap, node } from './fixtures.ts';

const bus = node('orders', 'bus');
const rule = node('payment', 'rule', { tags: { domain: 'money' } });
const queue = node('orders-payment', 'queue', { tags: { domain: 'money' } });
const dead = node('orders-payment-dlq', 'queue', { isDeadLetterQueue: true });
const run = node('orders-payment-run', 'function');
const other = node('other', 'queue');

const nodes = [bus, rule, queue, dead, run, other];
const edges = [
  edge(bus, rule, { kind: 'rule' }),
  edge(rule, queue),
  edge(queue, dead, { kind: 'dead-letter', seen: false }),
  edge(queue, run, { kind: 'mapping' }),
  edge(run, bus, { kind: 'publish', declared: false }),
];
const map = { nodes, edges };
const none = { groups: new Map<string, string>(), closed: [], focus: undefined };

describe('groups', () => {
  it('are what names begin with; a name alone is none', () => {
    const groups = groupsOf(nodes, 'prefix');
    expect(groups.get(queue.arn)).toBe('orders');
    expect(groups.get(bus.arn)).toBe('orders');
    expect(groups.has(other.arn)).toBe(false);
  });

  it('are split by the next part of the names where one would be nearly all', () => {
    const many = Array.from({ length: 10 }, (_, at) =>
      node(`orders-${at % 2 ? 'mail' : 'pay'}-${at}`),
    );
    expect(new Set(groupsOf(many, 'prefix').values())).toEqual(
      new Set(['orders-mail', 'orders-pay']),
    );
  });

  it('follow a tag', () => {
    const groups = groupsOf(nodes, 'tag:domain');
    expect([...groups]).toEqual([
      [rule.arn, 'money'],
      [queue.arn, 'money'],
    ]);
    expect(groupingChoices(nodes).map(({ value }) => value)).toEqual(['', 'prefix', 'tag:domain']);
  });

  it('do not exist where none is asked for', () => {
    expect(groupsOf(nodes, '').size).toBe(0);
  });
});

describe('what is shown', () => {
  it('is every node and edge without groups', () => {
    const shown = shownOf(map, none);
    expect(shown.nodes.map(({ id }) => id)).toEqual(nodes.map(({ arn }) => arn));
    expect(shown.edges.map(({ id }) => id)).toEqual(edges.map(({ id }) => id));
    expect(shown.nodes.find(({ id }) => id === dead.arn)?.kind).toBe('dead-letter-queue');
  });

  it('is one node for a closed group, whose edges are put together', () => {
    const groups = new Map([queue, dead, run].map(({ arn }) => [arn, 'work']));
    const shown = shownOf(map, { groups, closed: ['work'], focus: undefined });
    const group = shown.nodes.find(({ kind }) => kind === 'group');
    expect(group).toMatchObject({ id: groupId('work'), name: 'work' });
    expect(group?.arns).toEqual([queue.arn, dead.arn, run.arn]);
    // What goes on within is not shown.
    expect(shown.edges.map(({ from, to }) => [from, to])).toEqual([
      [bus.arn, rule.arn],
      [rule.arn, groupId('work')],
      [groupId('work'), bus.arn],
    ]);
    expect(shownOf(map, { groups, closed: ['*'], focus: undefined }).nodes).toHaveLength(4);
  });

  it('is in focus what leads to a node and where it leads, not what is published', () => {
    const shown = shownOf(map, { ...none, focus: dead.arn });
    expect(shown.nodes.map(({ id }) => id)).toEqual([bus.arn, rule.arn, queue.arn, dead.arn]);
  });

  it('is placed by what resources say; what was only seen counts where it is all there is', () => {
    const shown = shownOf(map, none);
    expect(skeletonOf(shown).map(({ kind }) => kind)).not.toContain('publish');
    const lone = {
      nodes: [run, other],
      edges: [edge(run, other, { kind: 'publish', declared: false })],
    };
    expect(skeletonOf(shownOf(lone, none))).toHaveLength(1);
  });
});

describe('an edge', () => {
  it('is used, unused, off, or observed only', () => {
    const [declared] = edges;
    if (!declared) throw new Error('none');
    expect(statusOf(declared, false)).toBe('used');
    expect(statusOf({ ...declared, seen: false }, false)).toBe('unused');
    expect(statusOf({ ...declared, seen: false }, true)).toBe('used');
    expect(statusOf({ ...declared, seen: false, off: 'DISABLED' }, false)).toBe('off');
    expect(statusOf({ ...declared, declared: false }, false)).toBe('observed');
    const unused = { ...declared, seen: false };
    expect(statusOfAll([unused, declared], () => false)).toBe('used');
  });
});

describe('what stands out', () => {
  const shown = shownOf(map, none);
  const looking = { only: 'all', find: '', isSeen: () => false, isFailing: () => false } as const;

  it('is everything where nothing is asked', () => {
    expect(lightOf(shown, looking)).toBeUndefined();
  });

  it('is found by name, ARN, what it says, and tag', () => {
    expect([...(lightOf(shown, { ...looking, find: 'DLQ' })?.nodes ?? [])]).toEqual([dead.arn]);
    const tagged = lightOf(shown, { ...looking, find: 'domain=money' });
    expect([...(tagged?.nodes ?? [])]).toEqual([rule.arn, queue.arn]);
    expect([...(tagged?.edges ?? [])]).toEqual([edges[1]?.id]);
  });

  it('is one sort of edges with their ends', () => {
    const unused = lightOf(shown, { ...looking, only: 'unused' });
    expect([...(unused?.nodes ?? [])]).toEqual([queue.arn, dead.arn]);
    const observed = lightOf(shown, { ...looking, only: 'observed' });
    expect([...(observed?.edges ?? [])]).toEqual([edges[4]?.id]);
    const failing = lightOf(shown, { ...looking, only: 'failing', isFailing: () => false });
    expect(failing?.edges.size).toBe(0);
  });
});

describe('a node', () => {
  it('leads to the views that show it', () => {
    const views = (of: typeof bus) => linksOf(of).map(({ view }) => view);
    expect(views(dead)).toEqual(['tail', 'dead-letters', 'queues', 'send']);
    expect(views(bus)).toEqual(['tail', 'why', 'send']);
    expect(views(run)).toEqual(['tail', 'functions', 'send']);
    expect(views(rule)).toEqual([]);
    expect(views({ ...queue, declared: false })).toEqual(['tail']);
    // The journal names the version that ran.
    expect(linksOf(run)[0]?.query).toEqual({ arn: `${run.arn}:*` });
    expect(linksOf(queue)[0]?.query).toEqual({ arn: queue.arn });
  });
});

it('shows a large map whole', () => {
  const large = largeMap();
  expect(large.nodes).toHaveLength(300);
  expect(shownOf(large, none).edges).toHaveLength(large.edges.length);
});

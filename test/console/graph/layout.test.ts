import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../../console/src/graph/bounds.ts';
import { type Box, type LayoutInput, layoutOf } from '../../../console/src/graph/layout.ts';
import { shownOf, skeletonOf } from '../../../console/src/views/map/model.ts';
import { largeMap } from '../map/fixtures.ts';

const size = { width: 200, height: 48 };

function inputOf(group: (name: string) => string | undefined): LayoutInput {
  const shown = shownOf(largeMap(), { groups: new Map(), closed: [], focus: undefined });
  return {
    nodes: shown.nodes.map(({ id, name }) => ({ id, ...size, group: group(name) })),
    edges: skeletonOf(shown).map(({ id, from, to }) => ({ id, from, to })),
  };
}

function overlaps(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function boxesOf(input: LayoutInput): readonly (Box & { readonly id: string })[] {
  const { nodes } = layoutOf(input);
  return input.nodes.map(({ id, width, height }) => {
    const corner = nodes[id];
    if (!corner) throw new Error(`${id} has no place`);
    return { id, ...corner, width, height };
  });
}

describe('the layout', () => {
  it('leads from left to right, and lays nothing over anything', () => {
    const input = inputOf(() => undefined);
    const boxes = boxesOf(input);
    const at = new Map(boxes.map((box) => [box.id, box]));
    for (const { from, to } of input.edges) {
      expect(at.get(to)?.x).toBeGreaterThan(at.get(from)?.x ?? Number.NaN);
    }
    for (const [index, box] of boxes.entries()) {
      expect(boxes.slice(index + 1).filter((other) => overlaps(box, other))).toEqual([]);
    }
  });

  it('packs what no edge joins into the shape of a screen', () => {
    const { width, height } = boundsOf(boxesOf(inputOf(() => undefined)));
    expect(width / height).toBeGreaterThan(1);
    expect(width / height).toBeLessThan(3);
    const lone = Array.from({ length: 40 }, (_, at) => ({ id: `n${at}`, ...size }));
    const grid = boundsOf(boxesOf({ nodes: lone, edges: [] }));
    expect(grid.width / grid.height).toBeLessThan(4);
  });

  it('puts a group into a box of its own, which no other touches', () => {
    const input = inputOf((name) => name.split('-')[0]);
    const { nodes, groups } = layoutOf(input);
    expect(Object.keys(groups)).toHaveLength(12);
    for (const { id, group = '' } of input.nodes) {
      const [corner, box] = [nodes[id], groups[group]];
      if (!corner || !box) throw new Error(id);
      expect(corner.x).toBeGreaterThanOrEqual(box.x);
      expect(corner.y).toBeGreaterThan(box.y);
      expect(corner.x + size.width).toBeLessThanOrEqual(box.x + box.width);
      expect(corner.y + size.height).toBeLessThanOrEqual(box.y + box.height);
    }
    const boxes = Object.values(groups);
    for (const [at, box] of boxes.entries()) {
      expect(boxes.slice(at + 1).some((other) => overlaps(box, other))).toBe(false);
    }
  });

  it('finds places for 300 nodes within half a second', () => {
    const nodes = Array.from({ length: 300 }, (_, at) => ({ id: `n${at}`, ...size }));
    const edges = nodes.slice(1).map(({ id }, at) => {
      return { id, from: `n${Math.floor(at / 3)}`, to: id };
    });
    const before = process.cpuUsage();
    expect(Object.keys(layoutOf({ nodes, edges }).nodes)).toHaveLength(300);
    const { user } = process.cpuUsage(before);
    expect(user / 1_000).toBeLessThan(500);
  });

  it('is the same for the same map', () => {
    const input = inputOf(() => undefined);
    expect(layoutOf(input)).toEqual(layoutOf(input));
  });

  it('bears circles, loops and edges to nowhere', () => {
    const input = {
      nodes: ['a', 'b'].map((id) => ({ id, ...size })),
      edges: [
        { id: '1', from: 'a', to: 'b' },
        { id: '2', from: 'b', to: 'a' },
        { id: '3', from: 'a', to: 'a' },
        { id: '4', from: 'a', to: 'gone' },
      ],
    };
    expect(Object.keys(layoutOf(input).nodes)).toEqual(['a', 'b']);
    expect(layoutOf({ nodes: [], edges: [] }).nodes).toEqual({});
  });
});

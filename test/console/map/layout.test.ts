import { describe, expect, it } from 'vitest';
import { curveOf, pointAt } from '../../../console/src/views/map/curve.ts';
import { boundsOf, fitted } from '../../../console/src/views/map/graph/fit.ts';
import { type Box, type LayoutInput, layoutOf } from '../../../console/src/views/map/layout.ts';
import { shownOf, skeletonOf } from '../../../console/src/views/map/model.ts';
import { stepFrom } from '../../../console/src/views/map/steps.ts';
import { viewportOf, viewportText } from '../../../console/src/views/map/viewport.ts';
import { largeMap } from './fixtures.ts';

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

describe('a line', () => {
  const from: Box = { x: 0, y: 0, ...size };
  const to: Box = { x: 400, y: 200, ...size };

  it('goes from side to side, and through its bends', () => {
    const { points, length, isBack } = curveOf(from, to, [{ x: 300, y: 100 }]);
    expect(points[0]).toEqual({ x: 200, y: 24 });
    expect(points.at(-1)).toEqual({ x: 400, y: 224 });
    expect(points).toContainEqual({ x: 300, y: 100 });
    expect(isBack).toBe(false);
    expect(length).toBeGreaterThan(Math.hypot(200, 200) - 1);
    expect(pointAt(points, 0)).toEqual(points[0]);
    expect(pointAt(points, length * 2)).toEqual(points.at(-1));
  });

  it('leaves to the left where it goes back', () => {
    const { points, isBack } = curveOf(to, from);
    expect(points[0]).toEqual({ x: 400, y: 224 });
    expect(points.at(-1)).toEqual({ x: 200, y: 24 });
    expect(isBack).toBe(true);
  });

  it('makes a loop to the node itself', () => {
    const { points, length } = curveOf(from, from);
    expect(points[0]).toEqual({ x: 200, y: 24 });
    expect(length).toBeGreaterThan(30);
  });
});

describe('arrow keys', () => {
  const boxes = new Map<string, Box>([
    ['left', { x: 0, y: 0, ...size }],
    ['near', { x: 300, y: 60, ...size }],
    ['linked', { x: 300, y: 300, ...size }],
  ]);

  it('lead along an edge first, else to what is nearest on that side', () => {
    expect(stepFrom(boxes, 'left', 'ArrowRight', new Set(['linked']))).toBe('linked');
    expect(stepFrom(boxes, 'left', 'ArrowRight', new Set())).toBe('near');
    expect(stepFrom(boxes, 'near', 'ArrowDown', new Set())).toBe('linked');
    expect(stepFrom(boxes, 'linked', 'ArrowUp', new Set())).toBe('near');
    expect(stepFrom(boxes, 'left', 'ArrowLeft', new Set())).toBeUndefined();
    expect(stepFrom(boxes, 'gone', 'ArrowLeft', new Set())).toBeUndefined();
  });
});

describe('the viewport', () => {
  it('stands in the address, and what was edited by hand is no matter', () => {
    expect(viewportOf(viewportText({ x: -12.4, y: 7.6, zoom: 0.8512 }))).toEqual({
      ...{ x: -12, y: 8, zoom: 0.85 },
    });
    for (const text of ['', '1,2', 'a,b,c', '1,2,0', '1,2,-1']) {
      expect(viewportOf(text)).toBeUndefined();
    }
  });

  it('shows all, and nothing larger than life', () => {
    const bounds = { x: -100, y: 50, width: 2_000, height: 500 };
    const { x, y, zoom } = fitted(bounds, 1_056, 600);
    expect(zoom).toBeCloseTo(0.5);
    expect(bounds.x * zoom + x).toBeCloseTo(28);
    expect((bounds.y + bounds.height / 2) * zoom + y).toBeCloseTo(300);
    expect(fitted({ x: 0, y: 0, ...size }, 1_000, 800).zoom).toBeLessThan(1.1);
    expect(boundsOf([])).toEqual({ x: 0, y: 0, width: 1, height: 1 });
  });
});

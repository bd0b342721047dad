import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../../console/src/graph/bounds.ts';
import type { Box } from '../../../console/src/graph/layout.ts';
import { curveOf, pointAt } from '../../../console/src/views/map/curve.ts';
import { fitted } from '../../../console/src/views/map/graph/fit.ts';
import { stepFrom } from '../../../console/src/views/map/steps.ts';
import { viewportOf, viewportText } from '../../../console/src/views/map/viewport.ts';

const size = { width: 200, height: 48 };

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

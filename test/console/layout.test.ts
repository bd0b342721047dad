import { expect, test } from 'vitest';
import { placed } from '../../console/src/graph/layout.ts';

const node = (id: string) => ({ id, width: 200, height: 60 });

test('causes stand left of what they cause, and nothing covers anything', () => {
  const { at } = placed({
    nodes: ['a', 'b', 'c', 'd'].map(node),
    edges: [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'c' },
      { from: 'b', to: 'd' },
      { from: 'c', to: 'd' },
      { from: 'd', to: 'not there' },
    ],
  });
  expect(at.a?.x).toBe(0);
  expect(at.b?.x).toBeGreaterThan(200);
  expect(at.b?.x).toBe(at.c?.x);
  expect(at.d?.x).toBeGreaterThan((at.b?.x ?? 0) + 200);
  expect(Math.abs((at.b?.y ?? 0) - (at.c?.y ?? 0))).toBeGreaterThanOrEqual(80);
});

test('300 nodes are placed within half a second', () => {
  const nodes = Array.from({ length: 300 }, (_, index) => node(`n${index}`));
  const edges = nodes
    .slice(1)
    .map(({ id }, index) => ({ from: `n${Math.floor(index / 3)}`, to: id }));
  const beforeMs = performance.now();
  const { at } = placed({ nodes, edges });
  const tookMs = performance.now() - beforeMs;
  expect(Object.keys(at)).toHaveLength(300);
  expect(tookMs).toBeLessThan(500);
});

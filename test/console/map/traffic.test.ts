import { describe, expect, it } from 'vitest';
import {
  edgeFigures,
  nodeFigures,
  readEdgeFigures,
  readFigures,
} from '../../../console/src/views/map/figures.ts';
import { shownOf } from '../../../console/src/views/map/model.ts';
import {
  MOST_PARTICLES,
  particlesOf,
  progressOf,
  underWay,
} from '../../../console/src/views/map/particles.ts';
import { KEPT, TrafficStore } from '../../../console/src/views/map/traffic.ts';
import type { Traffic } from '../../../src/admin-api/index.ts';
import { edge, node } from './fixtures.ts';

const still = { ok: 0, failed: 0, retried: 0, dead: 0 };
const frame = (more: Partial<Traffic>): Traffic => ({
  ...{ atMs: 0, seconds: 0.2, sampled: 1, nodes: {}, edges: {} },
  ...more,
});

describe('traffic', () => {
  it('has rates over the last ten seconds, which fall when nothing comes', () => {
    const store = new TrafficStore();
    for (let second = 0; second < 20; second += 1) {
      store.add([frame({ nodes: { a: { published: 5 } } })], second * 1_000 + 100);
      store.tick(second * 1_000 + 100);
    }
    expect(store.rate(['a'], ['published'])).toBe(5);
    store.tick(24_500);
    expect(store.rate(['a'], ['published'])).toBe(2.5);
    store.tick(40_000);
    expect(store.rate(['a'], ['published'])).toBe(0);
    expect(store.count(['a'], ['published'])).toBe(100);
    store.tick((20 + KEPT) * 1_000);
    expect(store.count(['a'], ['published'])).toBe(0);
  });

  it('counts a rate from when it began, not as if nothing had been before', () => {
    const store = new TrafficStore();
    store.tick(1_000_000);
    store.add([frame({ nodes: { a: { invoked: 6 } } })], 1_001_000);
    store.tick(1_001_000);
    expect(store.rate(['a'], ['invoked'])).toBe(3);
  });

  it('puts frames that come in together back into their seconds', () => {
    const store = new TrafficStore();
    const second = frame({ seconds: 1, edges: { e: { ...still, ok: 1 } } });
    store.add([second, second, second], 10_500);
    store.tick(10_500);
    expect(store.line(['e'], ['ok']).slice(-4)).toEqual([0, 1, 1, 1]);
  });

  it('tells who listens at a tick, and only when something is new', () => {
    const store = new TrafficStore();
    let told = 0;
    store.subscribe(() => {
      told += 1;
    });
    store.tick(1_000);
    store.tick(1_250);
    expect(told).toBe(1);
    store.add([frame({ edges: { e: { ...still, ok: 1 } } })], 1_300);
    expect(told).toBe(1);
    store.tick(1_500);
    expect(told).toBe(2);
    expect(store.hasSeen('e')).toBe(true);
    expect(store.seenCount).toBe(1);
  });

  it('keeps the last depth of queues, and sums those of a group', () => {
    const store = new TrafficStore();
    const depth = { visible: 2, inFlight: 1, delayed: 0, oldestAgeMs: 4_000 };
    store.add([frame({ queues: { a: { ...depth, visible: 9 }, b: depth } })], 1_000);
    store.add([frame({ queues: { a: depth } })], 1_200);
    expect(store.depth(['a', 'b'])).toEqual({
      visible: 4,
      inFlight: 2,
      delayed: 0,
      oldestAgeMs: 4_000,
    });
    expect(store.depth(['c'])).toBeUndefined();
  });
});

describe('figures', () => {
  const queue = node('work');
  const run = node('run', 'function');
  const feeds = edge(queue, run, { kind: 'mapping' });
  const map = { nodes: [queue, run], edges: [feeds] };
  const shown = shownOf(map, { groups: new Map(), closed: [], focus: undefined });

  it('stand on nodes and edges in few characters', () => {
    const store = new TrafficStore();
    const [one, other] = shown.nodes;
    const [line] = shown.edges;
    if (!one || !other || !line) throw new Error('not shown');
    expect(readFigures(nodeFigures(store, one, [])).rate).toBe('');
    store.add(
      [
        frame({
          nodes: { [queue.arn]: { published: 40 }, [run.arn]: { invoked: 30, failed: 2 } },
          edges: { [feeds.id]: { ...still, ok: 30, failed: 2 } },
          queues: { [queue.arn]: { visible: 1_200, inFlight: 3, delayed: 0, oldestAgeMs: 61_000 } },
        }),
      ],
      5_000,
    );
    store.tick(5_000);
    expect(readFigures(nodeFigures(store, one, []))).toMatchObject({
      rate: '40/s',
      backlog: '1.2k msg · 1 min 1 s',
    });
    expect(readFigures(nodeFigures(store, other, [feeds.id])).trouble).toBe('2');
    expect(readEdgeFigures(edgeFigures(store, line))).toEqual({
      label: '32/s · 1 min 1 s',
      trouble: '2 failed',
      strength: 3,
    });
  });
});

describe('dots', () => {
  const along = { length: 320, nowMs: 1_000, seconds: 0.3 };

  it('are few, and trouble is never left out of them', () => {
    const dots = particlesOf('e', { ok: 500, failed: 1, retried: 0, dead: 1 }, along);
    expect(dots.map(({ tone }) => tone)).toEqual(['dead', 'failed', 'ok']);
    expect(dots.map(({ startMs }) => startMs)).toEqual([1_000, 1_100, 1_200]);
    expect(particlesOf('e', still, along)).toEqual([]);
  });

  it('go from one end to the other, and are let go of there', () => {
    const [dot] = particlesOf('e', { ...still, ok: 1 }, along);
    if (!dot) throw new Error('none');
    expect(progressOf(dot, 999)).toBeUndefined();
    expect(progressOf(dot, 1_500)).toBe(0.5);
    expect(progressOf(dot, 2_001)).toBeUndefined();
    expect(underWay([dot], 1_999)).toEqual([dot]);
    expect(underWay([dot], 2_000)).toEqual([]);
    expect(
      underWay(
        Array.from({ length: 900 }, () => dot),
        1_500,
      ),
    ).toHaveLength(MOST_PARTICLES);
  });
});

/**
 * What befalls whole nodes: they crash at any of their calls and are started again, or stand still
 * for longer than their leases. At the end all of them run.
 */
import type { Node } from './node.ts';
import type { Scene } from './scene.ts';

export interface Misfortunes {
  readonly counts: { crashes: number; pauses: number };
  /** Resolves when every node runs. */
  end(): Promise<void>;
}

/** A crash comes within so many calls of the storage. */
const MOST_CALLS = 200;
const LONGEST_DOWN_MS = 20_000;
/** Longer than the lease of a pump, a tenure or a message; shorter than deduplication. */
const PAUSE_MS = { least: 5_000, most: 90_000 };
const MEAN_GAP_MS = 40_000;

export function misfortunes(scene: Scene, untilMs: number): Misfortunes {
  const { world } = scene;
  const counts = { crashes: 0, pauses: 0 };
  const endMs = world.clock.nowMs() + untilMs;
  const keepers = world.nodes.map((node) => keep(scene, node, counts));
  const troubles = world.nodes.map((node) => trouble(scene, node, endMs, counts));
  return {
    counts,
    end: async () => {
      const all = Promise.all(troubles);
      await world.until(all, PAUSE_MS.most + LONGEST_DOWN_MS);
      for (const node of world.nodes) if (node.life?.isPaused) node.life.resume();
      const up = Promise.all(world.nodes.map((node) => isUp(scene, node)));
      if (!(await world.until(up, 300_000))) world.complaints.push('a node would not come up');
      void keepers;
    },
  };
}

async function isUp(scene: Scene, node: Node): Promise<void> {
  while (!node.isUp) await scene.world.pause(100);
}

/** Starts the node again whenever it has crashed. */
async function keep(scene: Scene, node: Node, counts: Misfortunes['counts']): Promise<void> {
  while (!scene.ended) {
    await node.life?.crashed;
    if (scene.ended) return;
    node.crash();
    counts.crashes++;
    await scene.world.pause(scene.draining ? 100 : scene.ids.random() * LONGEST_DOWN_MS);
    const started = node.start();
    // Now and then it crashes again before it is up.
    if (!scene.draining && scene.ids.random() < 0.1) {
      node.line?.crashAfter(1 + Math.floor(scene.ids.random() * 40), scene.ids.random() < 0.5);
    }
    await started;
  }
}

async function trouble(
  scene: Scene,
  node: Node,
  endMs: number,
  counts: Misfortunes['counts'],
): Promise<void> {
  const { world, ids } = scene;
  // Some nodes are lucky.
  if (ids.random() < 0.3) return;
  for (;;) {
    await world.pause(ids.random() * 2 * MEAN_GAP_MS);
    if (world.clock.nowMs() >= endMs) return;
    if (world.nodes.length > 1 && ids.random() < 0.5) {
      const { life } = node;
      counts.pauses++;
      life?.pause();
      await world.pause(PAUSE_MS.least + ids.random() * (PAUSE_MS.most - PAUSE_MS.least));
      life?.resume();
    } else node.line?.crashAfter(1 + Math.floor(ids.random() * MOST_CALLS), ids.random() < 0.5);
  }
}

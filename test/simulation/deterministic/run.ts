/**
 * One simulation from its seed: nodes are started, a workload that the seed has drawn runs on
 * them while they crash, stand still and come back, everything is drained, and the history judged.
 */
import type { Storage } from '../../../src/storage/storage.ts';
import { check } from '../checker/check.ts';
import { CALM, climateOf } from '../faults/climate.ts';
import type { Finding, History } from '../history.ts';
import { readChanges } from './changes.ts';
import { drain } from './drain.ts';
import { registerAll } from './functions.ts';
import { changeMappings } from './mapping-work.ts';
import { misfortunes } from './misfortunes.ts';
import {
  callFunction,
  invokeFunction,
  publishLedger,
  publishNews,
  putEvent,
} from './publish-work.ts';
import { consume, sendJob, sendOrder, tickText } from './queue-work.ts';
import { makeScene } from './resources.ts';
import type { Scene, Work } from './scene.ts';
import { putRecord, readRecords, readShard, splitShard } from './stream-work.ts';
import { countUp, readLists, workOnItems, workOnLists } from './table-work.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Default: one to three, as the seed has it. */
  readonly nodes?: number;
  readonly plant?: (storage: Storage) => Storage;
  /** What clients do. Default: as the seed has it. */
  readonly only?: readonly string[];
}

export interface Verdict {
  readonly seed: number;
  readonly nodes: number;
  readonly history: History;
  readonly findings: readonly Finding[];
  /** Errors that no fault of the simulation explains. */
  readonly complaints: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
}

/**
 * Clients act at the strokes of one bell, and pause for a few of them: what they do at the same
 * moment overlaps in every way that the storage allows.
 */
const STROKE_MS = 500;
const MOST_STROKES = 8;
const DRAINING_MS = 7_000;
const RUN_MS = { least: 40_000, most: 150_000 };

export async function simulate(options: SimulationOptions): Promise<Verdict> {
  const { seed, plant } = options;
  const nodes = options.nodes ?? 1 + (seed % 3);
  const skewMs = seed % 4 === 0 ? 200 : 0;
  const world = await World.open({ seed, nodes, plant, skewMs });
  try {
    const scene = await begin(world);
    const faults = await live(scene, options.only);
    const drained = await drain(scene);
    const history = historyOf(scene, drained, skewMs);
    const { complaints } = world;
    return { seed, nodes, history, findings: check(history), complaints, faults };
  } finally {
    await world.close();
  }
}

async function begin(world: World): Promise<Scene> {
  let scene: Scene | undefined;
  const now = (): Scene => {
    if (!scene) throw new Error('The scene is not set yet.');
    return scene;
  };
  for (const node of world.nodes) {
    node.prepare = registerAll(now);
    await world.until(node.start(), 60_000);
  }
  scene = await makeScene(world, tickText(now));
  return scene;
}

async function live(scene: Scene, only: readonly string[] | undefined): Promise<Verdict['faults']> {
  const { world } = scene;
  const { weather } = world;
  weather.climate = climateOf(scene.ids);
  rolesOf(scene, only);
  const endMs = RUN_MS.least + scene.ids.random() * (RUN_MS.most - RUN_MS.least);
  const luck = misfortunes(scene, endMs);
  await world.pass(endMs);
  scene.draining = true;
  weather.climate = CALM;
  await luck.end();
  return { ...weather.counts, ...luck.counts };
}

interface Role {
  readonly work: () => Work;
  readonly count: number;
  readonly produces: boolean;
}

const produce = (count: number, work: () => Work): Role => ({ work, count, produces: true });
const consumeFrom = (...names: readonly string[]): readonly Role[] =>
  names.map((name) => ({ work: () => consume(name), count: 2, produces: false }));

/** What belongs together; each run has some of them. */
const ROLES: Readonly<Record<string, readonly Role[]>> = {
  jobs: [produce(2, () => sendJob('jobs')), ...consumeFrom('jobs')],
  orders: [produce(2, () => sendOrder('orders.fifo')), ...consumeFrom('orders.fifo')],
  work: [produce(1, () => sendJob('work')), ...consumeFrom('work', 'work-dead')],
  steps: [produce(1, () => sendOrder('steps.fifo')), ...consumeFrom('steps.fifo', 'dead.fifo')],
  events: [produce(2, () => putEvent), ...consumeFrom('rule-a', 'rule-b', 'rule-both')],
  news: [produce(2, () => publishNews), ...consumeFrom('news', 'news-a')],
  ledger: [produce(2, () => publishLedger), ...consumeFrom('ledger.fifo')],
  calls: [produce(2, () => callFunction), ...consumeFrom('called.fifo')],
  invoked: [produce(2, () => invokeFunction), ...consumeFrom('invoked.fifo')],
  mappings: [produce(1, () => changeMappings)],
  shards: [produce(1, () => splitShard)],
  changes: [produce(2, countUp), ...consumeFrom('changes.fifo')],
  records: [
    ...[produce(2, () => putRecord), produce(2, readShard)],
    ...consumeFrom('records.fifo'),
  ],
  items: [produce(5, () => workOnItems)],
  lists: [produce(6, () => workOnLists)],
};

const SHARE_OF_ROLES = 0.45;

function rolesOf(scene: Scene, only: readonly string[] | undefined): readonly Promise<void>[] {
  const names = Object.keys(ROLES).filter(() => scene.ids.random() < SHARE_OF_ROLES);
  const chosen = only ?? (names.length > 0 ? names : ['jobs']);
  const roles = [...chosen.flatMap((name) => ROLES[name] ?? []), ...consumeFrom('ticks')];
  return roles.flatMap(({ work, count, produces }) =>
    Array.from({ length: count }, (_, index) => act(scene, work(), index, produces)),
  );
}

async function act(scene: Scene, work: Work, index: number, produces: boolean): Promise<void> {
  while (!scene.ended && !(produces && scene.draining)) {
    await scene.world.pause(
      scene.draining ? DRAINING_MS : STROKE_MS * Math.ceil(scene.ids.random() * MOST_STROKES),
    );
    if (!(produces && scene.draining)) await work(scene, index);
  }
}

function historyOf(scene: Scene, drained: boolean, skewMs: number): History {
  const { entries, queues, readers, firedAtMs, tickedUntilMs, changes, records, world } = scene;
  const ticks = {
    ...{ queue: 'ticks', periodMs: 60_000, firedAtMs, crashedAtMs: [] },
    ...{ fromMs: 0, untilMs: tickedUntilMs, toleranceMs: 1_000 + skewMs, lateMs: 200_000 },
  };
  return {
    ...{ entries, queues: [...queues.values()], readers, schedules: [ticks], drained },
    ...{ endedAtMs: world.moment(), toleranceMs: 1 + skewMs },
    ...(changes && { changes }),
    ...(records && { records }),
  };
}

/** Reads what is only read at the end. */
export async function readAll(scene: Scene): Promise<void> {
  await readChanges(scene);
  await readRecords(scene);
  await readLists(scene, 'last');
}

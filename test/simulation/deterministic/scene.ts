/**
 * What the clients of a simulation share: the queues, the history that they write, and keys that
 * nobody uses twice.
 */
import type { Ids } from '../../../src/core/ids.ts';
import type {
  ChangeFacts,
  Entry,
  ItemCall,
  QueueFacts,
  ReaderFacts,
  RecordFacts,
  Transaction,
} from '../history.ts';
import type { Node, Reply } from './node.ts';
import type { World } from './world.ts';

export interface Queue extends QueueFacts {
  readonly url: string;
  readonly arn: string;
  readonly leaseMs: number;
  /** Finds what the producer wrote in what the consumer got. */
  readonly unwrap: (body: string) => string;
}

export interface Scene {
  readonly world: World;
  readonly ids: Ids;
  readonly entries: Entry[];
  readonly queues: ReadonlyMap<string, Queue>;
  readonly readers: ReaderFacts[];
  readonly firedAtMs: number[];
  changes?: ChangeFacts;
  records?: RecordFacts;
  /** Texts on which a function has failed already. */
  readonly failed: Set<string>;
  /** When the schedule was switched off. */
  tickedUntilMs: number;
  /** Producers stop; consumers delete all they get. */
  draining: boolean;
  ended: boolean;
  keys: number;
}

export type Work = (scene: Scene, index: number) => Promise<void>;

export function sceneOf(world: World, queues: readonly Queue[]): Scene {
  return {
    ...{ world, ids: world.ids, entries: [], readers: [], firedAtMs: [], failed: new Set() },
    queues: new Map(queues.map((queue) => [queue.name, queue])),
    ...{ tickedUntilMs: 0, draining: false, ended: false, keys: 0 },
  };
}

export function queueOf(scene: Scene, name: string): Queue {
  const queue = scene.queues.get(name);
  if (!queue) throw new Error(`The simulation has no queue ${name}.`);
  return queue;
}

/** A node that takes requests; waits until there is one. */
export async function anyNode(scene: Scene): Promise<Node> {
  const { world, ids } = scene;
  for (;;) {
    const up = world.nodes.filter((node) => node.isUp);
    const node = up[Math.floor(ids.random() * up.length)];
    if (node) return node;
    await world.pause(500);
  }
}

/** Asks a node, whichever it is. */
export async function ask(
  scene: Scene,
  service: string,
  operation: string,
  input: object,
): Promise<Reply> {
  return (await anyNode(scene)).ask(service, operation, input);
}

/** Refusals that say that the same request may be made again, and that nothing was done. */
const BUSY = new Set([
  ...['TransactionConflictException', 'TransactionCanceledException'],
  ...['ThrottlingException', 'ProvisionedThroughputExceededException', 'down'],
]);

/** A refusal for which this client has no explanation is a complaint. */
export function explain(scene: Scene, what: string, reply: Reply, known: readonly string[] = []) {
  const { code } = reply;
  if (code === undefined || BUSY.has(code) || known.includes(code)) return;
  scene.world.complaints.push(`${what} was refused with ${code}`);
}

/** A text that nobody else writes, and the key that it carries. */
export function newText(scene: Scene): { readonly key: string; readonly text: string } {
  const key = `k${scene.keys++}`;
  return { key, text: JSON.stringify({ key, pad: scene.ids.hex(2) }) };
}

export function keyOf(text: string): string {
  return /^\{"key":"([^"]+)"/.exec(text)?.[1] ?? `unreadable ${text.slice(0, 40)}`;
}

export const spanOf = ({ invokedAtMs, returnedAtMs, outcome }: Reply) => ({
  ...{ invokedAtMs, returnedAtMs, outcome },
});

export type TableEntry = ItemCall | Transaction;

export function oneOf<Value>(ids: Ids, values: readonly Value[]): Value {
  const value = values[Math.floor(ids.random() * values.length)];
  if (value === undefined) throw new Error('There is nothing to choose from.');
  return value;
}

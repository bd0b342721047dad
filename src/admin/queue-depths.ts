/** How much is in the queues of the map: what has changed since it was told last. */
import type { QueueDepth } from '../admin-api/index.ts';
import type { Depths } from '../delivery/lens.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Topology } from './topology.ts';

/** Queues counted, those with traffic first. */
const MOST_QUEUES = 200;

interface Told {
  readonly depth: QueueDepth;
  /** When its oldest message was born: an age grows by itself, which is nothing new. */
  readonly oldestAtMs: number;
}

export class QueueDepths {
  readonly #stack: Stack;
  readonly #topology: Topology;
  /** The latest last. */
  readonly #active = new Set<string>();
  #told = new Map<string, Told>();

  constructor(stack: Stack, topology: Topology) {
    this.#stack = stack;
    this.#topology = topology;
  }

  get all(): Depths {
    return Object.fromEntries([...this.#told].map(([arn, { depth }]) => [arn, depth]));
  }

  /** Something happened there. */
  touch(arns: Iterable<string>): void {
    for (const arn of arns) {
      if (this.#topology.nodes.get(arn)?.kind !== 'queue') continue;
      this.#active.delete(arn);
      this.#active.add(arn);
    }
    for (const arn of this.#active) {
      if (this.#active.size <= MOST_QUEUES) break;
      this.#active.delete(arn);
    }
  }

  /** Counts, and answers with those that differ from what was told before. */
  async changes(): Promise<Depths> {
    const { clock, lenses } = this.#stack;
    const arns = this.#wanted();
    const changed: Record<string, QueueDepth> = {};
    const told = new Map<string, Told>();
    for (const lens of lenses.values()) {
      const depths = Object.entries((await lens.depths?.(this.#stack, arns)) ?? {});
      for (const [arn, depth] of depths) {
        const now: Told = { depth, oldestAtMs: clock.nowMs() - depth.oldestAgeMs };
        if (differ(this.#told.get(arn), now)) changed[arn] = depth;
        told.set(arn, now);
      }
    }
    this.#told = told;
    return changed;
  }

  #wanted(): readonly string[] {
    const { nodes } = this.#topology;
    const wanted = new Set([...this.#active].filter((arn) => nodes.has(arn)));
    for (const { arn, kind } of nodes.values()) {
      if (wanted.size >= MOST_QUEUES) break;
      if (kind === 'queue') wanted.add(arn);
    }
    return [...wanted];
  }
}

function differ(before: Told | undefined, now: Told): boolean {
  if (!before) return true;
  const isSame = (name: 'visible' | 'inFlight' | 'delayed') =>
    before.depth[name] === now.depth[name];
  const isSameCount = isSame('visible') && isSame('inFlight') && isSame('delayed');
  return !isSameCount || (holds(now.depth) && before.oldestAtMs !== now.oldestAtMs);
}

function holds({ visible, inFlight, delayed }: QueueDepth): boolean {
  return visible + inFlight + delayed > 0;
}

/**
 * What moves on the map, read from the journal by position: nobody who writes to it knows that
 * somebody follows. Of much a sample is read, so that following costs the same under any load.
 */
import type { Stack } from '../delivery/stack.ts';
import { decodeFact } from '../journal/journal.ts';
import { boundsOf, journalsOf } from '../journal/logs.ts';
import { placesOf, publicationEdge } from './map.ts';
import { type EdgeMove, type Move, movesOf } from './moves.ts';
import { Publishers } from './publishers.ts';
import { type Appended, type Sample, sampleOf } from './samples.ts';
import { Tally } from './tally.ts';
import type { Topology } from './topology.ts';

/** Facts read of those that came since the last look. */
const MOST_FACTS = 1_000;

export interface Moved {
  readonly tally: Tally;
  readonly sampled: number;
}

export class Movements {
  readonly #stack: Stack;
  readonly #topology: Topology;
  readonly #publishers = new Publishers();
  readonly #next = new Map<string, number>();

  constructor(stack: Stack, topology: Topology) {
    this.#stack = stack;
    this.#topology = topology;
  }

  /** What is in the journal already is not told. */
  async begin(): Promise<void> {
    await this.#appended();
  }

  /** What has moved since the last look. */
  async look(): Promise<Moved> {
    const sample = await sampleOf(this.#stack.storage, await this.#appended(), MOST_FACTS);
    const tally = new Tally();
    if (sample.entries.length > 0) await this.#count(sample, tally);
    return { tally, sampled: sample.sampled };
  }

  async #appended(): Promise<readonly Appended[]> {
    const { storage, journal } = this.#stack;
    const logs = await boundsOf(storage, journal.on ? journalsOf(storage) : []);
    return logs.map(({ log, first, next }): Appended => {
      const from = Math.max(first, this.#next.get(log) ?? next);
      this.#next.set(log, next);
      return { log, from, next };
    });
  }

  async #count({ entries }: Sample, tally: Tally): Promise<void> {
    const moves: { readonly move: Move; readonly weight: number }[] = [];
    for (const { entry, weight } of entries) {
      const fact = decodeFact(entry);
      for (const move of movesOf(fact)) moves.push({ move, weight });
      for (const found of this.#publishers.take(fact, weight)) {
        tally.edge(publicationEdge(found), 'ok', found.weight);
      }
    }
    await this.#know(moves.flatMap(({ move }) => ('node' in move ? [] : [move])));
    for (const { move, weight } of moves) {
      if ('node' in move) tally.node(move.node, move.count, weight);
      else tally.edge(this.#topology.edge(move), move.count, weight);
    }
  }

  /** An edge that is on no map yet may be one that a new resource says. */
  async #know(moves: readonly EdgeMove[]): Promise<void> {
    await this.#topology.learn(placesOf(new Set(moves.map(({ source }) => source))));
    const isNew = (move: EdgeMove) => !this.#topology.find(move) && !this.#topology.hasMade(move);
    if (moves.some(isNew)) await this.#topology.refresh();
  }
}

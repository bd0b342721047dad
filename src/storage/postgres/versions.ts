/**
 * Versions of rows: a node takes many numbers of the sequence at once. They differ, on all nodes
 * and after every restart; that is all that is asked of them.
 */
import { type Schema, type Statement, statement } from './names.ts';
import { VERSIONS_AT_ONCE } from './schema.ts';
import type { Transaction } from './transaction.ts';

export class Versions {
  readonly #take: Statement;
  #next = 0;
  /** The first number that is not ours. */
  #end = 0;

  constructor(schema: Schema) {
    this.#take = statement('version-take', `SELECT nextval('${schema.at('version')}')`);
  }

  /** Sees to it that `count` numbers are at hand; sends before it returns if it has to. */
  async reserve(tx: Transaction, count: number): Promise<void> {
    if (this.#end - this.#next >= count) return;
    // Numbers once taken are ours, whatever becomes of the transaction.
    const [row] = await tx.query<readonly [number]>(this.#take);
    this.#next = row?.[0] ?? 0;
    this.#end = this.#next + VERSIONS_AT_ONCE;
  }

  take(): number {
    if (this.#next >= this.#end) throw new Error('No versions were reserved.');
    this.#next += 1;
    return this.#next - 1;
  }
}

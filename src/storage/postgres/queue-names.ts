/**
 * Ids of queues by name. They never change, so a node asks once.
 *
 * A queue's row is made by the first transaction that puts a message into it, and is known to the
 * node when that is committed.
 */
import { type Schema, type Statement, statement } from './names.ts';
import { booleanArray, fromStored, textArray, toStored } from './text.ts';

export interface QueueRow {
  readonly id: number;
  readonly name: string;
  /** Whether its messages take turns; once they do, they always do. */
  readonly ordered: boolean;
}

/** How to ask: inside a transaction or outside of any. */
export interface Asking {
  query<Row extends readonly unknown[]>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>;
}

export class QueueNames {
  readonly #known = new Map<string, QueueRow>();
  /** Made by the running transaction. */
  readonly #made = new Map<string, QueueRow>();
  readonly #find: Statement;
  readonly #make: Statement;
  readonly #order: Statement;

  constructor(schema: Schema) {
    const queue = schema.at('queue');
    this.#find = statement(
      'queue_find',
      `SELECT id, name, ordered FROM ${queue} WHERE name = ANY($1)`,
    );
    this.#make = statement(
      'queue_make',
      `INSERT INTO ${queue} (name, ordered)
       SELECT name, ordered FROM unnest($1::text[], $2::boolean[]) AS one (name, ordered)
       ORDER BY name ON CONFLICT (name) DO NOTHING`,
    );
    this.#order = statement('queue_order', `UPDATE ${queue} SET ordered = true WHERE id = $1`);
  }

  begin(): void {
    this.#made.clear();
  }

  end(committed: boolean): void {
    if (committed) for (const [name, row] of this.#made) this.#known.set(name, row);
    this.#made.clear();
  }

  known(name: string): QueueRow | undefined {
    return this.#made.get(name) ?? this.#known.get(name);
  }

  /** Looks those up that are not known. Afterwards, one that is not known does not exist. */
  async find(asking: Asking, names: Iterable<string>): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !this.known(name));
    if (unknown.length === 0) return;
    await this.#load(asking, unknown, this.#known);
  }

  /** As `find`; what does not exist is made. `names` says whether messages take turns. */
  async findOrMake(asking: Asking, names: ReadonlyMap<string, boolean>): Promise<void> {
    await this.find(asking, names.keys());
    const missing = [...names.keys()].filter((name) => !this.known(name));
    if (missing.length > 0) {
      const ordered = missing.map((name) => names.get(name) === true);
      void asking
        .query(this.#make, [textArray(missing.map(toStored)), booleanArray(ordered)])
        .catch(() => {});
      await this.#load(asking, missing, this.#made);
    }
    for (const [name, ordered] of names) {
      const row = this.known(name);
      if (!row || row.ordered || !ordered) continue;
      void asking.query(this.#order, [row.id]).catch(() => {});
      this.#made.set(name, { ...row, ordered });
    }
  }

  /** Another node has said that its messages take turns. */
  nowOrdered(row: QueueRow): void {
    this.#known.set(row.name, { ...row, ordered: true });
  }

  async #load(
    asking: Asking,
    names: readonly string[],
    into: Map<string, QueueRow>,
  ): Promise<void> {
    const rows = await asking.query<readonly [number, string, boolean]>(this.#find, [
      textArray(names.map(toStored)),
    ]);
    for (const [id, stored, ordered] of rows) {
      const name = fromStored(stored);
      into.set(name, { id, name, ordered });
    }
  }
}

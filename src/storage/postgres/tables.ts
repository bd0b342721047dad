/**
 * Tables: what a group does to rows.
 *
 * Every row that is written or asked about is read and locked first, in the order of the keys.
 * What is not there cannot be locked: a new row is inserted and not merged, so that another node's
 * row of the same key fails the transaction, which then runs again and sees it. Where a list only
 * relies on a row's absence, a row is put in its place until the commit, which has the same effect
 * on others.
 */
import { crc32 } from 'node:zlib';
import { type Check, Conflict, type Put, type Receipt, type Remove } from '../storage.ts';
import { type Schema, type Statement, statement } from './names.ts';
import type { Stage, Undo } from './stage.ts';
import { numberArray, type StoredKey, textArray, toStored, toStoredKey } from './text.ts';
import type { Transaction } from './transaction.ts';
import { Versions } from './versions.ts';

export type TableWrite = Put | Remove | Check;

/** A row as the transaction sees it, and as the lists of this round leave it. */
interface Entry {
  readonly kind: string;
  readonly partition: string;
  readonly key: StoredKey;
  /** In the database, as of the last flush; 0 for none. */
  stored: number;
  version: number;
  value: string;
  /** Some list that goes through was told that there is no such row. */
  absenceCounts: boolean;
}

type Locked = readonly [place: number, version: number];

const NOTHING: Receipt = Object.freeze({});

export class TableStage implements Stage<TableWrite> {
  readonly #node: number;
  readonly #versions: Versions;
  readonly #statements: ReturnType<typeof tableStatements>;
  readonly #entries = new Map<string, Entry>();
  /** Names of those that nobody else may change or look at to rely on it. */
  readonly #held = new Set<string>();
  /** Those that were written or relied on since the last flush. */
  readonly #touched = new Set<Entry>();
  /** As `kind\npartition`. */
  readonly #changed = new Map<string, readonly [kind: string, partition: string]>();
  #undo: Undo[] = [];

  constructor(schema: Schema, node: number) {
    this.#node = node;
    this.#versions = new Versions(schema);
    this.#statements = tableStatements(schema);
  }

  begin(): void {
    this.#entries.clear();
    this.#held.clear();
    this.#touched.clear();
    this.#changed.clear();
    this.#undo = [];
  }

  async prepare(tx: Transaction, writes: readonly TableWrite[]): Promise<void> {
    const puts = writes.filter(({ kind }) => kind === 'put').length;
    const reserved = puts > 0 ? this.#versions.reserve(tx, puts) : undefined;
    // Together: a lost connection fails both, and an error that nobody waits for ends the process.
    await Promise.all([reserved, this.#lock(tx, writes)]);
  }

  mark(): Undo {
    const { length } = this.#undo;
    return () => {
      while (this.#undo.length > length) this.#undo.pop()?.();
    };
  }

  apply(write: TableWrite): Receipt {
    const entry = this.#entry(write);
    if (write.ifVersion !== undefined) {
      check(write, entry.version, write.ifVersion);
      if (entry.stored === 0) this.#change(entry, { absenceCounts: true });
    }
    switch (write.kind) {
      case 'check':
        return NOTHING;
      case 'put': {
        const version = this.#versions.take();
        this.#change(entry, { version, value: write.value });
        return { version };
      }
      case 'remove':
        if (entry.version !== 0) this.#change(entry, { version: 0, value: '' });
        return NOTHING;
    }
  }

  async flush(tx: Transaction): Promise<void> {
    this.#undo = [];
    if (this.#touched.size === 0) return;
    const touched = [...this.#touched].sort(byKey);
    this.#touched.clear();
    const isNew = ({ stored, version }: Entry) => stored === 0 && version !== 0;
    const isPlace = ({ stored, version, absenceCounts }: Entry) =>
      stored === 0 && version === 0 && absenceCounts;
    const inserted = touched.filter((entry) => isNew(entry) || isPlace(entry));
    const updated = touched.filter(
      ({ stored, version }) => stored !== 0 && version !== 0 && version !== stored,
    );
    const removed = touched.filter(
      (entry) => isPlace(entry) || (entry.stored !== 0 && entry.version === 0),
    );
    const { insert, update, remove } = this.#statements;
    const sent = [
      ...(inserted.length > 0 ? [tx.change(insert, toRows(inserted))] : []),
      ...(updated.length > 0 ? [tx.change(update, toRows(updated))] : []),
      ...(removed.length > 0 ? [tx.change(remove, toKeys(removed))] : []),
    ];
    for (const entry of touched) {
      if (entry.stored === entry.version) continue;
      const { kind, partition } = entry;
      this.#changed.set(`${kind}\n${partition}`, [kind, partition]);
      entry.stored = entry.version;
    }
    await Promise.all(sent);
  }

  async finish(tx: Transaction): Promise<void> {
    if (this.#changed.size === 0) return;
    const changed = [...this.#changed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, at]) => at);
    await tx.change(this.#statements.revise, [
      textArray(changed.map(([kind]) => kind)),
      textArray(changed.map(([, partition]) => partition)),
      this.#node,
    ]);
  }

  end(): void {
    this.begin();
  }

  /**
   * Rows that are looked at alone are locked for sharing: many nodes check one row (of a table's
   * description, say) with each of their commits. They come first; where two nodes then wait for
   * each other after all, the database says so and one of them begins anew.
   */
  async #lock(tx: Transaction, writes: readonly TableWrite[]): Promise<void> {
    const looked = new Map<string, Entry>();
    const held = new Map<string, Entry>();
    for (const write of writes) {
      const name = nameOf(write);
      if (write.kind === 'check') {
        if (!this.#entries.has(name) && !held.has(name)) looked.set(name, toEntry(write));
      } else if (!this.#held.has(name)) {
        held.set(name, looked.get(name) ?? this.#entries.get(name) ?? toEntry(write));
        looked.delete(name);
      }
    }
    const { share, lock } = this.#statements;
    await Promise.all([this.#read(tx, share, looked), this.#read(tx, lock, held)]);
    for (const name of held.keys()) this.#held.add(name);
  }

  async #read(tx: Transaction, lock: Statement, wanted: ReadonlyMap<string, Entry>): Promise<void> {
    if (wanted.size === 0) return;
    const entries = [...wanted.values()].sort(byKey);
    const rows = await tx.query<Locked>(lock, toKeys(entries));
    for (const [place, version] of rows) {
      const entry = entries[place - 1];
      if (entry) entry.stored = entry.version = version;
    }
    for (const [name, entry] of wanted) this.#entries.set(name, entry);
  }

  #entry(write: TableWrite): Entry {
    const entry = this.#entries.get(nameOf(write));
    if (!entry) throw new Error(`Row ${write.key} of ${write.partition} was not prepared.`);
    return entry;
  }

  #change(entry: Entry, change: Partial<Pick<Entry, 'version' | 'value' | 'absenceCounts'>>): void {
    const { version, value, absenceCounts } = entry;
    this.#undo.push(() => Object.assign(entry, { version, value, absenceCounts }));
    Object.assign(entry, change);
    this.#touched.add(entry);
  }
}

function check({ key, partition }: TableWrite, version: number, ifVersion: number): void {
  if (version === ifVersion) return;
  const is = version === 0 ? 'does not exist' : `has version ${version}`;
  throw new Conflict(`Row ${key} of ${partition} ${is}, not version ${ifVersion}.`);
}

function toEntry({ table, partition, key }: TableWrite): Entry {
  const at = { kind: toStored(table), partition: toStored(partition), key: toStoredKey(key) };
  return { ...at, stored: 0, version: 0, value: '', absenceCounts: false };
}

function nameOf({ table, partition, key }: TableWrite): string {
  return `${table}\n${partition}\n${key}`;
}

/** Any order will do as long as all nodes have the same one. */
function byKey(a: Entry, b: Entry): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  if (a.partition !== b.partition) return a.partition < b.partition ? -1 : 1;
  if (a.key.head !== b.key.head) return a.key.head < b.key.head ? -1 : 1;
  return a.key.digest < b.key.digest ? -1 : 1;
}

function toKeys(entries: readonly Entry[]): readonly string[] {
  return [
    textArray(entries.map(({ kind }) => kind)),
    textArray(entries.map(({ partition }) => partition)),
    textArray(entries.map(({ key }) => key.head)),
    textArray(entries.map(({ key }) => key.digest)),
  ];
}

function toRows(entries: readonly Entry[]): readonly string[] {
  return [
    ...toKeys(entries),
    textArray(entries.map(({ key }) => key.tail)),
    numberArray(entries.map(({ version }) => version)),
    numberArray(entries.map(({ value }) => crc32(value))),
    textArray(entries.map(({ value }) => toStored(value))),
  ];
}

/** Keys named by four arrays: kinds, partitions, heads and digests. */
const KEYS = 'unnest($1::text[], $2::text[], $3::text[], $4::text[])';

/**
 * The columns of the rows named by `$1` to `$4`, each with the place of its key. One row is looked
 * for at a time, by its key: a join of the two could be planned the other way round while the
 * table is empty, and such a plan is kept when it has filled up.
 */
export function rowsOf(item: string, columns: string, lock = ''): string {
  return `SELECT k.place, i.* FROM ${KEYS} WITH ORDINALITY
      AS k (kind, partition, head, digest, place)
    CROSS JOIN LATERAL (${oneRow(item, columns)} ${lock} OFFSET 0) AS i`;
}

function oneRow(item: string, columns: string): string {
  return `SELECT ${columns} FROM ${item} AS i WHERE i.kind = k.kind
    AND i.partition = k.partition AND i.head = k.head AND i.digest = k.digest`;
}

export function tableStatements(
  schema: Schema,
): Record<'lock' | 'share' | 'insert' | 'update' | 'remove' | 'revise', Statement> {
  const item = schema.at('item');
  const revision = schema.at('revision');
  const more = '$5::text[], $6::bigint[], $7::bigint[], $8::text[]';
  const rows = `unnest($1::text[], $2::text[], $3::text[], $4::text[], ${more})
    AS k (kind, partition, head, digest, tail, version, seal, value)`;
  // Where a row is: they are locked, so none moves before it is written.
  const at = (keys: string) => `(SELECT at.*, k.* FROM ${keys}
    CROSS JOIN LATERAL (${oneRow(item, 'i.tableoid AS part, i.ctid AS spot')} OFFSET 0) AS at
    OFFSET 0) AS k`;
  const there = 'i.ctid = k.spot AND i.tableoid = k.part';
  return {
    lock: statement('item-lock', rowsOf(item, 'i.version', 'FOR UPDATE')),
    share: statement('item-share', rowsOf(item, 'i.version', 'FOR SHARE')),
    insert: statement(
      'item-insert',
      `INSERT INTO ${item} (kind, partition, head, digest, tail, version, seal, value)
       SELECT * FROM ${rows}`,
    ),
    update: statement(
      'item-update',
      `UPDATE ${item} AS i SET version = k.version, seal = k.seal, value = k.value
       FROM ${at(rows)} WHERE ${there}`,
    ),
    remove: statement(
      'item-remove',
      `DELETE FROM ${item} AS i USING ${at(`${KEYS} AS k (kind, partition, head, digest)`)}
       WHERE ${there}`,
    ),
    revise: statement(
      'revision-add',
      `INSERT INTO ${revision} AS r (kind, partition, node, changes)
       SELECT kind, partition, $3::int, 1 FROM unnest($1::text[], $2::text[]) AS k (kind, partition)
       ON CONFLICT (kind, partition, node) DO UPDATE SET changes = r.changes + 1`,
    ),
  };
}

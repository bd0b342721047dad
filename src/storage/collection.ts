/**
 * A table of JSON documents, kept parsed for as long as nothing changes.
 *
 * `get` and `list` answer with the same frozen objects until a commit changes the row (for
 * `list`: any row of the partition), so what is derived from one may be kept in a WeakMap with
 * that object as its key.
 */
import type { Put, Remove, Row, Storage, TableName } from './storage.ts';

export interface Stored<T> {
  readonly key: string;
  readonly value: T;
  readonly version: number;
}

interface Partition<T> {
  /** Revision that `rows` was read at; -1 before the first time. */
  listedAt: number;
  rows: readonly Stored<T>[];
  readonly known: Map<string, { readonly revision: number; readonly row: Stored<T> | undefined }>;
}

/** Rows kept parsed for one partition; past it the memory starts anew. */
const MOST_KNOWN = 10_000;

export class Collection<T extends object> {
  readonly #storage: Storage;
  readonly #table: TableName;
  readonly #partitions = new Map<string, Partition<T>>();

  constructor(storage: Storage, table: TableName) {
    this.#storage = storage;
    this.#table = table;
  }

  async get(partition: string, key: string): Promise<Stored<T> | undefined> {
    const revision = await this.#storage.revision(this.#table, partition);
    const { known } = this.#partition(partition);
    const before = known.get(key);
    if (before?.revision === revision) return before.row;
    const read = await this.#storage.get(this.#table, partition, key);
    const row = read && parse(read, before?.row);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, { revision, row });
    return row;
  }

  /** All documents of the partition in key order. The array is the same until one changes. */
  async list(partition: string): Promise<readonly Stored<T>[]> {
    const revision = await this.#storage.revision(this.#table, partition);
    const cached = this.#partition(partition);
    if (cached.listedAt === revision) return cached.rows;
    const read = await this.#storage.scan(this.#table, partition);
    const before = new Map(cached.rows.map((row) => [row.key, row]));
    cached.rows = read.map((row) => parse(row, before.get(row.key)));
    cached.listedAt = revision;
    return cached.rows;
  }

  put(partition: string, key: string, value: T, ifVersion?: number): Put {
    const text = JSON.stringify(value);
    const put = { kind: 'put', table: this.#table, partition, key, value: text } as const;
    return ifVersion === undefined ? put : { ...put, ifVersion };
  }

  remove(partition: string, key: string, ifVersion?: number): Remove {
    const remove = { kind: 'remove', table: this.#table, partition, key } as const;
    return ifVersion === undefined ? remove : { ...remove, ifVersion };
  }

  #partition(partition: string): Partition<T> {
    let found = this.#partitions.get(partition);
    if (!found) {
      found = { listedAt: -1, rows: [], known: new Map() };
      this.#partitions.set(partition, found);
    }
    return found;
  }
}

function parse<T extends object>(row: Row, before: Stored<T> | undefined): Stored<T> {
  if (before?.version === row.version) return before;
  const value = Object.freeze(JSON.parse(row.value) as T);
  return { key: row.key, value, version: row.version };
}

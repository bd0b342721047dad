/**
 * Tables: rows of text under a partition and a key.
 */
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { damaged } from '../damaged.ts';
import { bytesCompare, endOfPrefix } from '../prefix.ts';
import {
  type Check,
  Conflict,
  Corrupt,
  type Put,
  type Receipt,
  type Remove,
  type Row,
  type Scan,
} from '../storage.ts';
import { rowOf, rowsOf, runOf } from './database.ts';
import type { Sequence } from './sequence.ts';
import type { Undo } from './undo.ts';

type ItemRow = readonly [version: number, seal: number, value: string];
type KeyedRow = readonly [...row: ItemRow, key: string];

/** What LIMIT takes for none. */
const UNLIMITED = -1;

export class Tables {
  readonly #sequence: Sequence;
  readonly #undo: Undo;
  readonly #ids = new Map<string, number>();
  /** Partitions that the running group has changed. */
  readonly #changed = new Set<string>();
  readonly #revisions = new Map<string, number>();
  /** Revision of every partition that has not changed since the start. */
  readonly #revisionAtStart: number;
  readonly #findKind;
  readonly #insertKind;
  readonly #version;
  readonly #put;
  readonly #insert;
  readonly #update;
  readonly #remove;
  readonly #get;
  readonly #scans;

  constructor(sql: DatabaseSync, undo: Undo, sequence: Sequence, commits: number) {
    this.#undo = undo;
    this.#sequence = sequence;
    this.#revisionAtStart = commits;
    this.#findKind = rowOf<[number]>(sql, 'SELECT id FROM kind WHERE name = ?');
    this.#insertKind = rowOf<[number]>(sql, 'INSERT INTO kind (name) VALUES (?) RETURNING id');
    const where = 'WHERE kind = ? AND partition = ? AND key = ?';
    this.#version = rowOf<[number]>(sql, `SELECT version FROM item ${where}`);
    const insert = 'INSERT INTO item VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO';
    // A row that stays where it is leaves the index of keys as it is.
    const change = 'UPDATE SET version = excluded.version, seal = excluded.seal';
    this.#put = runOf(sql, `${insert} ${change}, value = excluded.value`);
    this.#insert = runOf(sql, `${insert} NOTHING`);
    const values = 'version = ?, seal = ?, value = ?';
    this.#update = runOf(sql, `UPDATE item SET ${values} ${where} AND version = ?`);
    this.#remove = runOf(sql, `DELETE FROM item ${where}`);
    this.#get = rowOf<ItemRow>(sql, `SELECT version, seal, value FROM item ${where}`);
    const scan = (from: string, order: string) =>
      rowsOf<KeyedRow>(
        sql,
        `SELECT version, seal, value, key FROM item
         WHERE kind = ? AND partition = ? AND key ${from} ? AND key < ?
         ORDER BY key ${order} LIMIT ?`,
      );
    this.#scans = {
      up: { from: scan('>=', 'ASC'), after: scan('>', 'ASC') },
      down: { from: scan('>=', 'DESC'), after: scan('>', 'DESC') },
    };
  }

  put(put: Put): Receipt {
    const { table, partition, key, ifVersion } = put;
    const kind = this.#findId(table) ?? this.#makeId(table);
    const version = this.#sequence.next();
    if (this.#store(kind, put, version) === 0) {
      throw this.#conflict(kind, partition, key, ifVersion);
    }
    this.#changed.add(`${table}\n${partition}`);
    return { version };
  }

  /** How many rows it changed: none when the condition, which it looks at itself, does not hold. */
  #store(kind: number, { partition, key, value, ifVersion }: Put, version: number): number {
    const seal = crc32(value);
    if (ifVersion === undefined) return this.#put(kind, partition, key, version, seal, value);
    if (ifVersion === 0) return this.#insert(kind, partition, key, version, seal, value);
    return this.#update(version, seal, value, kind, partition, key, ifVersion);
  }

  remove({ table, partition, key, ifVersion }: Remove): Receipt {
    const kind = this.#findId(table);
    this.#check(kind, partition, key, ifVersion);
    if (kind !== undefined && this.#remove(kind, partition, key) > 0) {
      this.#changed.add(`${table}\n${partition}`);
    }
    return NOTHING;
  }

  check({ table, partition, key, ifVersion }: Check): Receipt {
    this.#check(this.#findId(table), partition, key, ifVersion);
    return NOTHING;
  }

  get(table: string, partition: string, key: string): Row | undefined {
    const kind = this.#findId(table);
    const row = kind === undefined ? undefined : this.#get(kind, partition, key);
    return row && toRow(table, partition, key, row);
  }

  scan(table: string, partition: string, scan: Scan): readonly Row[] {
    const { after, before, prefix = '', limit = UNLIMITED, reverse = false } = scan;
    const kind = this.#findId(table);
    if (kind === undefined) return [];
    const end = firstOf(endOfPrefix(prefix), before);
    const going = reverse ? this.#scans.down : this.#scans.up;
    const rows =
      after !== undefined && bytesCompare(after, prefix) >= 0
        ? going.after(kind, partition, after, end, limit)
        : going.from(kind, partition, prefix, end, limit);
    return rows.map((row) => toRow(table, partition, row[3], row));
  }

  revision(table: string, partition: string): number {
    return this.#revisions.get(`${table}\n${partition}`) ?? this.#revisionAtStart;
  }

  /** The group was committed under the number `commit`. */
  committed(commit: number): void {
    for (const partition of this.#changed) this.#revisions.set(partition, commit);
    this.#changed.clear();
  }

  #check(kind: number | undefined, partition: string, key: string, ifVersion?: number): void {
    if (ifVersion === undefined) return;
    const version = kind === undefined ? undefined : this.#version(kind, partition, key)?.[0];
    if ((version ?? 0) !== ifVersion) throw this.#conflict(kind, partition, key, ifVersion);
  }

  #conflict(kind: number | undefined, partition: string, key: string, ifVersion?: number) {
    const version = kind === undefined ? undefined : this.#version(kind, partition, key)?.[0];
    const is = version === undefined ? 'does not exist' : `has version ${version}`;
    return new Conflict(`Row ${key} of ${partition} ${is}, not version ${ifVersion}.`);
  }

  #findId(table: string): number | undefined {
    const known = this.#ids.get(table);
    if (known !== undefined) return known;
    const id = this.#findKind(table)?.[0];
    if (id !== undefined) this.#ids.set(table, id);
    return id;
  }

  #makeId(table: string): number {
    const id = this.#insertKind(table)?.[0] ?? 0;
    this.#ids.set(table, id);
    this.#undo.touch({
      save: () => () => {
        this.#ids.delete(table);
      },
    });
    return id;
  }
}

/** The lower of two upper bounds; a blob is above all text. */
function firstOf(end: string | Uint8Array, before: string | undefined): string | Uint8Array {
  if (before === undefined) return end;
  return typeof end === 'string' && bytesCompare(end, before) < 0 ? end : before;
}

const NOTHING: Receipt = Object.freeze({});

function toRow(
  table: string,
  partition: string,
  key: string,
  [version, seal, value]: ItemRow | KeyedRow,
): Row {
  if (crc32(value) !== seal) {
    throw new Corrupt(damaged(`Row ${key} in partition ${partition} of table ${table}`));
  }
  return { key, value, version };
}

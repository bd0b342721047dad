/**
 * Tables: rows of text under a partition and a key.
 */
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
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
import { damaged } from './bodies.ts';
import { rowOf, rowsOf, runOf } from './database.ts';
import { bytesCompare, endOfPrefix } from './prefix.ts';
import type { Sequence } from './sequence.ts';
import type { Undo } from './undo.ts';

type ItemRow = readonly [key: string, version: number, seal: number, value: string];

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
    this.#put = runOf(sql, 'INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?)');
    this.#remove = runOf(sql, `DELETE FROM item ${where}`);
    this.#get = rowOf<ItemRow>(sql, `SELECT key, version, seal, value FROM item ${where}`);
    const scan = (from: string, order: string) =>
      rowsOf<ItemRow>(
        sql,
        `SELECT key, version, seal, value FROM item
         WHERE kind = ? AND partition = ? AND key ${from} ? AND key < ?
         ORDER BY key ${order} LIMIT ?`,
      );
    this.#scans = {
      up: { from: scan('>=', 'ASC'), after: scan('>', 'ASC') },
      down: { from: scan('>=', 'DESC'), after: scan('>', 'DESC') },
    };
  }

  put({ table, partition, key, value, ifVersion }: Put): Receipt {
    const kind = this.#findId(table) ?? this.#makeId(table);
    this.#check(kind, partition, key, ifVersion);
    const version = this.#sequence.next();
    this.#put(kind, partition, key, version, crc32(value), value);
    this.#changed.add(`${table}\n${partition}`);
    return { version };
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
    return row && toRow(table, partition, row);
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
    return rows.map((row) => toRow(table, partition, row));
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
    if ((version ?? 0) === ifVersion) return;
    const is = version === undefined ? 'does not exist' : `has version ${version}`;
    throw new Conflict(`Row ${key} of ${partition} ${is}, not version ${ifVersion}.`);
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

function toRow(table: string, partition: string, [key, version, seal, value]: ItemRow): Row {
  if (crc32(value) !== seal) {
    throw new Corrupt(damaged(`Row ${key} in partition ${partition} of table ${table}`));
  }
  return { key, value, version };
}

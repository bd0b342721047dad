/** Tables as they are imported: rows with the versions that they had. */
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { KeptRow } from '../transfer.ts';
import { rowOf, runOf } from './database.ts';

export class TableFilling {
  readonly #ids = new Map<string, number>();
  readonly #make;
  readonly #insert;

  constructor(sql: DatabaseSync) {
    this.#make = rowOf<[number]>(sql, 'INSERT INTO kind (name) VALUES (?) RETURNING id');
    this.#insert = runOf(sql, 'INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)');
  }

  row({ table, partition, key, version, value }: KeptRow): void {
    const known = this.#ids.get(table);
    const id = known ?? this.#make(table)?.[0] ?? 0;
    if (known === undefined) this.#ids.set(table, id);
    this.#insert(id, partition, key, version, crc32(value), value);
  }
}

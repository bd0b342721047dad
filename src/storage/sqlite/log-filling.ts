/** Logs as they are imported: records at the positions that they had. */
import type { DatabaseSync } from 'node:sqlite';
import { LogPacking } from '../log-packing.ts';
import { Unavailable } from '../storage.ts';
import type { KeptLog, KeptRecord } from '../transfer.ts';
import { rowOf, runOf } from './database.ts';
import { KEY } from './queue-state.ts';
import { LAST_ID } from './schema.ts';

export class LogFilling {
  readonly #packing: LogPacking;
  readonly #make;
  #id = 0;

  constructor(sql: DatabaseSync) {
    this.#make = rowOf<[number]>(
      sql,
      `INSERT INTO log (name, first, next, latest_at, bytes, gone)
       VALUES (?, ?, ?, ${Number.MIN_SAFE_INTEGER}, 0, 0) RETURNING id`,
    );
    const insert = runOf(
      sql,
      `INSERT INTO block (key, count, latest_at, bytes_before, frames, seal, text)
       VALUES (${KEY}, ?3, ?4, ?5, ?6, ?7, ?8)`,
    );
    const update = runOf(sql, 'UPDATE log SET latest_at = ?, bytes = ? WHERE id = ?');
    this.#packing = new LogPacking((block) => {
      const { first, count, latestAtMs, bytesBefore, bytes, frames, seal, text } = block;
      insert(this.#id, first, count, latestAtMs, bytesBefore, frames, seal, text);
      update(latestAtMs, bytesBefore + bytes, this.#id);
    });
  }

  begin(kept: KeptLog): void {
    this.#packing.begin(kept);
    this.#id = this.#make(kept.log, kept.first, kept.next)?.[0] ?? 0;
    if (this.#id > LAST_ID) throw new Unavailable(`More than ${LAST_ID} logs.`);
  }

  record(record: KeptRecord): void {
    this.#packing.record(record);
  }

  finish(): void {
    this.#packing.finish();
  }
}

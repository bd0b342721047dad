/**
 * Where message bodies are and how they are checked.
 *
 * A short body lies in its message's row. A long one has a row of its own, so that a lease does
 * not rewrite it, and messages of one list that carry the same string share that row; it goes
 * with the last of them. Each body has a checksum beside it, looked at on every read.
 */
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { rememberingLast } from '../../core/last-text.ts';
import { damaged } from '../damaged.ts';
import { Corrupt } from '../storage.ts';
import { rowOf, runOf } from './database.ts';

/** In UTF-16 units; a body of this length or more is stored apart. */
const LONG = 4096;

/** The text itself, or the id of its row. */
export type StoredBody = readonly [text: string, id: null] | readonly [text: null, id: number];

export class Bodies {
  readonly #insert: (...values: [number, string]) => readonly [number] | undefined;
  readonly #share: (...values: [number]) => number;
  readonly #unshare: (...values: [number, number]) => readonly [number] | undefined;
  readonly #remove: (...values: [number]) => number;
  readonly #read: (...values: [number]) => readonly [number, string] | undefined;
  /** Long bodies of the list that is being written. */
  #shared: Map<string, number> | undefined;

  constructor(sql: DatabaseSync) {
    this.#insert = rowOf(sql, 'INSERT INTO body (uses, seal, text) VALUES (1, ?, ?) RETURNING id');
    this.#share = runOf(sql, 'UPDATE body SET uses = uses + 1 WHERE id = ?');
    this.#unshare = rowOf(sql, 'UPDATE body SET uses = uses - ? WHERE id = ? RETURNING uses');
    this.#remove = runOf(sql, 'DELETE FROM body WHERE id = ?');
    this.#read = rowOf(sql, 'SELECT seal, text FROM body WHERE id = ?');
  }

  /** Bodies are shared within one list only. */
  beginList(): void {
    this.#shared = undefined;
  }

  store(text: string): StoredBody {
    if (text.length < LONG) return [text, null];
    this.#shared ??= new Map();
    const known = this.#shared.get(text);
    if (known !== undefined) {
      this.#share(known);
      return [null, known];
    }
    const id = this.#insert(crc32(text), text)?.[0] ?? 0;
    this.#shared.set(text, id);
    return [null, id];
  }

  /** `uses` messages with this body are gone. */
  release(id: number, uses = 1): void {
    const left = this.#unshare(uses, id)?.[0];
    if (left === 0) {
      this.#remove(id);
      this.#shared = undefined;
    }
  }

  /** The text of a body stored apart; `what` names its message should it be damaged. */
  read(id: number, what: () => string): string {
    const row = this.#read(id);
    if (!row || crc32(row[1]) !== row[0]) throw new Corrupt(damaged(what()));
    return row[1];
  }
}

const crcOf = rememberingLast((text) => crc32(text));

/** A message's checksum. Made of two, so that one half can change without reading the other. */
export function seal(id: string, meta: string | null, [text, bodyId]: StoredBody): number {
  return sealHead(id, meta) ^ (text === null ? bodyId | 0 : crcOf(text));
}

export function sealHead(id: string, meta: string | null): number {
  return crc32(meta === null ? id : `${id}\n${meta}`);
}

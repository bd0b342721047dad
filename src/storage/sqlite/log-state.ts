/**
 * What is kept in memory of each log: its bounds, and what the running group appends to it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type LogRecord, Unavailable } from '../storage.ts';
import { rowOf, runOf } from './database.ts';
import { LAST_ID } from './schema.ts';
import type { Remembered, Undo } from './undo.ts';

type LogRow = readonly [
  id: number,
  first: number,
  next: number,
  latestAtMs: number,
  bytes: number,
  gone: number,
];

export class Log implements Remembered {
  readonly name: string;
  readonly id: number;
  first: number;
  next: number;
  /** The greatest moment of any record so far; unlike the moments themselves it never falls. */
  latestAtMs: number;
  /** Bytes of all bodies ever appended, and of those before `first`. */
  bytes: number;
  gone: number;
  /** Appended by the running group, not yet packed. */
  pending: LogRecord[] = [];
  pendingBytes = 0;

  constructor(name: string, row: LogRow) {
    this.name = name;
    [this.id, this.first, this.next, this.latestAtMs, this.bytes, this.gone] = row;
  }

  save(): () => void {
    const { first, next, latestAtMs, bytes, gone, pending, pendingBytes } = this;
    const { length } = pending;
    return () => {
      Object.assign(this, { first, next, latestAtMs, bytes, gone, pending, pendingBytes });
      pending.length = length;
    };
  }
}

export class LogStates {
  /** Logs that the running group has written to. */
  readonly touched = new Set<Log>();
  readonly #byName = new Map<string, Log>();
  readonly #undo: Undo;
  readonly #find;
  readonly #insert;
  readonly #update;

  constructor(sql: DatabaseSync, undo: Undo) {
    this.#undo = undo;
    this.#find = rowOf<LogRow>(
      sql,
      'SELECT id, first, next, latest_at, bytes, gone FROM log WHERE name = ?',
    );
    this.#insert = rowOf<[number]>(
      sql,
      `INSERT INTO log (name, first, next, latest_at, bytes, gone)
       VALUES (?, 1, 1, ${Number.MIN_SAFE_INTEGER}, 0, 0) RETURNING id`,
    );
    this.#update = runOf(
      sql,
      'UPDATE log SET first = ?, next = ?, latest_at = ?, bytes = ?, gone = ? WHERE id = ?',
    );
  }

  find(name: string): Log | undefined {
    const known = this.#byName.get(name);
    if (known) return known;
    const row = this.#find(name);
    return row && this.#keep(new Log(name, row));
  }

  /** For a write: the log as it is or newly made, saved against undoing. */
  touch(name: string): Log {
    const log = this.find(name) ?? this.#make(name);
    this.#undo.touch(log);
    this.touched.add(log);
    return log;
  }

  write({ id, first, next, latestAtMs, bytes, gone }: Log): void {
    this.#update(first, next, latestAtMs, bytes, gone, id);
  }

  #make(name: string): Log {
    const id = this.#insert(name)?.[0] ?? 0;
    if (id > LAST_ID) throw new Unavailable(`More than ${LAST_ID} logs.`);
    const log = this.#keep(new Log(name, [id, 1, 1, Number.MIN_SAFE_INTEGER, 0, 0]));
    this.#undo.touch({
      save: () => () => {
        this.#byName.delete(name);
        this.touched.delete(log);
      },
    });
    return log;
  }

  #keep(log: Log): Log {
    this.#byName.set(log.name, log);
    return log;
  }
}

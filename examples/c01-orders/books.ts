/**
 * The shop's own database, which all its functions share: stock, money, shipments, mails, and an
 * inbox. On AWS it would be a table; here it is a file.
 *
 * `once` runs a piece of business for an idempotency key exactly once: what it changes and what it
 * wants said are written in one transaction. For a repeated key it changes nothing and says the
 * same again, so a crash between writing and saying loses nothing either. Functions are processes
 * of their own: one of them writes at a time, the others wait.
 */
import { DatabaseSync } from 'node:sqlite';
import type { Order, Said } from './events.ts';

export interface OrderState {
  readonly orderId: string;
  readonly status: string;
  readonly reserved: number;
  readonly charged: number;
  readonly shipments: number;
  readonly mails: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS inbox (worker TEXT, key TEXT, said TEXT, PRIMARY KEY (worker, key));
  CREATE TABLE IF NOT EXISTS stock (sku TEXT PRIMARY KEY, qty INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL DEFAULT 'PLACED',
    reserved INTEGER NOT NULL DEFAULT 0,
    charged INTEGER NOT NULL DEFAULT 0,
    shipments INTEGER NOT NULL DEFAULT 0,
    mails INTEGER NOT NULL DEFAULT 0,
    ready INTEGER NOT NULL DEFAULT 0,
    canceled INTEGER NOT NULL DEFAULT 0
  );
`;

type Column = 'status' | 'reserved' | 'charged' | 'shipments' | 'mails' | 'ready' | 'canceled';

export class Books {
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; ${SCHEMA}`);
  }

  once(worker: string, key: string, business: () => readonly Said[]): readonly Said[] {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const before = this.#db
        .prepare('SELECT said FROM inbox WHERE worker = ? AND key = ?')
        .get(worker, key);
      const said = before ? (JSON.parse(String(before.said)) as Said[]) : business();
      if (!before) {
        this.#db
          .prepare('INSERT INTO inbox VALUES (?, ?, ?)')
          .run(worker, key, JSON.stringify(said));
      }
      this.#db.exec('COMMIT');
      return said;
    } catch (cause) {
      this.#db.exec('ROLLBACK');
      throw cause;
    }
  }

  fillStock(sku: string, qty: number): void {
    this.#db
      .prepare('INSERT INTO stock VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET qty = excluded.qty')
      .run(sku, qty);
  }

  stockOf(sku: string): number {
    return Number(this.#db.prepare('SELECT qty FROM stock WHERE sku = ?').get(sku)?.qty ?? 0);
  }

  moveStock(order: Order, sign: 1 | -1): void {
    const move = this.#db.prepare('UPDATE stock SET qty = qty + ? WHERE sku = ?');
    for (const { sku, qty } of order.items) move.run(sign * qty, sku);
  }

  get(orderId: string, column: Column): number | string {
    const row = this.#db.prepare(`SELECT ${column} AS it FROM orders WHERE id = ?`).get(orderId);
    return (row?.it as number | string | undefined) ?? (column === 'status' ? 'PLACED' : 0);
  }

  set(orderId: string, column: Column, value: number | string): void {
    this.#db.prepare('INSERT OR IGNORE INTO orders (id) VALUES (?)').run(orderId);
    this.#db.prepare(`UPDATE orders SET ${column} = ? WHERE id = ?`).run(value, orderId);
  }

  state(orderId: string): OrderState {
    const number = (column: Column) => Number(this.get(orderId, column));
    return {
      orderId,
      status: String(this.get(orderId, 'status')),
      reserved: number('reserved'),
      charged: number('charged'),
      shipments: number('shipments'),
      mails: number('mails'),
    };
  }

  close(): void {
    this.#db.close();
  }
}

/**
 * Charges a customer, and fails as often as the event wants it to.
 *
 * Lambda tries an event again after an error, so the same one may come several times. A file in
 * place of a table counts the attempts, and sees to it that the money is taken once.
 */
import { DatabaseSync } from 'node:sqlite';

export interface Charge {
  readonly id: string;
  readonly amount: number;
  /** Attempts that fail. */
  readonly failures: number;
}

const table = new DatabaseSync(process.env.TABLE ?? 'charges.db');
table.exec(`
  PRAGMA busy_timeout = 4000;
  CREATE TABLE IF NOT EXISTS charges (
    id TEXT PRIMARY KEY, attempts INTEGER NOT NULL, amount INTEGER NOT NULL DEFAULT 0
  );
`);

export async function handler({ id, amount, failures }: Charge) {
  const row = table
    .prepare(
      `INSERT INTO charges (id, attempts) VALUES (?, 1)
       ON CONFLICT (id) DO UPDATE SET attempts = attempts + 1 RETURNING attempts`,
    )
    .get(id);
  const attempt = Number(row?.attempts);
  if (attempt <= failures) throw new Error(`The bank is busy: attempt ${attempt}.`);
  table.prepare('UPDATE charges SET amount = ? WHERE id = ?').run(amount, id);
  return { charged: amount };
}

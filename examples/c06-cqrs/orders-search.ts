/** Open orders by the words of what is in them: a full-text index. */
import type { DatabaseSync } from 'node:sqlite';
import type { Told } from './order.ts';
import { isNext, projector } from './projector.ts';
import { openFile } from './sql.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS seen (orderId TEXT PRIMARY KEY, lastVersion INTEGER NOT NULL);
  CREATE VIRTUAL TABLE IF NOT EXISTS found USING fts5 (orderId UNINDEXED, words);
`;

let index: DatabaseSync | undefined;
function open(): DatabaseSync {
  if (index) return index;
  index = openFile(process.env.SEARCH_FILE);
  index.exec(SCHEMA);
  return index;
}

export async function apply(event: Told): Promise<void> {
  const file = open();
  file.exec('BEGIN IMMEDIATE');
  try {
    change(file, event);
    file.exec('COMMIT');
  } catch (cause) {
    file.exec('ROLLBACK');
    throw cause;
  }
}

function change(file: DatabaseSync, event: Told): void {
  const { streamId: orderId, version, type, data } = event;
  const seen = file.prepare('SELECT lastVersion FROM seen WHERE orderId = ?').get(orderId);
  if (!isNext(event, Number(seen?.lastVersion ?? 0))) return;
  file.prepare('INSERT OR REPLACE INTO seen VALUES (?, ?)').run(orderId, version);
  if (type === 'ItemAdded') {
    file.prepare('INSERT INTO found VALUES (?, ?)').run(orderId, data.name);
  }
  if (type === 'OrderCancelled') {
    file.prepare('DELETE FROM found WHERE orderId = ?').run(orderId);
  }
}

/** Orders with all of the words in one of their lines. */
export function search(words: string): readonly string[] {
  const quoted = words.split(/\s+/).map((word) => `"${word.replaceAll('"', '""')}"`);
  const rows = open()
    .prepare('SELECT DISTINCT orderId FROM found WHERE found MATCH ? ORDER BY orderId')
    .all(quoted.join(' '));
  return rows.map(({ orderId }) => String(orderId));
}

export const handler = projector(apply);

/**
 * SQL about where logs begin and end.
 *
 * A log's end is its last block, found by the index: a row that said so would be rewritten by every
 * commit. Parts are in the order of positions, so that the last block is in the newest part that
 * has any of the log. When all its blocks are gone, the row of what was trimmed knows the end.
 */
import type { Schema } from './names.ts';

/** A row `e` of the log that `log` (SQL) names: next, bytes, latest_at, part, first, gone. */
export function endOf(schema: Schema, log: string): string {
  return `LATERAL (
    SELECT greatest(b.next, m.first, 1) AS next, greatest(b.bytes, m.gone, 0) AS bytes,
      greatest(b.latest_at, m.latest_at, '-infinity') AS latest_at, coalesce(b.part, 0) AS part,
      coalesce(m.first, 1) AS first, coalesce(m.gone, 0) AS gone
    FROM (VALUES (1)) AS one
    LEFT JOIN LATERAL (
      SELECT next, bytes_before + bytes AS bytes, latest_at, part FROM ${schema.at('block')}
      WHERE log = ${log} ORDER BY part DESC, first DESC LIMIT 1) AS b ON true
    LEFT JOIN ${schema.at('log')} AS m ON m.name = ${log}) AS e`;
}

/** The columns `what` of the block that holds a position, or the last before it. */
export function blockAt(schema: Schema, what: string, log: string, position: string): string {
  return `(SELECT ${what} FROM ${schema.at('block')} WHERE log = ${log} AND first <= ${position}
    ORDER BY part DESC, first DESC LIMIT 1)`;
}

/** First position of the first block that ends with a record from this moment or a later one. */
export function firstSince(schema: Schema, log: string, moment: string): string {
  return `(SELECT first FROM ${schema.at('block')} WHERE log = ${log} AND latest_at >= ${moment}
    ORDER BY part, latest_at, first LIMIT 1)`;
}

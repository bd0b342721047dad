/**
 * Work on queues that goes on in the background, in slices: removing the rows of purged messages
 * and forgotten keys, giving a long queue another delay, removing the rows of empty groups.
 */
import { type Schema, statement } from './names.ts';
import { redelayStatement } from './queue-flush-sql.ts';
import { prepareStatements } from './queue-prepare-sql.ts';
import { OF } from './queue-schema.ts';
import type { Chore } from './stage.ts';
import { booleanArray, numberArray, textArray } from './text.ts';
import type { Transaction } from './transaction.ts';

/** Rows of one slice. */
const SLICE = 1000;

export function queueChores(schema: Schema): readonly Chore[] {
  return [clearing(schema), redelaying(schema), lanes(schema)];
}

function clearing(schema: Schema): Chore {
  const [queue, message, dedup] = [schema.at('queue'), schema.at('message'), schema.at('dedup')];
  const find = statement(
    'queue_to_clear',
    `SELECT id, purged_to, forgotten_to FROM ${queue}
     WHERE greatest(purged_to, forgotten_to) > cleared_to ORDER BY id LIMIT 1`,
  );
  const clear = statement(
    'queue_clear',
    `DELETE FROM ${message} WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM ${message} WHERE queue = $1 AND position <= $2
       ORDER BY position LIMIT ${SLICE} FOR UPDATE))`,
  );
  const forget = statement(
    'queue_forget',
    `DELETE FROM ${dedup} WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM ${dedup} WHERE queue = $1 AND position <= $2
       ORDER BY key LIMIT ${SLICE} FOR UPDATE))`,
  );
  const done = statement(
    'queue_cleared',
    `UPDATE ${queue} SET cleared_to = $2 WHERE id = $1 AND cleared_to < $2`,
  );
  return {
    name: 'clear purged queues',
    everyMs: 1000,
    async slice(tx: Transaction) {
      const [row] = await tx.query<readonly [number, number, number]>(find);
      if (!row) return false;
      const [id, purgedTo, forgottenTo] = row;
      const [cleared, forgotten] = await Promise.all([
        tx.change(clear, [id, purgedTo]),
        tx.change(forget, [id, forgottenTo]),
      ]);
      if (cleared < SLICE && forgotten < SLICE) {
        await tx.query(done, [id, Math.max(purgedTo, forgottenTo)]);
      }
      return true;
    },
  };
}

function redelaying(schema: Schema): Chore {
  const find = statement(
    'queue_to_redelay',
    `SELECT queue, delay, done, until FROM ${schema.at('redelay')} ORDER BY queue LIMIT 1`,
  );
  const { lockQueues } = prepareStatements(schema);
  const redelay = redelayStatement(schema);
  return {
    name: 'redelay messages',
    everyMs: 1000,
    async slice(tx: Transaction) {
      const [found] = await tx.query<readonly [number, number, number, number]>(find);
      if (!found) return false;
      const values = [numberArray([found[0]]), booleanArray([true])];
      await tx.query(lockQueues, values);
      // Another redelay may have begun while the lock was waited for.
      const [row] = await tx.query<readonly [number, number, number, number]>(find);
      if (row && row[0] === found[0]) await tx.query(redelay, row);
      return true;
    },
  };
}

/** Goes through the groups, a page each time, and begins again some time after the last. */
function lanes(schema: Schema): Chore {
  const [lane, message] = [schema.at('lane'), schema.at('message')];
  const empty = `NOT EXISTS (SELECT FROM ${message} AS m
    WHERE ${OF.ordered('m.queue')} = ${OF.ordered('l.queue')} AND m.lane = l.lane AND m.ordered
    OFFSET 0)`;
  const page = statement(
    'queue_lane_page',
    `SELECT queue, lane FROM ${lane} WHERE (queue, lane) > ($1::int, $2::text)
     ORDER BY queue, lane LIMIT ${SLICE}`,
  );
  const lock = statement(
    'queue_lane_lock_empty',
    `SELECT l.queue, l.lane FROM unnest($1::int[], $2::text[]) AS one (queue, lane)
     CROSS JOIN LATERAL (SELECT l.queue, l.lane FROM ${lane} AS l
       WHERE l.queue = one.queue AND l.lane = one.lane AND ${empty} FOR UPDATE SKIP LOCKED) AS l`,
  );
  // Looked at once more, now that nobody can put a message in.
  const remove = statement(
    'queue_lane_remove',
    `DELETE FROM ${lane} AS l USING (
       SELECT at.place FROM unnest($1::int[], $2::text[]) AS one (queue, lane)
       CROSS JOIN LATERAL (SELECT l.ctid AS place FROM ${lane} AS l
         WHERE l.queue = one.queue AND l.lane = one.lane AND ${empty} OFFSET 0) AS at
       OFFSET 0) AS held
     WHERE l.ctid = held.place`,
  );
  let [lastQueue, lastLane] = [0, ''];
  const values = (rows: readonly (readonly [number, string])[]) => [
    numberArray(rows.map(([queue]) => queue)),
    textArray(rows.map(([, name]) => name)),
  ];
  return {
    name: 'remove empty groups',
    everyMs: 60_000,
    async slice(tx: Transaction) {
      const rows = await tx.query<readonly [number, string]>(page, [lastQueue, lastLane]);
      [lastQueue, lastLane] = rows.length < SLICE ? [0, ''] : (rows.at(-1) ?? [0, '']);
      if (rows.length === 0) return false;
      const locked = await tx.query<readonly [number, string]>(lock, values(rows));
      if (locked.length > 0) await tx.query(remove, values(locked));
      return rows.length === SLICE;
    },
  };
}

/**
 * The statements of `queue-flush.ts`. For how they are written see `OF` in `queue-schema.ts`.
 *
 * Rows are changed by where they lie. Those that are locked stay there; one that is not may move
 * while a plain settle waits for another node's transaction, so that is sent twice.
 */
import { type Schema, type Statement, statement } from './names.ts';
import { OF } from './queue-schema.ts';

export function flushStatements(schema: Schema) {
  const [queue, message, dedup] = [schema.at('queue'), schema.at('message'), schema.at('dedup')];
  const place = `CROSS JOIN LATERAL (SELECT m.ctid AS place FROM ${message} AS m
    WHERE m.queue = one.queue AND m.position = one.position OFFSET 0) AS at OFFSET 0`;
  return {
    settle: statement(
      'queue_settle',
      `DELETE FROM ${message} AS m USING (
         SELECT at.place
         FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
           AS one (queue, position, oldest, newest, alive)
         CROSS JOIN LATERAL (SELECT m.ctid AS place FROM ${message} AS m
           WHERE m.queue = one.queue AND m.position = one.position
             AND m.token + 0 BETWEEN one.oldest AND one.newest
             AND m.visible_at + 0 > one.alive OFFSET 0) AS at OFFSET 0) AS held
       WHERE m.ctid = held.place RETURNING m.position`,
    ),
    remove: statement(
      'queue_remove',
      `DELETE FROM ${message} AS m USING (
         SELECT at.place FROM unnest($1::int[], $2::bigint[]) AS one (queue, position) ${place}
       ) AS held WHERE m.ctid = held.place`,
    ),
    move: statement(
      'queue_move',
      `UPDATE ${message} AS m SET visible_at = held.visible_at, meta = held.meta,
         seal = held.seal, claims = greatest(0, m.claims - held.uncounted)
       FROM (SELECT at.place, one.*
         FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::int[], $6::int[])
           AS one (queue, position, visible_at, meta, seal, uncounted) ${place}) AS held
       WHERE m.ctid = held.place`,
    ),
    redelay: redelayStatement(schema),
    add: statement(
      'queue_add',
      `INSERT INTO ${message} (queue, position, visible_at, sent_at, first_claimed_at, token,
         claims, seal, turn, ordered, lane, long_group, id, meta, body)
       SELECT one.queue, one.position, one.visible_at, one.sent_at, one.first_claimed_at, 0,
         one.claims, one.seal, one.turn, one.ordered, one.lane, one.long_group, one.id, one.meta,
         one.body
       FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[],
         $7::int[], $8::boolean[], $9::boolean[], $10::text[], $11::text[], $12::text[],
         $13::text[], $14::text[])
         AS one (queue, position, visible_at, sent_at, first_claimed_at, claims, seal, turn,
           ordered, lane, long_group, id, meta, body)`,
    ),
    addPlain: statement(
      'queue_add_plain',
      `INSERT INTO ${message} (queue, position, visible_at, sent_at, token, claims, seal, turn,
         ordered, id, meta, body)
       SELECT one.queue, one.position, one.visible_at, one.sent_at, 0, 0, one.seal, true, false,
         one.id, one.meta, one.body
       FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::text[],
         $7::text[], $8::text[])
         AS one (queue, position, visible_at, sent_at, seal, id, meta, body)`,
    ),
    countPurged: statement(
      'queue_count_purged',
      `SELECT count(*) FROM ${message} WHERE queue = $1 AND position > $2 AND position <= $3`,
    ),
    purge: statement(
      'queue_purge',
      `UPDATE ${queue} SET purged_to = $2,
         forgotten_to = CASE WHEN $3 THEN $2 ELSE forgotten_to END
       WHERE id = $1`,
    ),
    giveTurns: statement(
      'queue_give_turns',
      `UPDATE ${message} AS m SET turn = true
       FROM (SELECT head.place
         FROM unnest($1::int[], $2::text[], $3::bigint[]) AS one (queue, lane, after)
         CROSS JOIN LATERAL (
           SELECT m.ctid AS place, m.turn FROM ${message} AS m
           WHERE ${OF.ordered('m.queue')} = ${OF.ordered('one.queue')} AND m.lane = one.lane
             AND m.ordered AND ${OF.ordered('m.position')} > ${OF.ordered('one.after')}
           ORDER BY ${OF.ordered('m.position')} LIMIT 1) AS head
         WHERE NOT head.turn OFFSET 0) AS next
       WHERE m.ctid = next.place RETURNING m.queue, m.visible_at`,
    ),
    remember: statement(
      'queue_remember',
      `INSERT INTO ${dedup} (queue, key, until, position, id)
       SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
         AS one (queue, key, until, position, id)
       ORDER BY one.queue, one.key COLLATE "C"`,
    ),
    rememberAnew: statement(
      'queue_remember_anew',
      `UPDATE ${dedup} AS d SET until = held.until, position = held.position, id = held.id
       FROM (SELECT at.place, one.*
         FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
           AS one (queue, key, until, position, id)
         CROSS JOIN LATERAL (SELECT d.ctid AS place FROM ${dedup} AS d
           WHERE d.queue = one.queue AND d.key = one.key OFFSET 0) AS at OFFSET 0) AS held
       WHERE d.ctid = held.place`,
    ),
    sweep: statement(
      'queue_sweep_keys',
      `DELETE FROM ${dedup} AS d USING (
         SELECT past.place
         FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::int[])
           AS one (queue, floor, now, most)
         CROSS JOIN LATERAL (
           SELECT d.ctid AS place FROM ${dedup} AS d
           WHERE ${OF.born('d.queue')} = ${OF.born('one.queue')}
             AND d.until BETWEEN one.floor AND one.now
           ORDER BY d.until LIMIT one.most FOR UPDATE SKIP LOCKED) AS past OFFSET 0) AS old
       WHERE d.ctid = old.place RETURNING d.queue, d.until`,
    ),
  };
}

/** Messages that one slice of a redelay looks at. */
const SLICE = 2000;

/**
 * Gives those messages of queue `$1` that were never claimed the delay `$2`: a slice of those after
 * position `$3` and up to `$4`. What is left to do is noted, and `queue-chores.ts` goes on with it.
 */
export function redelayStatement(schema: Schema): Statement {
  const [queue, message] = [schema.at('queue'), schema.at('message')];
  return statement(
    'queue_redelay',
    `WITH slice AS MATERIALIZED (
       SELECT m.ctid AS place, m.position FROM ${message} AS m
       WHERE m.queue = $1 AND m.position <= $4 AND m.position
         > greatest($3::bigint, (SELECT purged_to FROM ${queue} WHERE id = $1))
       ORDER BY m.position LIMIT ${SLICE} FOR UPDATE),
     moved AS (
       UPDATE ${message} AS m SET visible_at = greatest(m.sent_at + $2, m.sent_at)
       FROM slice WHERE m.ctid = slice.place AND m.token + 0 = 0
         AND m.visible_at + 0 <> greatest(m.sent_at + $2, m.sent_at)),
     done AS (DELETE FROM ${schema.at('redelay')}
       WHERE queue = $1 AND (SELECT count(*) FROM slice) < ${SLICE})
     INSERT INTO ${schema.at('redelay')} AS r (queue, delay, done, until)
     SELECT $1, $2, max(slice.position), $4 FROM slice HAVING count(*) = ${SLICE}
     ON CONFLICT (queue) DO UPDATE
       SET delay = excluded.delay, done = excluded.done, until = excluded.until`,
  );
}

/**
 * The statements of `queue-flush.ts`.
 */
import { type Schema, statement } from './names.ts';

export function flushStatements(schema: Schema) {
  const [queue, message, dedup] = [schema.at('queue'), schema.at('message'), schema.at('dedup')];
  return {
    settle: statement(
      'queue_settle',
      `DELETE FROM ${message} AS m
       USING unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS one (queue, position, oldest, newest, alive)
       WHERE m.queue = one.queue AND m.position = one.position
         AND m.token BETWEEN one.oldest AND one.newest AND m.visible_at > one.alive
       RETURNING m.position`,
    ),
    remove: statement(
      'queue_remove',
      `DELETE FROM ${message} AS m USING unnest($1::int[], $2::bigint[]) AS one (queue, position)
       WHERE m.queue = one.queue AND m.position = one.position`,
    ),
    move: statement(
      'queue_move',
      `UPDATE ${message} AS m SET visible_at = one.visible_at, meta = one.meta, seal = one.seal,
         claims = greatest(0, m.claims - one.uncounted)
       FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::int[], $6::int[])
         AS one (queue, position, visible_at, meta, seal, uncounted)
       WHERE m.queue = one.queue AND m.position = one.position`,
    ),
    redelay: statement(
      'queue_redelay',
      `UPDATE ${message} SET visible_at = greatest(sent_at + $2, sent_at)
       WHERE queue = $1 AND token = 0 AND visible_at <> greatest(sent_at + $2, sent_at)
         AND position > (SELECT purged_to FROM ${queue} WHERE id = $1)`,
    ),
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
       FROM unnest($1::int[], $2::text[], $3::bigint[]) AS one (queue, lane, after)
       CROSS JOIN LATERAL (
         SELECT head.position, head.turn FROM ${message} AS head
         WHERE head.queue = one.queue AND head.lane = one.lane AND head.ordered
           AND head.position > one.after ORDER BY head.position LIMIT 1) AS next
       WHERE m.queue = one.queue AND m.position = next.position AND NOT next.turn
       RETURNING m.queue, m.visible_at`,
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
      `UPDATE ${dedup} AS d SET until = one.until, position = one.position, id = one.id
       FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
         AS one (queue, key, until, position, id)
       WHERE d.queue = one.queue AND d.key = one.key`,
    ),
    sweep: statement(
      'queue_sweep_keys',
      `DELETE FROM ${dedup} AS d USING (
         SELECT old.queue, old.key, old.until
         FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::int[])
           AS one (queue, floor, now, most)
         CROSS JOIN LATERAL (
           SELECT s.queue, s.key, s.until FROM ${dedup} AS s
           WHERE s.queue = one.queue AND s.until BETWEEN one.floor AND one.now
           ORDER BY s.until LIMIT one.most FOR UPDATE SKIP LOCKED) AS old) AS past
       WHERE d.queue = past.queue AND d.key = past.key RETURNING d.queue, d.until`,
    ),
  };
}

/**
 * The statements of `queue-prepare.ts`. For how they are written see `OF` in `queue-schema.ts`.
 */
import { type Schema, statement } from './names.ts';
import { OF } from './queue-schema.ts';

const HELD = `m.queue, m.position, m.sent_at, m.token, m.turn, m.ordered, m.lane, m.id, m.meta,
  m.seal, m.visible_at`;

export function prepareStatements(schema: Schema) {
  const [queue, message, lane] = [schema.at('queue'), schema.at('message'), schema.at('lane')];
  const number = schema.lockNumber('queue', 'one.id::text');
  const old = `${OF.born('m.queue')} = ${OF.born('$1::int')} AND m.sent_at < $2
    AND m.position + 0 > (SELECT purged_to FROM ${queue} WHERE id = $1)
    ORDER BY m.sent_at, ${OF.born('m.position')} LIMIT $3`;
  return {
    lockQueues: statement(
      'queue_lock',
      `SELECT CASE WHEN one.alone THEN pg_advisory_xact_lock(${number})::text
         ELSE pg_advisory_xact_lock_shared(${number})::text END
       FROM unnest($1::int[], $2::boolean[]) AS one (id, alone)`,
    ),
    marks: statement(
      'queue_marks',
      `SELECT id, purged_to, forgotten_to, ordered FROM ${queue} WHERE id = ANY($1::int[])`,
    ),
    lockLanes: statement(
      'queue_lock_lanes',
      `SELECT l.queue, l.lane FROM (
         SELECT joined.queue, joined.lane COLLATE "C" AS lane
         FROM unnest($1::int[], $2::text[]) AS joined (queue, lane)
         UNION
         SELECT m.queue, m.lane FROM unnest($3::int[], $4::bigint[]) AS held (queue, position)
         CROSS JOIN LATERAL (SELECT m.queue, m.lane, m.ordered FROM ${message} AS m
           WHERE m.queue = held.queue AND m.position = held.position OFFSET 0) AS m
         WHERE m.ordered ORDER BY queue, lane) AS one
       CROSS JOIN LATERAL (SELECT l.queue, l.lane FROM ${lane} AS l
         WHERE l.queue = one.queue AND l.lane = one.lane FOR UPDATE) AS l`,
    ),
    makeLanes: statement(
      'queue_make_lanes',
      `INSERT INTO ${lane} (queue, lane)
       SELECT one.queue, one.lane FROM unnest($1::int[], $2::text[]) AS one (queue, lane)
       ORDER BY one.queue, one.lane COLLATE "C"
       ON CONFLICT (queue, lane) DO NOTHING RETURNING queue, lane`,
    ),
    lockRows: statement(
      'queue_lock_rows',
      `SELECT m.* FROM unnest($1::int[], $2::bigint[]) AS one (queue, position)
       CROSS JOIN LATERAL (SELECT ${HELD} FROM ${message} AS m
         WHERE m.queue = one.queue AND m.position = one.position FOR UPDATE) AS m`,
    ),
    oldLanes: statement(
      'queue_old_lanes',
      `SELECT DISTINCT old.lane FROM (
         SELECT m.lane, m.ordered FROM ${message} AS m WHERE ${old}) AS old WHERE old.ordered`,
    ),
    lockOld: statement(
      'queue_lock_old',
      `SELECT ${HELD} FROM ${message} AS m WHERE ${old} FOR UPDATE`,
    ),
    emptyLanes: statement(
      'queue_empty_lanes',
      `SELECT one.queue, one.lane
       FROM unnest($1::int[], $2::text[], $3::bigint[]) AS one (queue, lane, floor)
       CROSS JOIN LATERAL (SELECT purged_to FROM ${queue} WHERE id = one.queue OFFSET 0) AS q
       WHERE NOT EXISTS (SELECT FROM ${message} AS m
         WHERE ${OF.ordered('m.queue')} = ${OF.ordered('one.queue')} AND m.lane = one.lane
           AND m.ordered
           AND ${OF.ordered('m.position')} > ${OF.ordered('greatest(one.floor, q.purged_to)')}
         OFFSET 0)`,
    ),
    memory: statement(
      'queue_memory',
      `SELECT d.* FROM unnest($1::int[], $2::text[]) AS one (queue, key)
       CROSS JOIN LATERAL (SELECT d.queue, d.key, d.until, d.position, d.id
         FROM ${schema.at('dedup')} AS d
         WHERE d.queue = one.queue AND d.key = one.key FOR UPDATE) AS d`,
    ),
    positions: statement(
      'queue_positions',
      `SELECT nextval('${schema.at('position')}') FROM generate_series(1, $1::int)`,
    ),
  };
}

/**
 * The statements of `queue-prepare.ts`.
 */
import { type Schema, statement } from './names.ts';

const HELD = `m.queue, m.position, m.sent_at, m.token, m.turn, m.ordered, m.lane, m.id, m.meta,
  m.seal, m.visible_at`;

export function prepareStatements(schema: Schema) {
  const [queue, message, lane] = [schema.at('queue'), schema.at('message'), schema.at('lane')];
  const number = schema.lockNumber('queue', 'one.id::text');
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
      `SELECT l.queue, l.lane FROM ${lane} AS l WHERE (l.queue, l.lane) IN (
         SELECT * FROM unnest($1::int[], $2::text[]) UNION
         SELECT m.queue, m.lane FROM unnest($3::int[], $4::bigint[]) AS held (queue, position)
         JOIN ${message} AS m ON m.queue = held.queue AND m.position = held.position
         WHERE m.ordered)
       ORDER BY l.queue, l.lane FOR UPDATE`,
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
      `SELECT ${HELD} FROM unnest($1::int[], $2::bigint[]) AS held (queue, position)
       JOIN ${message} AS m ON m.queue = held.queue AND m.position = held.position
       ORDER BY m.queue, m.position FOR UPDATE OF m`,
    ),
    oldLanes: statement(
      'queue_old_lanes',
      `SELECT DISTINCT old.lane FROM (
         SELECT m.lane, m.ordered FROM ${message} AS m WHERE m.queue = $1 AND m.sent_at < $2
           AND m.position > (SELECT purged_to FROM ${queue} WHERE id = $1)
         ORDER BY m.sent_at, m.position LIMIT $3) AS old WHERE old.ordered`,
    ),
    lockOld: statement(
      'queue_lock_old',
      `SELECT ${HELD} FROM ${message} AS m WHERE m.queue = $1 AND m.sent_at < $2
         AND m.position > (SELECT purged_to FROM ${queue} WHERE id = $1)
       ORDER BY m.sent_at, m.position LIMIT $3 FOR UPDATE`,
    ),
    emptyLanes: statement(
      'queue_empty_lanes',
      `SELECT one.queue, one.lane
       FROM unnest($1::int[], $2::text[], $3::bigint[]) AS one (queue, lane, floor)
       JOIN ${queue} AS q ON q.id = one.queue
       WHERE NOT EXISTS (SELECT FROM ${message} AS m WHERE m.queue = one.queue
         AND m.lane = one.lane AND m.ordered AND m.position > greatest(one.floor, q.purged_to))`,
    ),
    memory: statement(
      'queue_memory',
      `SELECT d.queue, d.key, d.until, d.position, d.id FROM ${schema.at('dedup')} AS d
       JOIN unnest($1::int[], $2::text[]) AS one (queue, key)
         ON d.queue = one.queue AND d.key = one.key
       ORDER BY d.queue, d.key FOR UPDATE OF d`,
    ),
    positions: statement(
      'queue_positions',
      `SELECT nextval('${schema.at('position')}') FROM generate_series(1, $1::int)`,
    ),
  };
}

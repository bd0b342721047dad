/**
 * The statements of claims.
 */
import { type Schema, statement } from './names.ts';
import { COLUMNS } from './queue-row.ts';

export function claimStatements(schema: Schema) {
  const [queue, message, lane] = [schema.at('queue'), schema.at('message'), schema.at('lane')];
  const purged = `(SELECT purged_to FROM ${queue} WHERE id = $1)`;
  // $2 and $3: for the first of those that are due, the second …, when its lease ends and when
  // it is claimed.
  const lease = `
    UPDATE ${message} AS m SET visible_at = greatest(($2::bigint[])[due.n], m.sent_at),
      token = m.token + 1, claims = m.claims + 1,
      first_claimed_at = CASE WHEN m.claims > 0
        THEN coalesce(m.first_claimed_at, ($3::bigint[])[due.n]) ELSE ($3::bigint[])[due.n] END
    FROM (SELECT place, visible_at, row_number() OVER () AS n FROM locked) AS due
    WHERE m.ctid = due.place RETURNING due.n, due.visible_at, ${COLUMNS}`;
  return {
    take: statement(
      'queue_take',
      `WITH locked AS MATERIALIZED (
         SELECT m.ctid AS place, m.visible_at FROM ${message} AS m
         WHERE m.queue = $1 AND m.turn AND m.visible_at BETWEEN $5 AND $6 AND m.sent_at >= $7
           AND NOT m.ordered AND m.position > ${purged}
         ORDER BY m.visible_at, m.token, m.position LIMIT $4 FOR UPDATE SKIP LOCKED) ${lease}`,
    ),
    takeThese: statement(
      'queue_take_these',
      `WITH locked AS MATERIALIZED (
         SELECT m.ctid AS place, m.visible_at
         FROM unnest($4::bigint[]) WITH ORDINALITY AS one (position, n)
         JOIN ${message} AS m ON m.queue = $1 AND m.position = one.position
         WHERE m.visible_at <= $5 AND m.sent_at >= $6 AND NOT m.ordered AND m.position > ${purged}
         ORDER BY one.n FOR UPDATE OF m SKIP LOCKED) ${lease}`,
    ),
    lockDueLanes: statement(
      'queue_lock_due_lanes',
      `SELECT m.lane, m.position, m.visible_at, m.token FROM ${message} AS m
       JOIN ${lane} AS l ON l.queue = m.queue AND l.lane = m.lane
       WHERE m.queue = $1 AND m.turn AND m.visible_at BETWEEN $2 AND $3 AND m.ordered
         AND (m.visible_at, m.token, m.position) > ($2, $4::int, $5::bigint)
         AND m.position > ${purged}
       ORDER BY m.visible_at, m.token, m.position LIMIT $6 FOR UPDATE OF l SKIP LOCKED`,
    ),
    walk: statement(
      'queue_walk_lanes',
      `SELECT one.n, ${COLUMNS}
       FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS one (lane, head, n)
       CROSS JOIN LATERAL (
         SELECT page.* FROM (
           SELECT m.*, bool_and(m.visible_at <= $4) OVER (ORDER BY m.position) AS open
           FROM ${message} AS m WHERE m.queue = $1 AND m.lane = one.lane AND m.ordered
             AND m.position >= one.head AND m.position > ${purged}
           ORDER BY m.position LIMIT $5) AS page
         WHERE page.open) AS m`,
    ),
    leaseThese: statement(
      'queue_lease_these',
      `UPDATE ${message} AS m SET visible_at = one.visible_at, token = m.token + 1,
         claims = m.claims + 1, first_claimed_at = one.first_claimed_at
       FROM unnest($2::bigint[], $3::int[], $4::bigint[], $5::bigint[])
         AS one (position, token, visible_at, first_claimed_at)
       WHERE m.queue = $1 AND m.position = one.position AND m.token = one.token`,
    ),
    lockRoom: statement(
      'queue_lock_room',
      `SELECT pg_advisory_xact_lock(${schema.lockNumber('room', '$1::int::text')})::text`,
    ),
    inFlight: statement(
      'queue_in_flight',
      `SELECT count(*) FROM ${message} WHERE queue = $1 AND turn = ANY('{t,f}'::boolean[])
         AND visible_at > $2 AND token > 0 AND sent_at >= $3 AND position > ${purged}`,
    ),
    loud: statement(
      'queue_loud',
      `SELECT lane, count(*) FROM ${message} WHERE queue = $1 AND turn AND visible_at > $2
         AND token > 0 AND position > ${purged} GROUP BY lane`,
    ),
    window: statement(
      'queue_window',
      `SELECT m.position, m.lane FROM ${message} AS m
       WHERE m.queue = $1 AND m.turn AND m.visible_at BETWEEN $2 AND $3 AND m.sent_at >= $4
         AND NOT m.ordered AND m.position > ${purged}
       ORDER BY m.visible_at, m.token, m.position LIMIT $5`,
    ),
    quiet: statement(
      'queue_quiet',
      `WITH RECURSIVE lanes AS (
         (SELECT m.lane, 1 AS n FROM ${message} AS m
          WHERE m.queue = $1 AND NOT m.ordered AND m.lane > $2 ORDER BY m.lane LIMIT 1)
         UNION ALL
         SELECT (SELECT m.lane FROM ${message} AS m
           WHERE m.queue = $1 AND NOT m.ordered AND m.lane > lanes.lane ORDER BY m.lane LIMIT 1),
           lanes.n + 1
         FROM lanes WHERE lanes.lane IS NOT NULL AND lanes.n < $3)
       SELECT lanes.lane, due.position FROM lanes
       LEFT JOIN LATERAL (
         SELECT m.position FROM ${message} AS m
         WHERE m.queue = $1 AND NOT m.ordered AND m.lane = lanes.lane AND m.visible_at <= $4
           AND m.sent_at >= $5 AND NOT lanes.lane = ANY($6::text[]) AND m.position > ${purged}
         ORDER BY m.visible_at LIMIT $7) AS due ON true
       WHERE lanes.lane IS NOT NULL ORDER BY lanes.n`,
    ),
  };
}

/**
 * The statements of claims. For how they are written see `OF` in `queue-schema.ts`.
 */
import { type Schema, statement } from './names.ts';
import { COLUMNS } from './queue-row.ts';
import { OF } from './queue-schema.ts';

export function claimStatements(schema: Schema) {
  const purged = `(SELECT purged_to FROM ${schema.at('queue')} WHERE id = $1)`;
  return {
    ...leasing(schema, purged),
    ...looking(schema, purged),
    ...ordered(schema, purged),
    ...fair(schema, purged),
  };
}

const READY = `${OF.ready('m.queue')} = ${OF.ready('$1::int')}`;
const ORDER = `m.visible_at, m.token, ${OF.ready('m.position')}`;

function leasing(schema: Schema, purged: string) {
  const message = schema.at('message');
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
         WHERE ${READY} AND m.turn AND m.visible_at BETWEEN $5 AND $6 AND m.sent_at + 0 >= $7
           AND NOT m.ordered AND m.position + 0 > ${purged}
         ORDER BY ${ORDER} LIMIT $4 FOR UPDATE SKIP LOCKED) ${lease}`,
    ),
    takeThese: statement(
      'queue_take_these',
      `WITH locked AS MATERIALIZED (
         SELECT m.* FROM unnest($4::bigint[]) AS one (position)
         CROSS JOIN LATERAL (SELECT m.ctid AS place, m.visible_at FROM ${message} AS m
           WHERE m.queue = $1 AND m.position = one.position AND m.visible_at + 0 <= $5
             AND m.sent_at + 0 >= $6 AND NOT m.ordered AND m.position + 0 > ${purged}
           FOR UPDATE SKIP LOCKED) AS m) ${lease}`,
    ),
    leaseThese: statement(
      'queue_lease_these',
      `UPDATE ${message} AS m SET visible_at = held.visible_at, token = m.token + 1,
         claims = m.claims + 1, first_claimed_at = held.first_claimed_at
       FROM (SELECT at.place, one.* FROM unnest($2::bigint[], $3::int[], $4::bigint[], $5::bigint[])
           AS one (position, token, visible_at, first_claimed_at)
         CROSS JOIN LATERAL (SELECT m.ctid AS place FROM ${message} AS m
           WHERE m.queue = $1 AND m.position = one.position OFFSET 0) AS at OFFSET 0) AS held
       WHERE m.ctid = held.place AND m.token + 0 = held.token`,
    ),
  };
}

function looking(schema: Schema, purged: string) {
  const inFlight = `${READY} AND m.visible_at > $2 AND m.token > 0 AND m.position + 0 > ${purged}`;
  const count = (turn: string) => `(SELECT count(*) FROM ${schema.at('message')} AS m
    WHERE ${inFlight} AND ${turn} AND m.sent_at + 0 >= $3)`;
  return {
    lockRooms: statement(
      'queue_lock_rooms',
      `SELECT pg_advisory_xact_lock(${schema.lockNumber('room', 'one.id::text')})::text
       FROM unnest($1::int[]) AS one (id)`,
    ),
    inFlight: statement('queue_in_flight', `SELECT ${count('m.turn')} + ${count('NOT m.turn')}`),
    loud: statement(
      'queue_loud',
      `SELECT m.lane, count(*) FROM ${schema.at('message')} AS m
       WHERE ${inFlight} AND m.turn GROUP BY m.lane`,
    ),
  };
}

function ordered(schema: Schema, purged: string) {
  const [message, lane] = [schema.at('message'), schema.at('lane')];
  return {
    lockDueLanes: statement(
      'queue_lock_due_lanes',
      `SELECT m.lane, m.position, m.visible_at, m.token FROM (
         SELECT m.queue, m.lane, m.position, m.visible_at, m.token FROM ${message} AS m
         WHERE ${READY} AND m.turn AND m.visible_at BETWEEN $2 AND $3
           AND (m.visible_at, m.token, ${OF.ready('m.position')})
             > ($2, $4::int, ${OF.ready('$5::bigint')})
           AND m.position + 0 > ${purged}
         ORDER BY ${ORDER} OFFSET 0) AS m
       CROSS JOIN LATERAL (SELECT FROM ${lane} AS l
         WHERE l.queue = m.queue AND l.lane = m.lane FOR UPDATE SKIP LOCKED) AS l
       LIMIT $6`,
    ),
    walk: statement(
      'queue_walk_lanes',
      `SELECT one.n, ${COLUMNS}
       FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS one (lane, head, n)
       CROSS JOIN LATERAL (
         SELECT page.* FROM (
           SELECT m.*, bool_and(m.visible_at <= $4) OVER (ORDER BY ${OF.ordered('m.position')})
             AS open
           FROM ${message} AS m
           WHERE ${OF.ordered('m.queue')} = ${OF.ordered('$1::int')} AND m.lane = one.lane
             AND m.ordered AND ${OF.ordered('m.position')}
               >= ${OF.ordered(`greatest(one.head, ${purged} + 1)`)}
           ORDER BY ${OF.ordered('m.position')} LIMIT $5) AS page
         WHERE page.open) AS m`,
    ),
  };
}

function fair(schema: Schema, purged: string) {
  const message = schema.at('message');
  const ofFair = `${OF.fair('m.queue')} = ${OF.fair('$1::int')} AND NOT m.ordered`;
  return {
    window: statement(
      'queue_window',
      `SELECT m.position, m.lane FROM ${message} AS m
       WHERE ${READY} AND m.turn AND m.visible_at BETWEEN $2 AND $3 AND m.sent_at + 0 >= $4
         AND NOT m.ordered AND m.position + 0 > ${purged}
       ORDER BY ${ORDER} LIMIT $5`,
    ),
    quiet: statement(
      'queue_quiet',
      `WITH RECURSIVE lanes AS (
         (SELECT m.lane, 1 AS n FROM ${message} AS m
          WHERE ${ofFair} AND m.lane > $2 ORDER BY m.lane LIMIT 1)
         UNION ALL
         SELECT (SELECT m.lane FROM ${message} AS m
           WHERE ${ofFair} AND m.lane > lanes.lane ORDER BY m.lane LIMIT 1), lanes.n + 1
         FROM lanes WHERE lanes.lane IS NOT NULL AND lanes.n < $3)
       SELECT lanes.lane, due.position FROM lanes
       LEFT JOIN LATERAL (
         SELECT m.position FROM ${message} AS m
         WHERE ${ofFair} AND m.lane = lanes.lane
           AND ${OF.fair('m.visible_at')} <= ${OF.fair('$4::bigint')} AND m.sent_at + 0 >= $5
           AND NOT lanes.lane = ANY($6::text[]) AND m.position + 0 > ${purged}
         ORDER BY ${OF.fair('m.visible_at')} LIMIT $7) AS due ON true
       WHERE lanes.lane IS NOT NULL ORDER BY lanes.n`,
    ),
  };
}

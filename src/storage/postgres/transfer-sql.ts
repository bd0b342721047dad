/** The statements of an import. */
import { type Schema, statement } from './names.ts';

export function fillStatements(schema: Schema) {
  const [queue, message, lane] = [schema.at('queue'), schema.at('message'), schema.at('lane')];
  return {
    queues: statement(
      'fill_queues',
      `INSERT INTO ${queue} (name, ordered)
       SELECT one.name, false FROM unnest($1::text[]) WITH ORDINALITY AS one (name, place)
       ORDER BY one.place RETURNING id`,
    ),
    messages: statement(
      'fill_messages',
      `INSERT INTO ${message} (queue, position, visible_at, sent_at, first_claimed_at, token,
         claims, seal, turn, ordered, lane, long_group, id, meta, body)
       SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
         $6::int[], $7::int[], $8::int[], $9::boolean[], $10::boolean[], $11::text[],
         $12::text[], $13::text[], $14::text[], $15::text[])`,
    ),
    keys: statement(
      'fill_keys',
      `INSERT INTO ${schema.at('dedup')} (queue, key, until, position, id)
       SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])`,
    ),
    logs: statement(
      'fill_logs',
      `INSERT INTO ${schema.at('log')} (name, first, gone, latest_at)
       SELECT name, first, 0, '-infinity' FROM unnest($1::text[], $2::bigint[])
         AS one (name, first)`,
    ),
    blocks: statement(
      'fill_blocks',
      `INSERT INTO ${schema.at('block')} (log, part, first, next, latest_at, bytes_before, bytes,
         frames, seal, text)
       SELECT one.log, now.part, one.first, one.next, one.latest_at, one.bytes_before, one.bytes,
         one.frames, one.seal, one.text
       FROM ${schema.at('log_part')} AS now, unnest($1::text[], $2::bigint[], $3::bigint[],
         $4::float8[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::text[])
         AS one (log, first, next, latest_at, bytes_before, bytes, frames, seal, text)`,
    ),
    rows: statement(
      'fill_rows',
      `INSERT INTO ${schema.at('item')} (kind, partition, head, digest, tail, version, seal, value)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
         $6::bigint[], $7::bigint[], $8::text[])`,
    ),
    /** Whose messages take turns, in which groups, and whose turn it is. */
    ordered: statement(
      'fill_ordered',
      `UPDATE ${queue} SET ordered = true
       WHERE id IN (SELECT DISTINCT queue FROM ${message} WHERE ordered)`,
    ),
    lanes: statement(
      'fill_lanes',
      `INSERT INTO ${lane} (queue, lane)
       SELECT DISTINCT queue, lane FROM ${message} WHERE ordered`,
    ),
    turns: statement(
      'fill_turns',
      `UPDATE ${message} AS m SET turn = true FROM (
         SELECT queue, lane, min(position) AS position FROM ${message} WHERE ordered
         GROUP BY queue, lane) AS head
       WHERE m.queue = head.queue AND m.position = head.position`,
    ),
  };
}

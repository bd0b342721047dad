/**
 * The parts that blocks of logs lie in. New blocks go to the newest one; when that has become large
 * or old, another one is begun. A part of which every log was trimmed is dropped as a whole, which
 * leaves nothing behind for anyone to clean.
 */
import { type Schema, statement } from './names.ts';
import type { Chore } from './stage.ts';
import type { Transaction } from './transaction.ts';

export interface PartLimits {
  /** A part is closed at this size; when there is much, so that there are about sixteen parts. */
  readonly bytes: number;
  readonly ageMs: number;
}

export const PART_LIMITS: PartLimits = { bytes: 1024 ** 3, ageMs: 24 * 60 * 60_000 };

const MOST_PARTS = 16;
/** Transactions that have read the number of the part before are over by then. */
const SETTLED_MS = 60_000;
const SIZE = `(SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::bigint
  FROM pg_inherits WHERE inhparent`;

/** Begins a new part when it is time to. */
export function rolling(schema: Schema, limits: PartLimits = PART_LIMITS): Chore {
  const block = schema.at('block');
  const current = statement(
    'part-current',
    `SELECT part, (extract(epoch FROM now() - since) * 1000)::float8,
       ${SIZE} = '${block}'::regclass)
     FROM ${schema.at('log_part')}`,
  );
  const sizeOf = statement('part-size', 'SELECT pg_total_relation_size($1::regclass)');
  const slice = async (tx: Transaction) => {
    const [row] = await tx.query<readonly [number, string | number, number]>(current);
    if (!row) return false;
    const [part, ageMs, total] = row;
    const [size] = await tx.query<readonly [number]>(sizeOf, [schema.at(`block_${part}`)]);
    const bytes = size?.[0] ?? 0;
    const large = bytes > Math.max(limits.bytes, total / MOST_PARTS);
    const old = Number(ageMs) > limits.ageMs && (await hasAny(tx, schema, part));
    if (large || old) await begin(tx, schema, part + 1);
    return false;
  };
  return { name: 'log-parts', everyMs: 10_000, slice };
}

async function hasAny(tx: Transaction, schema: Schema, part: number): Promise<boolean> {
  const text = `SELECT EXISTS (SELECT FROM ${schema.at(`block_${part}`)})`;
  return (await tx.query<readonly [boolean]>(statement('', text)))[0]?.[0] === true;
}

/** Attaching, unlike making it a part at once, lets others go on reading and writing. */
async function begin(tx: Transaction, schema: Schema, part: number): Promise<void> {
  const [name, block] = [schema.at(`block_${part}`), schema.at('block')];
  for (const text of [
    `CREATE TABLE ${name} (LIKE ${block} INCLUDING ALL)`,
    `ALTER TABLE ${block} ATTACH PARTITION ${name} FOR VALUES FROM (${part}) TO (${part + 1})`,
    `UPDATE ${schema.at('log_part')} SET part = ${part}, since = now()`,
  ]) {
    await tx.query(statement('', text));
  }
}

/** Drops parts that hold trimmed records only. */
export function dropping(schema: Schema, settledMs = SETTLED_MS): Chore {
  const [block, log] = [schema.at('block'), schema.at('log')];
  const closed = statement(
    'part-closed',
    `SELECT substr(c.relname, 7)::int FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
     JOIN ${schema.at('log_part')} AS now
       ON substr(c.relname, 7)::int < now.part AND now.since < now() - $1::float8 * '1ms'::interval
     WHERE i.inhparent = '${block}'::regclass ORDER BY 1`,
  );
  const slice = async (tx: Transaction) => {
    for (const [part] of await tx.query<readonly [number]>(closed, [settledMs])) {
      const name = schema.at(`block_${part}`);
      const live = await tx.query<readonly [number]>(statement('', liveSql(name, log)));
      if (live.length > 0) continue;
      // It waits for those who read now and keeps later ones waiting, so not for long.
      await tx.query(statement('', `SET LOCAL lock_timeout = '200ms'`));
      await tx.query(statement('', `ALTER TABLE ${block} DETACH PARTITION ${name}`));
      await tx.query(statement('', `DROP TABLE ${name}`));
      return true;
    }
    return false;
  };
  return { name: 'log-drop', everyMs: 30_000, slice };
}

/** A row if any log has a record in the part that was not trimmed: looks at one block per log. */
function liveSql(part: string, log: string): string {
  const next = (after: string) => `(SELECT log FROM ${part} ${after} ORDER BY log LIMIT 1)`;
  return `WITH RECURSIVE logs (name) AS (
      SELECT ${next('')}
      UNION ALL SELECT ${next('WHERE log > logs.name')} FROM logs WHERE logs.name IS NOT NULL)
    SELECT 1 FROM logs LEFT JOIN ${log} AS m ON m.name = logs.name
    WHERE (SELECT next FROM ${part} WHERE log = logs.name ORDER BY part DESC, first DESC LIMIT 1)
      > coalesce(m.first, 1) LIMIT 1`;
}

/** Plans of statements, for tests of those that must not depend on what the planner thinks. */
import pg from 'pg';
import { Schema } from '../../../src/storage/postgres/names.ts';
import { createTables } from '../../../src/storage/postgres/schema.ts';
import { emptyStore } from './cluster.ts';

/** As the engine sets them (`open.ts`). */
const SETTINGS = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
};

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

const TABLES = ['message', 'lane', 'dedup', 'queue', 'redelay', 'item'];

const FILL = (schema: Schema) => `
  INSERT INTO ${schema.at('message')} (position, visible_at, sent_at, queue, token, claims, seal,
      turn, ordered, lane, id, body)
    SELECT i, i, i, 1, 0, 0, 0, true, true, 'l' || i % 500, 'id', repeat('x', 500)
    FROM generate_series(1, 5000) AS i;
  INSERT INTO ${schema.at('lane')} SELECT 1, 'l' || i FROM generate_series(0, 499) AS i;
  INSERT INTO ${schema.at('dedup')} SELECT 1, 'k' || i, i, i, 'id' FROM generate_series(1, 5000) i;
  INSERT INTO ${schema.at('item')}
    SELECT 't', 'p' || i % 7, 'k' || i, '', '', i, i, repeat('x', 300)
    FROM generate_series(1, 5000) AS i`;

/** What PostgreSQL would do for our statements, over tables that are new, emptied or full. */
export async function planner(state: 'new' | 'emptied' | 'full') {
  const { url, schema: name } = await emptyStore();
  const schema = new Schema(name);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE SCHEMA ${name}; ${createTables(schema)}`);
  if (state !== 'new') {
    await client.query(FILL(schema));
    const tables = TABLES.map((table) => schema.at(table));
    for (const table of state === 'emptied' ? tables : [])
      await client.query(`DELETE FROM ${table}`);
    for (const table of tables) await client.query(`VACUUM ANALYZE ${table}`);
  }
  for (const [setting, value] of Object.entries(SETTINGS)) {
    await client.query(`SET ${setting} = '${value}'`);
  }
  const plan = async (text: string): Promise<Plan> => {
    const values = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, index]) => Number(index)));
    await client.query(`PREPARE planned AS ${text}`);
    const nulls = Array.from({ length: values }, () => 'NULL').join(',');
    const { rows } = await client.query(`EXPLAIN (FORMAT JSON) EXECUTE planned (${nulls})`);
    await client.query('DEALLOCATE planned');
    return rows[0]['QUERY PLAN'][0].Plan;
  };
  return { schema, plan, close: () => client.end() };
}

/** All scans of a plan that read a table. */
export function scans(plan: Plan): readonly Plan[] {
  const below = (plan.Plans ?? []).flatMap(scans);
  return /^(Index|Index Only|Seq|Bitmap Index) Scan$/.test(plan['Node Type'])
    ? [plan, ...below]
    : below;
}

/**
 * Statements on queues have one plan, whatever the planner thinks of the tables: also one that it
 * makes while they are empty and keeps when they have filled up.
 */
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { Schema } from '../../../src/storage/postgres/names.ts';
import { claimStatements } from '../../../src/storage/postgres/queue-claims-sql.ts';
import { flushStatements } from '../../../src/storage/postgres/queue-flush-sql.ts';
import { prepareStatements } from '../../../src/storage/postgres/queue-prepare-sql.ts';
import { createTables } from '../../../src/storage/postgres/schema.ts';
import { emptyStore, missing, onPostgres } from './cluster.ts';

/** Which indexes of what they read and change the statements may use. */
const INDEXES: Readonly<Record<string, readonly string[]>> = {
  lockLanes: ['lane_pkey', 'message_pkey'],
  lockRows: ['message_pkey'],
  oldLanes: ['message_born'],
  lockOld: ['message_born'],
  emptyLanes: ['message_ordered'],
  memory: ['dedup_pkey'],
  settle: ['message_pkey'],
  remove: ['message_pkey'],
  move: ['message_pkey'],
  redelay: ['message_pkey', 'redelay_pkey'],
  countPurged: ['message_pkey'],
  giveTurns: ['message_ordered'],
  rememberAnew: ['dedup_pkey'],
  sweep: ['dedup_until'],
  take: ['message_ready'],
  takeThese: ['message_pkey'],
  leaseThese: ['message_pkey'],
  inFlight: ['message_ready'],
  loud: ['message_ready'],
  lockDueLanes: ['lane_pkey', 'message_ready'],
  walk: ['message_ordered'],
  window: ['message_ready'],
  quiet: ['message_fair'],
};

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

const TABLES = ['message', 'lane', 'dedup', 'queue', 'redelay'];

const FILL = (schema: Schema) => `
  INSERT INTO ${schema.at('message')} (position, visible_at, sent_at, queue, token, claims, seal,
      turn, ordered, lane, id, body)
    SELECT i, i, i, 1, 0, 0, 0, true, true, 'l' || i % 500, 'id', repeat('x', 500)
    FROM generate_series(1, 5000) AS i;
  INSERT INTO ${schema.at('lane')} SELECT 1, 'l' || i FROM generate_series(0, 499) AS i;
  INSERT INTO ${schema.at('dedup')} SELECT 1, 'k' || i, i, i, 'id' FROM generate_series(1, 5000) i`;

async function planner(state: 'new' | 'emptied' | 'full') {
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

function scans(plan: Plan): readonly Plan[] {
  const below = (plan.Plans ?? []).flatMap(scans);
  return /^(Index|Index Only|Seq|Bitmap Index) Scan$/.test(plan['Node Type'])
    ? [plan, ...below]
    : below;
}

describe.skipIf(missing)(`plans on ${onPostgres}`, () => {
  test.each(['new', 'emptied', 'full'] as const)(
    'are the right ones for %s tables',
    async (state) => {
      const { schema, plan, close } = await planner(state);
      const all = {
        ...prepareStatements(schema),
        ...flushStatements(schema),
        ...claimStatements(schema),
      };
      const used: Record<string, readonly string[]> = {};
      for (const [name, { text }] of Object.entries(all)) {
        const indexes = new Set<string>();
        for (const scan of scans(await plan(text))) {
          const index = scan['Index Name'] ?? scan['Node Type'];
          if (index.startsWith('queue_')) continue;
          expect(scan['Index Cond'], `${name} looks for something in ${index}`).toBeDefined();
          indexes.add(index);
        }
        if (indexes.size > 0) used[name] = [...indexes].sort();
      }
      await close();
      expect(used).toEqual(INDEXES);
    },
  );
});

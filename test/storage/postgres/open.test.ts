/** Opening a store: what is refused, brought forward and warned of. */
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/storage/postgres/connection.ts';
import { migrate, type Step } from '../../../src/storage/postgres/migrations.ts';
import { Schema } from '../../../src/storage/postgres/names.ts';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import { FORMAT } from '../../../src/storage/postgres/schema.ts';
import { append, bodiesIn, put, valueAt } from '../contract/writes.ts';
import { emptyStore, missing, onPostgres, sql, startCluster } from './cluster.ts';
import { nodes } from './nodes.ts';

async function connected<T>(url: string, work: (connection: Connection) => Promise<T>) {
  const options = { connectionString: url, applicationName: 'test', connectTimeoutMs: 5_000 };
  const connection = await Connection.open(pg, { ...options, prepares: true });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const column = (name: string): Step => ({
  sql: (schema) => `ALTER TABLE ${schema.at('log')} ADD COLUMN ${name} int`,
});

describe.skipIf(missing)(`a store on ${onPostgres}`, () => {
  test('keeps what was committed', async () => {
    const store = await emptyStore();
    const [first] = await nodes(1, {}, store);
    await first?.commit([put('k', 'v'), append('log', 'r')]);
    await first?.close();
    const [second] = await nodes(1, {}, store);
    if (!second) throw new Error('One was asked for.');
    expect(await valueAt(second, 'k')).toBe('v');
    expect(await bodiesIn(second, 'log')).toEqual(['r']);
  });

  test('is made once, however many nodes start at the same time', async () => {
    const store = await emptyStore();
    const all = await Promise.all([1, 2, 3, 4].map(() => openPostgres(store)));
    await Promise.all(all.map((node, index) => node.commit([put(`k${index}`, 'v')])));
    expect(await all[0]?.scan('sqs/queues', '000000000000/us-east-1')).toHaveLength(4);
    await Promise.all(all.map((node) => node.close()));
  });

  test('refuses everything once it is closed', async () => {
    const node = await openPostgres(await emptyStore());
    await node.close();
    await node.close();
    await expect(node.commit([put('k', 'v')])).rejects.toThrow('closed');
    await expect(node.get('t', 'p', 'k')).rejects.toThrow('closed');
  });

  test('is not opened under a name that SQL would take for another', async () => {
    const { url } = await emptyStore();
    await expect(openPostgres({ url, schema: 'a"; DROP' })).rejects.toThrow('cannot be the schema');
  });

  test('is refused when the clocks are too far apart', async () => {
    const store = await emptyStore();
    await expect(openPostgres({ ...store, mostClockOffsetMs: -1_000 })).rejects.toThrow(
      /The clock of this machine is \d+ ms .* the database; -1000 ms are allowed\. Set both by NTP/,
    );
  });

  test('is refused in a database that cannot hold every text', async () => {
    const { url } = await emptyStore();
    const database = `latin_${process.pid}`;
    await sql(url, `CREATE DATABASE ${database} ENCODING 'LATIN1' TEMPLATE template0`);
    const latin = new URL(url);
    latin.pathname = database;
    await expect(openPostgres({ url: latin.href })).rejects.toThrow('encoding LATIN1');
  });

  test('warns of what a power cut would lose', async () => {
    const own = await startCluster({ fsync: false });
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    await (await openPostgres({ url: own.url, onWarning })).close();
    await own.stop();
    expect(warnings).toEqual([
      'fsync is off: a power cut loses everything. Set it to on.',
      'full_page_writes is off: a power cut may damage tables. Set it to on.',
    ]);
  });
});

describe.skipIf(missing)(`the tables of ${onPostgres}`, () => {
  const formatOf = async (url: string, schema: string) =>
    (await sql(url, `SELECT format, needs FROM ${schema}.format`))[0];

  test('of an older format are brought forward step by step, once', async () => {
    const { url, schema: name } = await emptyStore();
    const schema = new Schema(name);
    await connected(url, (connection) => migrate(connection, schema));
    await sql(url, `UPDATE ${name}.format SET format = 1`);
    const steps = [column('a'), column('b')];
    const twice = [1, 2].map(() => connected(url, (one) => migrate(one, schema, steps)));
    expect(await Promise.all(twice)).toEqual([
      { format: 3, needs: 1 },
      { format: 3, needs: 1 },
    ]);
    expect(await sql(url, `SELECT a, b FROM ${name}.log`)).toEqual([]);
  });

  test('are brought forward while a node of the version before runs on', async () => {
    const store = await emptyStore();
    const [node] = await nodes(1, {}, store);
    if (!node) throw new Error('One was asked for.');
    await node.commit([append('log', 'a'), { kind: 'trim', log: 'log', keep: 0 }]);
    await connected(store.url, (one) => migrate(one, new Schema(store.schema), [column('a')]));
    await node.commit([append('log', 'b'), { kind: 'trim', log: 'log', keep: 0 }]);
    expect(await node.bounds('log')).toMatchObject({ first: 3, next: 3 });
    const [another] = await nodes(1, {}, store);
    expect(await another?.bounds('log')).toMatchObject({ first: 3, next: 3 });
  });

  test('of a newer format are used, unless they need a newer node', async () => {
    const store = await emptyStore();
    await (await openPostgres(store)).close();
    await sql(store.url, `UPDATE ${store.schema}.format SET format = ${FORMAT + 1}`);
    await (await openPostgres(store)).close();
    await sql(store.url, `UPDATE ${store.schema}.format SET needs = ${FORMAT + 1}`);
    await expect(openPostgres(store)).rejects.toThrow(
      `need a version of millrace that reads format ${FORMAT + 1}; this one reads up to ${FORMAT}`,
    );
  });

  test('stay as they were when a step fails', async () => {
    const { url, schema: name } = await emptyStore();
    const schema = new Schema(name);
    await connected(url, (connection) => migrate(connection, schema));
    const steps: Step[] = [column('a'), { sql: () => 'SELECT 1 / 0' }];
    const failing = connected(url, (connection) => migrate(connection, schema, steps));
    await expect(failing).rejects.toThrow('division by zero');
    expect(await formatOf(url, name)).toEqual({ format: 1, needs: 1 });
    await expect(sql(url, `SELECT a FROM ${name}.log`)).rejects.toThrow('does not exist');
  });

  test('that shut older nodes out say so', async () => {
    const { url, schema: name } = await emptyStore();
    const schema = new Schema(name);
    const steps: Step[] = [{ ...column('a'), shutsOut: 1 }];
    await connected(url, (connection) => migrate(connection, schema));
    await connected(url, (connection) => migrate(connection, schema, steps));
    expect(await formatOf(url, name)).toEqual({ format: 2, needs: 2 });
    await expect(openPostgres({ url, schema: name })).rejects.toThrow('Start a newer one.');
  });
});

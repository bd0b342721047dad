/** What an engine tells of its database, and whom it blames. */
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { realClock, type Timer } from '../../../src/core/clock.ts';
import { Connection } from '../../../src/storage/postgres/connection.ts';
import { Line } from '../../../src/storage/postgres/line.ts';
import { Schema } from '../../../src/storage/postgres/names.ts';
import { Probe } from '../../../src/storage/postgres/probe.ts';
import { enqueue, put } from '../contract/writes.ts';
import { emptyStore, missing, onPostgres } from './cluster.ts';
import { eventually, nodes } from './nodes.ts';

/** Holds a snapshot as a forgotten session does. */
async function forgotten(url: string) {
  const client = new pg.Client({ connectionString: url, application_name: 'a forgotten psql' });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

describe.skipIf(missing)(`the report of ${onPostgres}`, () => {
  test('says what there is, and how groups went', async () => {
    const [node] = await nodes(1);
    await node?.commit([put('k', 'v'), enqueue('m')]);
    const report = await node?.report();
    expect(report).toMatchObject({ engine: 'postgres', health: { slots: [], standbys: [] } });
    expect(report?.groupSizes.count).toBe(1);
    expect(report?.commitSeconds.count).toBe(1);
    expect(report?.gauges).toMatchObject({ standby_lag_bytes: 0, synchronous_standbys: 0 });
    expect(report?.gauges.table_bytes).toBeGreaterThan(0);
  });

  test('names who holds the oldest snapshot', async () => {
    const store = await emptyStore();
    const [node] = await nodes(1, {}, store);
    await using _ = await forgotten(store.url);
    await eventually(async () => {
      const holder = (await node?.report())?.health.oldestSnapshot;
      return holder?.name === 'a forgotten psql' && holder.state === 'idle in transaction';
    });
  });

  test('comes with a warning when a snapshot is held for long, once', async () => {
    const store = await emptyStore();
    await (await nodes(1, {}, store))[0]?.idle();
    await using held = await forgotten(store.url);
    const open = () =>
      Connection.open(pg, {
        ...{ connectionString: store.url, applicationName: 'probe', prepares: true },
        connectTimeoutMs: 5_000,
      });
    const clock = realClock();
    const line = new Line({ open, clock, patienceMs: 1_000 });
    const warnings: Readonly<Record<string, unknown>>[] = [];
    const soon = {
      ...clock,
      afterWallMs: (_: number, fire: () => void): Timer => {
        return clock.afterWallMs(1, fire);
      },
    };
    const probe = new Probe({
      ...{ line, clock: soon, schema: new Schema(store.schema), mostOffsetMs: 1_000 },
      ...{ onWarning: (_, fields) => warnings.push(fields), heldTooLongMs: 50 },
    });
    const mine = () => warnings.filter(({ name }) => name === 'a forgotten psql');
    await eventually(() => mine().length > 0);
    expect(mine()).toMatchObject([{ what: 'session', state: 'idle in transaction' }]);
    await held.client.query('COMMIT');
    await probe.close();
    await line.close();
  });
});

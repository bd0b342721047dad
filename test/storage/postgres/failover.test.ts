/**
 * The primary is lost and its standby takes over, behind one address, as services of databases
 * do it: what was acknowledged is there, nodes come back by themselves, and one that is started
 * meanwhile waits.
 */
import { describe, expect, test } from 'vitest';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import { Unavailable } from '../../../src/storage/storage.ts';
import { append, bodiesIn, claimOf, enqueue, NOW, Q } from '../contract/writes.ts';
import { noStandby, onPostgres, sql, startCluster } from './cluster.ts';
import { cuttingProxy } from './cutting-proxy.ts';
import { eventually } from './nodes.ts';

async function pair() {
  // No machine crashes here: what counts is what was sent to the standby.
  const primary = await startCluster({ fsync: false });
  const standby = await startCluster({ standbyOf: primary.url, fsync: false });
  await sql(primary.url, `ALTER SYSTEM SET synchronous_standby_names = '*'`);
  await sql(primary.url, 'SELECT pg_reload_conf()');
  await eventually(async () => {
    const [row] = await sql(primary.url, 'SELECT sync_state FROM pg_stat_replication');
    return row?.sync_state === 'sync';
  });
  return { primary, standby };
}

describe.skipIf(noStandby)(`a primary of ${onPostgres} that is lost`, { timeout: 120_000 }, () => {
  test('is followed by its standby, with all that was acknowledged', async () => {
    const { primary, standby } = await pair();
    const address = await cuttingProxy(primary.url);
    const node = await openPostgres({ url: address.url, patienceMs: 1_000 });
    const acknowledged: string[] = [];
    let refused = 0;
    let over = false;
    const working = (async () => {
      for (let index = 0; !over; index += 1) {
        const id = String(index);
        await node.commit([append('log', id), enqueue(id)]).then(
          () => acknowledged.push(id),
          (cause) => {
            expect(cause).toBeInstanceOf(Unavailable);
            refused += 1;
          },
        );
      }
    })();
    try {
      await eventually(async () => acknowledged.length > 100);
      await primary.stop();
      address.leadTo(standby.url);
      // Not yet promoted: it can be read, and that must not be taken for a primary.
      await eventually(async () => refused > 1);
      const starting = openPostgres({ url: address.url, patienceMs: 1_000 });
      await sql(standby.url, 'SELECT pg_promote()');
      const before = acknowledged.length;
      await eventually(async () => acknowledged.length > before + 100);
      over = true;
      await working;
      const second = await starting;
      const bodies = await bodiesIn(second, 'log');
      expect(acknowledged.filter((id) => !bodies.includes(id))).toEqual([]);
      expect(new Set(bodies).size).toBe(bodies.length);
      const claimed = await second.claim(Q, claimOf({ max: 10, nowMs: NOW }));
      expect(claimed.map(({ id }) => id)).toEqual(bodies.slice(0, 10));
      await second.close();
    } finally {
      over = true;
      await working;
      await node.close();
      await standby.stop();
    }
  });
});

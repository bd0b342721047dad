/** Connections that break: what was acknowledged is there, once, and nothing is done twice. */
import { describe, expect, test } from 'vitest';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import { type Storage, Unavailable } from '../../../src/storage/storage.ts';
import { append, bodiesIn, claimOf, enqueue, NOW, put, Q, valueAt } from '../contract/writes.ts';
import { emptyStore, missing, onPostgres, sql, startCluster } from './cluster.ts';
import { type Cut, cuttingProxy } from './cutting-proxy.ts';
import { eventually, nodes } from './nodes.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A node behind a proxy. */
async function behindProxy() {
  const store = await emptyStore();
  const proxy = await cuttingProxy(store.url);
  const [node] = await nodes(1, { patienceMs: 1_000 }, { ...store, url: proxy.url });
  if (!node) throw new Error('One was asked for.');
  return { store, proxy, node };
}

const everyNoun = (id: string) => [
  put('k', id),
  put(`new ${id}`, id, { ifVersion: 0 }),
  enqueue(id),
  append('log', id),
];

async function expectOnce(node: Storage, ids: readonly string[]): Promise<void> {
  expect(await bodiesIn(node, 'log')).toEqual(ids);
  const peeked = await node.peek(Q, { nowMs: NOW, max: 1_000 });
  expect(peeked.map(({ id }) => id)).toEqual(ids);
  for (const id of ids) expect(await valueAt(node, `new ${id}`)).toBe(id);
}

const isCommit = (sent: Buffer) => sent.includes('COMMIT\0');

describe.skipIf(missing)(`connections to ${onPostgres} that are lost`, () => {
  test('while a group is on its way: it runs again, whatever it had sent', async () => {
    const { proxy, node } = await behindProxy();
    await node.commit(everyNoun('first'));
    const ids = ['first'];
    for (const when of ['before', 'after'] as const) {
      for (const place of numbers(6)) {
        let sent = 0;
        const cut = proxy.cut({ here: () => sent++ === place, when });
        const id = `${when} ${place}`;
        ids.push(id);
        const receipts = await node.commit(everyNoun(id));
        expect(receipts[3]).toEqual({ position: ids.length });
        // Of what is sent in fewer pieces the last cuts fall on the next list.
        await Promise.race([cut, node.commit([put('k', 'more')])]);
      }
    }
    await expectOnce(node, ids);
  });

  test.each<Cut['when']>(['before', 'after'])(
    'during COMMIT, %s the database got it: its fate is found out',
    async (when) => {
      const { proxy, node } = await behindProxy();
      await node.commit(everyNoun('a'));
      const cut = proxy.cut({ here: isCommit, when });
      const receipts = await node.commit(everyNoun('b'));
      await cut;
      expect(receipts[1]?.version).toBeGreaterThan(0);
      expect(receipts[2]?.position).toBeGreaterThan(0);
      expect(receipts[3]).toEqual({ position: 2 });
      await expectOnce(node, ['a', 'b']);
    },
  );

  test.each<Cut['when']>(['before', 'after'])(
    'during the COMMIT of a claim, %s the database got it: leases are taken once',
    async (when) => {
      const { proxy, node } = await behindProxy();
      await node.commit([enqueue('a'), enqueue('b')]);
      const cut = proxy.cut({ here: isCommit, when });
      const claimed = await node.claim(Q, claimOf({ max: 1 }));
      await cut;
      expect(claimed.map(({ lease }) => lease.token)).toEqual([1]);
      expect(await node.counts(Q, NOW)).toMatchObject({ visible: 1, inFlight: 1 });
    },
  );

  test('in COMMIT with the database gone for good: nobody is told that it was done', async () => {
    const { proxy, node } = await behindProxy();
    await node.commit([append('log', 'a')]);
    const cut = proxy.cut({ here: isCommit, when: 'after' });
    const list = node.commit([append('log', 'b')]);
    list.catch(() => {});
    await cut;
    proxy.close();
    await expect(list).rejects.toThrow('not known');
    await expect(list).rejects.toBeInstanceOf(Unavailable);
  });

  test('again and again under load: what was acknowledged is there, once', async () => {
    const store = await emptyStore();
    const all = await nodes(2, { applicationName: store.schema }, store);
    let killing = true;
    const kill = async () => {
      while (killing) {
        await sql(
          store.url,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = '${store.schema} write'`,
        );
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    };
    const killer = kill();
    const send = async (worker: number) => {
      const acknowledged: string[] = [];
      for (const index of numbers(25)) {
        const id = `${worker}-${index}`;
        const list = all[worker % 2]?.commit([append('log', id), enqueue(id)]);
        await list?.then(
          () => acknowledged.push(id),
          (cause) => expect(cause).toBeInstanceOf(Unavailable),
        );
      }
      return acknowledged;
    };
    const acknowledged = (await Promise.all(numbers(8).map(send))).flat();
    killing = false;
    await killer;
    const [node] = all as readonly Storage[];
    if (!node) throw new Error('Two were asked for.');
    const bodies = await bodiesIn(node, 'log');
    const peeked = await node.peek(Q, { nowMs: NOW, max: 1_000 });
    expect(new Set(bodies).size).toBe(bodies.length);
    expect(peeked.map(({ id }) => id).sort()).toEqual([...bodies].sort());
    expect(acknowledged.filter((id) => !bodies.includes(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(50);
  });
});

describe.skipIf(missing)(`a database on ${onPostgres} that is away`, () => {
  test('is said to be away after a short while, and found again by itself', async () => {
    const { proxy, node } = await behindProxy();
    await node.commit([put('k', 'v')]);
    proxy.close();
    await expect(node.commit([put('k', 'w')])).rejects.toBeInstanceOf(Unavailable);
    await expect(node.get('t', 'p', 'k')).rejects.toBeInstanceOf(Unavailable);
    proxy.open();
    expect(await valueAt(node, 'k')).toBe('v');
    await node.commit([put('k', 'x')]);
    expect(await valueAt(node, 'k')).toBe('x');
  });

  test('that crashes keeps all that was acknowledged', async () => {
    const own = await startCluster();
    const node = await openPostgres({ url: own.url, patienceMs: 5_000 });
    try {
      await node.commit([append('log', 'before')]);
      const acknowledged = ['before'];
      let crashed = false;
      const crash = own.crash().then(() => {
        crashed = true;
      });
      for (let index = 0; !crashed; index += 1) {
        await node.commit([append('log', String(index))]).then(
          () => acknowledged.push(String(index)),
          () => {},
        );
      }
      await crash;
      await eventually(async () => {
        const bodies = await bodiesIn(node, 'log').catch((): readonly string[] => []);
        return acknowledged.every((body) => bodies.includes(body));
      });
    } finally {
      await node.close();
      await own.stop();
    }
  });

  test('and starts while a node does is waited for', async () => {
    const own = await startCluster();
    const proxy = await cuttingProxy(own.url);
    proxy.close();
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const opening = openPostgres({ url: proxy.url, patienceMs: 60_000, onWarning });
    await eventually(async () => warnings.includes('the database is waited for'));
    // Now it is there, and recovers.
    const crash = own.crash();
    proxy.open();
    const node = await opening;
    await crash;
    await eventually(() =>
      node.commit([append('log', 'a')]).then(
        () => true,
        () => false,
      ),
    );
    await node.close();
    await own.stop();
  });

  test('and is not there at all is refused at the start', async () => {
    const url = 'postgres://postgres@127.0.0.1:1/none';
    await expect(openPostgres({ url, patienceMs: 200 })).rejects.toThrow(/ECONNREFUSED/);
  });
});

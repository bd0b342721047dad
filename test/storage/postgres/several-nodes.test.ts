/** What holds between nodes that share a database. */
import { describe, expect, test } from 'vitest';
import { Conflict, type Storage, type Write } from '../../../src/storage/storage.ts';
import {
  append,
  bodiesIn,
  claimOf,
  enqueue,
  inTurn,
  NOW,
  once,
  put,
  Q,
  remove,
  settle,
} from '../contract/writes.ts';
import { missing, onPostgres } from './cluster.ts';
import { eventually, nodes, twoNodes } from './nodes.ts';

const ROW = { table: 'sqs/queues', partition: '000000000000/us-east-1' };
const check = (key: string, ifVersion: number): Write => {
  return { kind: 'check', ...ROW, key, ifVersion };
};
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

async function outcomes(lists: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(lists);
  const refused = settled.filter(({ status }) => status === 'rejected');
  for (const one of refused) {
    expect((one as PromiseRejectedResult).reason).toBeInstanceOf(Conflict);
  }
  return { done: settled.length - refused.length, refused: refused.length };
}

describe.skipIf(missing)(`rows of tables on several nodes of ${onPostgres}`, () => {
  test('of nodes that race to make a row, one wins', async () => {
    const all = await nodes(3);
    for (const round of numbers(20)) {
      const lists = all.map((node, index) =>
        node.commit([put(`k${round}`, String(index), { ifVersion: 0 })]),
      );
      expect(await outcomes(lists)).toEqual({ done: 1, refused: 2 });
    }
  });

  test('of nodes that race to change a row, one wins', async () => {
    const all = await nodes(3);
    let [receipt] = (await all[0]?.commit([put('k', 'v')])) ?? [];
    for (const _ of numbers(20)) {
      const ifVersion = receipt?.version ?? 0;
      const lists = all.map((node) => node.commit([put('k', 'w', { ifVersion })]));
      expect(await outcomes(lists)).toEqual({ done: 1, refused: 2 });
      const row = await all[1]?.get(ROW.table, ROW.partition, 'k');
      receipt = { version: row?.version ?? 0 };
    }
  });

  test('many that write the same rows in different orders all get through', async () => {
    const [one, two] = await twoNodes();
    const keys = numbers(12).map((index) => `k${index}`);
    const lists = numbers(30).flatMap((round) => [
      one.commit(keys.map((key) => put(key, `one ${round}`))),
      two.commit(keys.toReversed().map((key) => put(key, `two ${round}`))),
      one.commit([remove(keys[round % 12] ?? ''), put('x', 'one')]),
      two.commit([put('x', 'two'), remove(keys[round % 7] ?? '')]),
    ]);
    expect(await outcomes(lists)).toEqual({ done: 120, refused: 0 });
  });

  test('a row that must be missing stays missing until the commit', async () => {
    const [one, two] = await twoNodes();
    for (const round of numbers(30)) {
      const [a, b] = [`a${round}`, `b${round}`];
      // Each writes only while the other has not: both getting through would be write skew.
      const lists = [
        one.commit([check(a, 0), put(b, 'one')]),
        two.commit([check(b, 0), put(a, 'two')]),
      ];
      expect(await outcomes(lists)).toEqual({ done: 1, refused: 1 });
    }
  });

  test('a row that must have a version keeps it until the commit', async () => {
    const [one, two] = await twoNodes();
    for (const round of numbers(20)) {
      const [a, b] = [`a${round}`, `b${round}`];
      const [ofA, ofB] = await one.commit([put(a, '0'), put(b, '0')]);
      const lists = [
        one.commit([check(a, ofA?.version ?? 0), put(b, '1')]),
        two.commit([check(b, ofB?.version ?? 0), put(a, '1')]),
      ];
      expect(await outcomes(lists)).toEqual({ done: 1, refused: 1 });
    }
  });

  test('versions differ between nodes', async () => {
    const all = await nodes(3);
    const receipts = await Promise.all(
      numbers(60).map((index) => all[index % 3]?.commit([put(`k${index}`, 'v')])),
    );
    const versions = receipts.map((list) => list?.[0]?.version);
    expect(new Set(versions).size).toBe(60);
  });

  test('a revision grows with what any node changes, wherever it is asked for', async () => {
    const [one, two] = await twoNodes();
    const revisions = async () => [
      await one.revision(ROW.table, ROW.partition),
      await two.revision(ROW.table, ROW.partition),
    ];
    let before = await revisions();
    for (const [index, node] of [one, two, two, one].entries()) {
      await node.commit([put('k', String(index))]);
      const after = await revisions();
      expect(after[0]).toBeGreaterThan(before[0] ?? 0);
      expect(after[1]).toBe(after[0]);
      before = after;
    }
    await one.commit([remove('nothing')]);
    expect(await revisions()).toEqual(before);
  });
});

describe.skipIf(missing)(`logs on several nodes of ${onPostgres}`, () => {
  test('positions have no gaps and come in the order of the commits', async () => {
    const all = await nodes(3);
    const lists = numbers(90).map(async (index) => {
      const node = all[index % 3] as Storage;
      const refused = index % 7 === 0 ? [put('none', 'v', { ifVersion: 9 })] : [];
      const [receipt] = await node.commit([append('log', `r${index}`), ...refused]).catch(() => []);
      return receipt?.position;
    });
    const positions = (await Promise.all(lists)).filter((position) => position !== undefined);
    positions.sort((a, b) => a - b);
    expect(positions).toEqual(numbers(positions.length).map((index) => index + 1));
    const [one, two] = all;
    if (!one || !two) throw new Error('Three were asked for.');
    expect(await bodiesIn(two, 'log')).toEqual(await bodiesIn(one, 'log'));
    expect(await bodiesIn(one, 'log')).toHaveLength(positions.length);
  });

  test('what one trims is gone for the other, and positions go on', async () => {
    const [one, two] = await twoNodes();
    for (const body of ['a', 'b', 'c']) await one.commit([append('log', body)]);
    expect(await bodiesIn(two, 'log')).toEqual(['a', 'b', 'c']);
    await one.commit([{ kind: 'trim', log: 'log', before: 3 }]);
    expect(await bodiesIn(two, 'log')).toEqual(['c']);
    await two.commit([{ kind: 'trim', log: 'log', keep: 0 }]);
    expect(await one.bounds('log')).toEqual({ first: 4, next: 4, bytes: 0 });
    expect(await one.commit([append('log', 'd')])).toEqual([{ position: 4 }]);
  });
});

describe.skipIf(missing)(`queues on several nodes of ${onPostgres}`, () => {
  test('each message is claimed by one of them', async () => {
    const all = await nodes(3);
    await all[0]?.commit(numbers(120).map((index) => enqueue(`m${index}`)));
    const claims = await Promise.all(
      numbers(30).map((index) => all[index % 3]?.claim(Q, claimOf({ max: 7 }))),
    );
    const ids = claims.flatMap((claimed) => claimed ?? []).map(({ id }) => id);
    expect(ids).toHaveLength(120);
    expect(new Set(ids).size).toBe(120);
  });

  test('a lease that another node took over settles nothing', async () => {
    const [one, two] = await twoNodes();
    await one.commit([enqueue('m')]);
    const [first] = await one.claim(Q, claimOf());
    const later = { nowMs: NOW + 60_000 };
    const [second] = await two.claim(Q, claimOf(later));
    expect(second?.lease.token).toBeGreaterThan(first?.lease.token ?? 9);
    if (!first || !second) throw new Error('Both claims took the message.');
    await expect(one.commit([settle(first)])).rejects.toBeInstanceOf(Conflict);
    expect(await two.commit([settle(second)])).toEqual([{ changed: 1 }]);
  });

  test('a key is remembered on all of them', async () => {
    const [one, two] = await twoNodes();
    for (const round of numbers(15)) {
      const key = `key ${round}`;
      const receipts = await Promise.all(
        [one, two].map((node, index) => node.commit([once(key, enqueue(`${index}`))])),
      );
      const [a, b] = receipts.map((list) => list[0]);
      expect(a?.position).toBe(b?.position);
      expect([a?.duplicateOf, b?.duplicateOf].filter((id) => id !== undefined)).toHaveLength(1);
    }
    expect((await one.counts(Q, NOW)).visible).toBe(15);
  });

  test('messages of a group come one after the other, whoever takes them', async () => {
    const all = await nodes(3);
    const sent = numbers(30).map((index) => `m${String(index).padStart(2, '0')}`);
    for (const [index, id] of sent.entries()) await all[index % 3]?.commit([inTurn(id, 'g')]);
    const taken: string[] = [];
    const work = async (node: Storage) => {
      for (let idle = 0; taken.length < sent.length && idle < 2_000; idle += 1) {
        const [claimed] = await node.claim(Q, claimOf({ max: 1 }));
        if (!claimed) continue;
        taken.push(claimed.id);
        await node.commit([settle(claimed)]);
      }
    };
    await Promise.all(all.map(work));
    expect(taken).toEqual(sent);
  });
});

describe.skipIf(missing)(`hints between nodes of ${onPostgres}`, () => {
  async function hears(pollMs: number, pooled: boolean) {
    const [one, two] = await twoNodes({ pollMs, pooled });
    const heard = new Set<string>();
    for (const name of [Q, 'log', 'folder/']) two.watch(name, () => heard.add(name));
    await eventually(async () => {
      await one.commit([enqueue('m'), append('log', 'r'), append('folder/a', 'r')]);
      return heard.size === 3;
    });
  }

  test('come by being told', () => hears(60_000, false));
  test('come by asking, too', () => hears(50, true));
});

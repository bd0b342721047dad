import { expect, test } from 'vitest';
import { Contents } from '../../src/journal/contents-by-id.ts';
import { journal } from '../../src/journal/journal.ts';
import { journalsOf } from '../../src/journal/logs.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { sharedView } from '../delivery/nodes.ts';

function told(id: string, json: string, atMs = 1, log?: string) {
  const { record } = journal({ on: true, contents: true, ...(log && { log }) });
  const content = { form: 'message', json } as const;
  return record({ kind: 'publish', id, arn: 'arn:aws:sqs:r:0:q', atMs, content });
}

async function open() {
  const storage = await openSqlite({ path: ':memory:' });
  return { storage, [Symbol.asyncDispose]: () => storage.close() };
}

const MINUTE_MS = 60_000;

/** A storage to which one content a minute came, and that counts the records read. */
async function openLong() {
  const storage = await openSqlite({ path: ':memory:' });
  const count = { records: 0 };
  const read: Storage['read'] = async (log, how) => {
    const page = await storage.read(log, how);
    count.records += page.length;
    return page;
  };
  let made = 0;
  const come = async (more: number) => {
    const some = Array.from({ length: more }, () =>
      told(`m${made}`, `${made}`, MINUTE_MS * made++),
    );
    await storage.commit(some.flat());
  };
  await come(10_000);
  const counting = { ...sharedView(storage), shared: false, read };
  return { storage: counting, count, come, [Symbol.asyncDispose]: () => storage.close() };
}

test('what was published is found by its id, also what comes after the first look', async () => {
  await using w = await open();
  const contents = new Contents(w.storage);
  await w.storage.commit(told('a', '{"n":1}'));
  expect(await contents.find('a')).toMatchObject({ id: 'a', form: 'message', json: '{"n":1}' });
  expect(await contents.find('b')).toBeUndefined();
  await w.storage.commit([...told('b', '"line\\nbreak"'), ...told('a', '{"n":2}')]);
  expect((await contents.find('b'))?.json).toBe('"line\\nbreak"');
  expect((await contents.find('a'))?.json).toBe('{"n":2}');
});

test('neighbours are found in whatever order they are asked for', async () => {
  await using w = await open();
  const ids = Array.from({ length: 400 }, (_, n) => `m${n}`);
  await w.storage.commit(ids.flatMap((id) => told(id, JSON.stringify(id))));
  const contents = new Contents(w.storage);
  for (const id of [...ids, ...ids.toReversed(), 'm7', 'm399', 'm0']) {
    expect((await contents.find(id))?.json).toBe(`"${id}"`);
  }
});

test('each part of a shared journal has its contents beside it', async () => {
  await using w = await open();
  const shared = sharedView(w.storage);
  const contents = new Contents(shared);
  const [, one, , other] = journalsOf(shared);
  await shared.commit([...told('a', '1', 1, one), ...told('b', '2', 1, other)]);
  expect((await contents.find('a'))?.json).toBe('1');
  expect((await contents.find('b'))?.json).toBe('2');
});

test('a question costs what lies between, and less the next time', async () => {
  await using w = await openLong();
  const contents = new Contents(w.storage);
  expect((await contents.find('m9000'))?.json).toBe('9000');
  expect(w.count.records).toBeLessThanOrEqual(1_700);
  expect((await contents.find('m9900'))?.json).toBe('9900');
  expect(w.count.records).toBeLessThanOrEqual(1_900);
  expect((await contents.find('m0'))?.json).toBe('0');
  w.count.records = 0;
  expect(await contents.find('nobody')).toBeUndefined();
  expect(w.count.records).toBe(0);
});

test('what is not kept is not looked for where all is older', async () => {
  await using w = await openLong();
  const contents = new Contents(w.storage);
  for (let minute = 9_999; minute > 9_900; minute -= 1) {
    expect(await contents.find('nobody', minute * MINUTE_MS)).toBeUndefined();
  }
  expect(w.count.records).toBeLessThanOrEqual(500);
  expect((await contents.find('m0', 0))?.json).toBe('0');
});

test('what is of a later time is found where a clock was set back since', async () => {
  await using w = await openLong();
  const before = [...told('later', '1', 20_000 * MINUTE_MS)];
  await w.storage.commit(before);
  await w.come(1_500);
  const contents = new Contents(w.storage);
  expect((await contents.find('m11499', 11_499 * MINUTE_MS))?.json).toBe('11499');
  expect((await contents.find('later', 20_000 * MINUTE_MS))?.json).toBe('1');
});

test('where much has come since, what is old is found as well as what is new', async () => {
  await using w = await openLong();
  const contents = new Contents(w.storage);
  expect((await contents.find('m9999'))?.json).toBe('9999');
  await w.come(5_000);
  w.count.records = 0;
  expect((await contents.find('m14999'))?.json).toBe('14999');
  expect(w.count.records).toBeLessThanOrEqual(700);
  for (const id of ['m9999', 'm14999', 'm0', 'm10000', 'm9998']) {
    expect((await contents.find(id))?.json).toBe(id.slice(1));
  }
  await w.come(10);
  expect((await contents.find('m15009'))?.json).toBe('15009');
});

test('of several the newest is found, on the way back too', async () => {
  await using w = await open();
  await w.storage.commit([...told('a', '1', 1), ...told('b', '2', 2), ...told('a', '3', 3)]);
  const contents = new Contents(w.storage);
  expect((await contents.find('b', 2))?.json).toBe('2');
  expect((await contents.find('a', 1))?.json).toBe('3');
});

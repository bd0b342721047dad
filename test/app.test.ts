import { expect, test } from 'vitest';
import { createStack } from '../src/app.ts';
import { VirtualClock } from '../src/core/clock.ts';
import { quotas } from '../src/core/quotas.ts';
import { encodeFact } from '../src/journal/journal.ts';
import { besides, JOURNAL } from '../src/journal/logs.ts';
import type { Service } from '../src/services/service.ts';
import { openSqlite } from '../src/storage/sqlite/open.ts';

const memory = () => openSqlite({ path: ':memory:' });

function service(start: Service['start']): Service {
  return { name: 'test', operations: {}, ...(start && { start }) };
}

test('closing twice, or twice at once, is closing once', async () => {
  let stops = 0;
  const stop = async () => {
    stops += 1;
  };
  const stack = await createStack({ storage: await memory(), services: [service(() => stop)] });
  await Promise.all([stack.close(), stack.close()]);
  await stack.close();
  expect(stops).toBe(1);
});

test('a service that cannot end does not keep the storage open', async () => {
  const storage = await memory();
  const stop = () => Promise.reject(new Error('a bug'));
  const stack = await createStack({ storage, services: [service(() => stop)] });
  await expect(stack.close()).rejects.toThrow('a bug');
  await expect(storage.get('table', 'partition', 'key')).rejects.toThrow();
});

test('a service that cannot start ends those before it, and closes the storage', async () => {
  const storage = await memory();
  let stops = 0;
  const stop = async () => {
    stops += 1;
  };
  const broken = service(() => Promise.reject(new Error('a bug')));
  const starting = createStack({ storage, services: [service(() => stop), broken] });
  await expect(starting).rejects.toThrow('a bug');
  expect(stops).toBe(1);
  await expect(storage.get('table', 'partition', 'key')).rejects.toThrow();
});

test('deliveries for a kind of target that is not there are told of, and stay', async () => {
  const storage = await memory();
  const message = { id: 'm', body: '', sentAtMs: 0, visibleAtMs: 0 };
  await storage.commit([{ kind: 'enqueue', queue: 'deliveries/lambda', message }]);
  const told: unknown[] = [];
  const log = {
    info: () => {},
    warn: (...said: unknown[]) => void told.push(said),
    error: () => {},
  };
  const stack = await createStack({ storage, services: [], log });
  const text = 'deliveries wait for a kind of target unknown here';
  expect(told).toEqual([[text, { queue: 'deliveries/lambda' }]]);
  expect(await storage.queues('')).toEqual(['deliveries/lambda']);
  await stack.close();
});

test('the journal is kept within its bounds by stacks that live shortly too', async () => {
  const storage = await memory();
  const fact = { kind: 'publish', id: 'old', arn: 'a', atMs: 0 } as const;
  const append = { kind: 'append', log: JOURNAL, record: encodeFact(fact) } as const;
  await storage.commit(Array.from({ length: 1_000 }, () => append));
  const settings = { quotas: quotas('current', { 'journal.keep': 100 }) };
  const clock = new VirtualClock(1_000);
  const stack = await createStack({ storage, services: [], settings, clock });
  await storage.commit(stack.journal.record(fact));
  await stack.quiet();
  const { first, next } = await storage.bounds(JOURNAL);
  expect(next - first).toBeLessThan(300);
  await stack.close();
});

test('contents are kept within their bytes, however few they are', async () => {
  const storage = await memory();
  const settings = { quotas: quotas('current', { 'journal.contentBytes': 5_000_000 }) };
  const stack = await createStack({ storage, services: [], settings });
  const content = { form: 'message', json: JSON.stringify('x'.repeat(250_000)) } as const;
  const fact = { kind: 'publish', id: 'm', arn: 'a', atMs: stack.clock.nowMs(), content } as const;
  for (let told = 0; told < 60; told += 1) {
    await storage.commit(stack.journal.record(fact));
    await stack.quiet();
  }
  const { bytes } = await storage.bounds(besides(JOURNAL));
  expect(bytes).toBeGreaterThan(3_000_000);
  expect(bytes).toBeLessThan(7_000_000);
  await stack.close();
});

test('a stack that waits begins its work when it knows where it is reached', async () => {
  const begun: string[] = [];
  const stack = await createStack({
    storage: await memory(),
    services: [],
    waits: true,
  });
  stack.workers.add({
    ...{ name: 'a worker', awaited: false, busy: false },
    start: () => void begun.push(stack.endpoint()),
    idle: async () => {},
    nextDueMs: async () => Number.POSITIVE_INFINITY,
    stop: async () => {},
  });
  expect(begun).toEqual([]);
  stack.reachedAt('http://127.0.0.1:9');
  expect(begun).toEqual(['http://127.0.0.1:9']);
  await stack.close();
});

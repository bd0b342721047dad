import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConcurrencyError, TooManyEvents } from '../../src/patterns/append.ts';
import { toItem } from '../../src/patterns/attribute-values.ts';
import type { DomainEvent } from '../../src/patterns/decider.ts';
import { dynamoEventStore, type EventStore } from '../../src/patterns/event-store.ts';
import type { Upcasters } from '../../src/patterns/stored-events.ts';
import { type AccountEvent, account, deposited, withdrawn } from './accounts.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

let tables: Tables;
let store: EventStore;

beforeEach(async () => {
  tables = await startTables();
  await createTable(tables.client, 'events', ['streamId', 'version']);
  store = storeWith();
});
afterEach(() => tables[Symbol.asyncDispose]());

function storeWith(upcasters: Upcasters = {}): EventStore {
  const { client, aws } = tables;
  return dynamoEventStore({ client, table: 'events', clock: aws.clock, upcasters });
}

async function all<Event>(events: AsyncIterable<Event>): Promise<readonly Event[]> {
  return await Array.fromAsync(events);
}

const ACCOUNT = [deposited(50), withdrawn(30), deposited(80)];
const many = (count: number) => Array.from({ length: count }, (_, at) => deposited(at));

describe('appending', () => {
  test('puts events behind those that are there, in order', async () => {
    const first = await store.append('a', [deposited(50)], { expectedVersion: 'none' });
    expect(first.version).toBe(1);
    const second = await store.append('a', [withdrawn(30), deposited(80)], { expectedVersion: 1 });
    expect(second.version).toBe(3);
    const read = await all(store.read('a'));
    expect(read.map(({ version, type, data }) => [version, type, data])).toEqual([
      [1, 'Deposited', 50],
      [2, 'Withdrawn', 30],
      [3, 'Deposited', 80],
    ]);
    expect(read[0]).toMatchObject({ streamId: 'a', schemaVersion: 1, occurredAt: START });
  });

  test('keeps metadata and data of any plain shape', async () => {
    const data = { lines: [{ sku: 'A1', price: 0.5 }], note: null, gift: false };
    await store.append('a', [{ type: 'Placed', data, metadata: { correlationId: 'c1' } }]);
    expect((await all(store.read('a')))[0]).toMatchObject({
      data,
      metadata: { correlationId: 'c1' },
    });
  });

  test('takes 100 events at once, and 100 only', async () => {
    expect((await store.append('a', many(100))).version).toBe(100);
    await expect(store.append('a', many(101))).rejects.toThrow(new TooManyEvents(101));
    expect(await all(store.read('a'))).toHaveLength(100);
  });

  test('of no events checks what is expected and writes nothing', async () => {
    expect(await store.append('a', [])).toEqual({ version: 0, events: [] });
    await expect(store.append('a', [], { expectedVersion: 'exists' })).rejects.toThrow(
      ConcurrencyError,
    );
  });

  test.each([
    { expectedVersion: 'none', at: 1 },
    { expectedVersion: 'exists', at: 0 },
    { expectedVersion: 0, at: 1 },
    { expectedVersion: 1, at: 2 },
    { expectedVersion: 3, at: 2 },
  ] as const)('expecting $expectedVersion is refused at $at', async ({ expectedVersion, at }) => {
    if (at > 0) await store.append('a', many(at));
    const refused = store.append('a', [deposited(1)], { expectedVersion });
    await expect(refused).rejects.toThrow(new ConcurrencyError('a', expectedVersion, at));
    await expect(refused).rejects.toMatchObject({ actual: at, expected: expectedVersion });
    expect(await all(store.read('a'))).toHaveLength(at);
  });

  test.each([
    ['none', 0],
    ['any', 0],
    ['any', 2],
    ['exists', 2],
    [2, 2],
    [0, 0],
  ] as const)('expecting %s is met at %i', async (expectedVersion, at) => {
    if (at > 0) await store.append('a', many(at));
    const { version } = await store.append('a', [deposited(1)], { expectedVersion });
    expect(version).toBe(at + 1);
  });

  test('of two writers at once one wins, and no event of the other is there', async () => {
    const writers = [many(2), many(3)].map((events) =>
      store.append('a', events, { expectedVersion: 'none' }),
    );
    const ended = await Promise.allSettled(writers);
    const lost = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(lost).toHaveLength(1);
    expect(lost[0]).toBeInstanceOf(ConcurrencyError);
    expect(await all(store.read('a'))).toHaveLength(lost[0].actual);
  });

  test('writers that expect anything all get in', async () => {
    await Promise.all(Array.from({ length: 5 }, (_, at) => store.append('a', [deposited(at)])));
    const read = await all(store.read('a'));
    expect(read.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(read.map(({ data }) => data)).size).toBe(5);
  });
});

describe('a command with an id', () => {
  test.each(['none', 'any', 0] as const)('appends once, expecting %s', async (expectedVersion) => {
    const again = async () => store.append('a', ACCOUNT, { expectedVersion, commandId: 'c1' });
    const first = await again();
    expect((await again()).version).toBe(first.version);
    await tables.aws.clock.advance('1m');
    expect((await again()).events).toMatchObject([
      { version: 1, commandId: 'c1', occurredAt: START },
      { version: 2, commandId: 'c1' },
      { version: 3, commandId: 'c1' },
    ]);
    expect(await all(store.read('a'))).toHaveLength(3);
  });

  test('is found behind the version expected after any time, others notwithstanding', async () => {
    const options = { expectedVersion: 'none', commandId: 'c1' } as const;
    await store.append('a', ACCOUNT, options);
    await store.append('a', [deposited(1)], { commandId: 'c2' });
    await tables.aws.clock.advance('1d');
    expect((await store.append('a', ACCOUNT, options)).version).toBe(3);
  });

  test('is no excuse for a conflict with another', async () => {
    await store.append('a', ACCOUNT, { commandId: 'c1' });
    const other = store.append('a', ACCOUNT, { expectedVersion: 'none', commandId: 'c2' });
    await expect(other).rejects.toThrow(new ConcurrencyError('a', 'none', 3));
  });

  test('may append to several streams', async () => {
    await store.append('a', ACCOUNT, { commandId: 'c1' });
    await store.append('b', ACCOUNT, { commandId: 'c1' });
    expect(await all(store.read('b'))).toHaveLength(3);
  });
});

describe('loading', () => {
  test('folds events to a state, of now and of before', async () => {
    for (const event of ACCOUNT) {
      await store.append('a', [event]);
      await tables.aws.clock.advance('1h');
    }
    const at = (options: object) => store.load('a', account, options);
    expect(await at({})).toEqual({ state: 100, version: 3 });
    expect(await at({ atVersion: 2 })).toEqual({ state: 20, version: 2 });
    expect(await at({ atVersion: 0 })).toEqual({ state: 0, version: 0 });
    expect(await at({ atTime: '2026-01-15T11:30:00Z' })).toEqual({ state: 20, version: 2 });
    expect(await at({ atTime: Date.parse(START) - 1 })).toEqual({ state: 0, version: 0 });
    await expect(at({ atTime: 'soon' })).rejects.toThrow('no moment in time');
  });

  test('of a stream that is not there is the beginning', async () => {
    expect(await store.load('a', account)).toEqual({ state: 0, version: 0 });
  });

  test('is the plain fold, whatever is appended, with snapshots and without', async () => {
    const amounts = fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 4 }), {
      maxLength: 5,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(amounts, fc.nat(20), async (appends, atVersion) => {
        const stream = `s${run++}`;
        const snapshot = { name: 'balance', every: 3 };
        for (const batch of appends) {
          await store.append(stream, batch.map(deposited));
          await store.load(stream, account, { snapshot });
        }
        const events: readonly AccountEvent[] = appends.flat().map(deposited);
        const fold = (some: readonly AccountEvent[]) => some.reduce(account.evolve, 0);
        for (const options of [{}, { snapshot }]) {
          expect((await store.load(stream, account, options)).state).toBe(fold(events));
          const past = await store.load(stream, account, { ...options, atVersion });
          expect(past.state).toBe(fold(events.slice(0, atVersion)));
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('snapshots', () => {
  const snapshot = { name: 'balance', every: 2 };
  const KEY = { streamId: 'a', version: 'SNAP#balance#000000000003' };
  const snapshots = async () =>
    (await itemsOf(tables.client, 'events')).filter((row) => String(row.version).includes('SNAP'));

  beforeEach(async () => {
    await store.append('a', ACCOUNT);
    await store.load('a', account, { snapshot });
  });

  test('are written when enough events were folded since the last', async () => {
    expect(await snapshots()).toEqual([{ ...KEY, state: 100 }]);
    await store.append('a', [deposited(1)]);
    await store.load('a', account, { snapshot });
    expect(await snapshots()).toHaveLength(1);
    await store.append('a', [deposited(1)]);
    await store.load('a', account, { snapshot });
    expect(await snapshots()).toHaveLength(2);
  });

  test('are begun from', async () => {
    const Item = toItem({ ...KEY, state: 1000 });
    await tables.client.send(new PutItemCommand({ TableName: 'events', Item }));
    await store.append('a', [deposited(1)]);
    const loaded = await store.load('a', account, { snapshot });
    expect(loaded).toEqual({ state: 1001, version: 4 });
  });

  test('may be deleted', async () => {
    const Key = toItem(KEY);
    await tables.client.send(new DeleteItemCommand({ TableName: 'events', Key }));
    expect(await store.load('a', account, { snapshot })).toEqual({ state: 100, version: 3 });
  });

  test('of another fold are not looked at', async () => {
    const counting = { initialState: () => 0, evolve: (count: number) => count + 1 };
    const other = { name: 'count', every: 2 };
    expect((await store.load('a', counting, { snapshot: other })).state).toBe(3);
    expect((await store.load('a', counting, { snapshot: other })).state).toBe(3);
    expect((await store.load('a', account, { snapshot })).state).toBe(100);
  });

  test('keep what a codec makes of a state', async () => {
    const types = {
      initialState: () => new Map<string, number>(),
      evolve: (seen: Map<string, number>, { type }: DomainEvent) =>
        new Map(seen).set(type, (seen.get(type) ?? 0) + 1),
    };
    const kept = {
      ...{ name: 'types', every: 1 },
      codec: {
        encode: (seen: Map<string, number>) => Object.fromEntries(seen),
        decode: (stored: unknown) => new Map(Object.entries(stored as Record<string, number>)),
      },
    };
    const counted = new Map(Object.entries({ Deposited: 2, Withdrawn: 1 }));
    for (const _ of [1, 2]) {
      expect((await store.load('a', types, { snapshot: kept })).state).toEqual(counted);
    }
  });

  test('that cannot be written cost nothing but time', async () => {
    const failures: unknown[] = [];
    const dates = { initialState: () => new Date(0), evolve: (state: Date) => state };
    const { version } = await store.load('a', dates, {
      snapshot: { name: 'dates', every: 1, onFailure: (cause) => failures.push(cause) },
    });
    expect(version).toBe(3);
    expect(failures).toEqual([expect.any(TypeError)]);
  });
});

describe('upcasters', () => {
  const toCents: Upcasters = {
    Deposited: [
      ({ type, data }) => ({ type, data: { euros: data } }),
      ({ data }) => ({
        type: 'MoneyIn',
        data: { cents: (data as { euros: number }).euros * 100 },
        metadata: { upcast: true },
      }),
    ],
  };

  test('lift old events to the shape of today', async () => {
    await store.append('a', ACCOUNT);
    const [first, second] = await all(storeWith(toCents).read('a'));
    expect(first).toMatchObject({ type: 'MoneyIn', data: { cents: 5000 }, schemaVersion: 3 });
    expect(first).toMatchObject({ version: 1, metadata: { upcast: true } });
    expect(second).toMatchObject({ type: 'Withdrawn', data: 30, schemaVersion: 1 });
  });

  test('leave events alone that were written since', async () => {
    const today = storeWith(toCents);
    await today.append('a', [{ type: 'Deposited', data: { euros: 1 } }]);
    const [event] = await all(today.read('a'));
    expect(event).toMatchObject({ type: 'Deposited', data: { euros: 1 }, schemaVersion: 3 });
  });
});

describe('reading', () => {
  test('of a stream takes bounds and either direction', async () => {
    await store.append('a', many(6));
    const versions = async (options: object) =>
      (await all(store.read('a', options))).map(({ version }) => version);
    expect(await versions({ after: 2, upTo: 4 })).toEqual([3, 4]);
    expect(await versions({ after: 4, pageSize: 1 })).toEqual([5, 6]);
    expect(await versions({ reverse: true, upTo: 2 })).toEqual([2, 1]);
    expect(await versions({ after: 6 })).toEqual([]);
    expect(await versions({ after: 3, upTo: 2 })).toEqual([]);
  });

  test('of all is in order within each stream, and leaves snapshots out', async () => {
    for (const stream of ['a', 'b', 'c']) {
      await store.append(stream, ACCOUNT);
      await store.load(stream, account, { snapshot: { name: 'balance', every: 1 } });
    }
    const read = await all(store.readAll());
    const byStream = Map.groupBy(read, ({ streamId }) => streamId);
    expect([...byStream.keys()].sort()).toEqual(['a', 'b', 'c']);
    for (const events of byStream.values()) {
      expect(events.map(({ version }) => version)).toEqual([1, 2, 3]);
    }
  });

  test('of all filters, and goes on where it stopped', async () => {
    for (const stream of ['a', 'b', 'c']) await store.append(stream, ACCOUNT);
    const read = await all(store.readAll());
    for (const [at, stopped] of read.entries()) {
      expect(await all(store.readAll({ after: stopped }))).toEqual(read.slice(at + 1));
    }
    const withdrawals = await all(store.readAll({ filter: ({ type }) => type === 'Withdrawn' }));
    expect(withdrawals).toHaveLength(3);
  });

  test('of a stream record gives the event, of a snapshot’s none', () => {
    const image = toItem({ streamId: 'a', version: '000000000007', type: 'T', schemaVersion: 1 });
    expect(store.eventIn(image)).toMatchObject({ streamId: 'a', version: 7, type: 'T' });
    expect(
      store.eventIn(toItem({ streamId: 'a', version: 'SNAP#x#000000000007' })),
    ).toBeUndefined();
  });
});

const START = '2026-01-15T10:00:00.000Z';

import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConcurrencyError } from '../../src/patterns/append.ts';
import type { Decider } from '../../src/patterns/decider.ts';
import { dynamoEventStore, type EventStore } from '../../src/patterns/event-store.ts';
import { handle } from '../../src/patterns/handle.ts';
import { type AccountCommand, type AccountEvent, account, deposited } from './accounts.ts';
import { createTable, startTables, type Tables } from './tables.ts';

let tables: Tables;
let store: EventStore;

beforeEach(async () => {
  tables = await startTables();
  await createTable(tables.client, 'events', ['streamId', 'version']);
  store = dynamoEventStore({ client: tables.client, table: 'events', clock: tables.aws.clock });
});
afterEach(() => tables[Symbol.asyncDispose]());

/** The store, with a deposit of someone else's before each of the next `times` appends. */
function contested(times: number): EventStore {
  let left = times;
  return {
    ...store,
    append: async (streamId, events, options) => {
      if (left-- > 0) await store.append(streamId, [deposited(1)]);
      return store.append(streamId, events, options);
    },
  };
}

test('commands become events and a state', async () => {
  await handle(store, 'a', account, { deposit: 50 });
  await handle(store, 'a', account, { withdraw: 30 });
  expect(await handle(store, 'a', account, { deposit: 80 })).toEqual({
    ...{ state: 100, version: 3, events: [deposited(80)] },
  });
});

test('a command that is refused leaves nothing', async () => {
  await expect(handle(store, 'a', account, { withdraw: 1 })).rejects.toThrow('Not enough money.');
  expect(await store.load('a', account)).toEqual({ state: 0, version: 0 });
});

test('a command that leads to nothing leaves nothing', async () => {
  const handled = await handle(store, 'a', account, { withdraw: 0 });
  expect(handled).toEqual({ state: 0, version: 0, events: [] });
});

test('a conflict is decided again, on the new state', async () => {
  await store.append('a', [deposited(30)]);
  const waits: number[] = [];
  const handled = await handle(
    contested(3),
    'a',
    account,
    { withdraw: 30 },
    { backoff: async (attempt) => void waits.push(attempt) },
  );
  expect(handled).toMatchObject({ state: 3, version: 5 });
  expect(waits).toEqual([1, 2, 3]);
});

test('a conflict that does not end is thrown', async () => {
  const losing = handle(contested(9), 'a', account, { deposit: 5 }, { retries: 1 });
  await expect(losing).rejects.toThrow(ConcurrencyError);
  expect((await store.load('a', account)).state).toBe(2);
});

test('commands at once never overdraw', async () => {
  await store.append('a', [deposited(50)]);
  const commands = Array.from({ length: 8 }, () =>
    handle(store, 'a', account, { withdraw: 10 }, { retries: 20 }),
  );
  const ended = await Promise.allSettled(commands);
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  expect(await store.load('a', account)).toEqual({ state: 0, version: 6 });
});

test('a snapshot shortens the way', async () => {
  const snapshot = { name: 'balance', every: 1 };
  for (const deposit of [1, 2, 3]) await handle(store, 'a', account, { deposit }, { snapshot });
  expect((await store.load('a', account, { snapshot })).state).toBe(6);
});

test('a decider of the common shape fits, and fits in there', async () => {
  /** As libraries of the field declare it. */
  interface CommonDecider<State, Command, Event> {
    decide: (command: Command, state: State) => Event | Event[];
    evolve: (currentState: State, event: Event) => State;
    initialState: () => State;
  }
  const common: CommonDecider<number, AccountCommand, AccountEvent> = account;
  const back: Decider<number, AccountCommand, AccountEvent> = common;
  expect((await handle(store, 'a', back, { deposit: 5 })).state).toBe(5);
});

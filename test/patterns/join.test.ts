import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DomainEvent } from '../../src/patterns/decider.ts';
import { type Join, type JoinOptions, join } from '../../src/patterns/join.ts';
import { dynamoOutbox, type Outbox } from '../../src/patterns/outbox.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

type ShopEvent = DomainEvent<string, { readonly orderId: string; readonly at?: number }>;

let tables: Tables;
let outbox: Outbox;

beforeEach(async () => {
  tables = await startTables();
  const { client, aws } = tables;
  await createTable(client, 'joins', ['id'], { open: ['status', 'deadline'] });
  await createTable(client, 'outbox', ['aggregateId', 'position']);
  const newId = () => 'unused';
  outbox = dynamoOutbox({ client, table: 'outbox', clock: aws.clock, newId });
});
afterEach(() => tables[Symbol.asyncDispose]());

const NEEDS = ['Placed', 'Reserved', 'Paid'];
const event = (type: string, orderId = 'o1'): ShopEvent => ({ type, data: { orderId } });

function ready(options: Partial<JoinOptions<ShopEvent>> = {}): Join<ShopEvent> {
  const { client, aws } = tables;
  return join({
    ...{ client, table: 'joins', clock: aws.clock, name: 'ready', outbox, needs: NEEDS },
    key: ({ data }) => data.orderId,
    emit: ({ key, events }) => ({
      ...{ source: 'shop', type: 'Ready', data: { orderId: key, of: Object.keys(events).sort() } },
    }),
    onTimeout: ({ key, events }) => ({
      ...{ source: 'shop', type: 'Stuck', data: { orderId: key, has: Object.keys(events) } },
    }),
    timeout: '1h',
    ...options,
  });
}

const emitted = async () =>
  (await itemsOf(tables.client, 'outbox')).map((row) => row.event as DomainEvent);

test('the last event that is needed emits, with all that came', async () => {
  const orders = ready();
  expect(await orders.arrive(event('Paid'))).toBe('waiting');
  expect(await orders.arrive(event('Placed'))).toBe('waiting');
  expect(await orders.arrive(event('Mailed'))).toBe('ignored');
  expect(await orders.arrive(event('Reserved'))).toBe('emitted');
  expect(await orders.arrive(event('Reserved'))).toBe('ignored');
  expect(await emitted()).toEqual([
    {
      ...{ id: 'ready#o1#EMITTED', source: 'shop', type: 'Ready' },
      data: { orderId: 'o1', of: ['Paid', 'Placed', 'Reserved'] },
    },
  ]);
});

test('in any order, with any duplicates, at once or not, one is emitted', async () => {
  const arrivals = fc.tuple(
    fc.shuffledSubarray([...NEEDS, ...NEEDS], { minLength: 6 }),
    fc.boolean(),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(arrivals, async ([types, isAtOnce]) => {
      const orderId = `o${run++}`;
      const orders = ready();
      const arrive = (type: string) => orders.arrive(event(type, orderId));
      const outcomes: string[] = [];
      if (isAtOnce) outcomes.push(...(await Promise.all(types.map(arrive))));
      else for (const type of types) outcomes.push(await arrive(type));
      expect(outcomes.filter((outcome) => outcome === 'emitted')).toHaveLength(1);
    }),
    { numRuns: 15 },
  );
  expect(await emitted()).toHaveLength(run);
});

test('of an event that comes twice the first counts', async () => {
  const orders = ready({ emit: ({ events }) => ({ source: 's', type: 'T', data: events.Paid }) });
  for (const at of [1, 2]) await orders.arrive({ type: 'Paid', data: { orderId: 'o1', at } });
  await orders.arrive(event('Placed'));
  await orders.arrive(event('Reserved'));
  expect(await emitted()).toMatchObject([{ data: { data: { at: 1 } } }]);
});

test('an arrival that crashed before it emitted is made up for by its redelivery', async () => {
  const orders = ready();
  await orders.arrive(event('Paid'));
  await orders.arrive(event('Placed'));
  const down = { ...outbox, emit: () => raise(new Error('killed')) };
  await expect(ready({ outbox: down }).arrive(event('Reserved'))).rejects.toThrow('killed');
  expect(await emitted()).toEqual([]);
  expect(await orders.arrive(event('Reserved'))).toBe('emitted');
});

test('what is not complete in time is closed, and later arrivals are recorded', async () => {
  const orders = ready();
  await orders.arrive(event('Paid'));
  await tables.aws.clock.advance('59m');
  await orders.arrive(event('Placed'));
  expect(await orders.timeOut('o1')).toBe(false);
  await tables.aws.clock.advance('1m');
  expect(await orders.timeOut('o1')).toBe(true);
  expect(await orders.timeOut('o1')).toBe(false);
  expect(await orders.timeOut('unknown')).toBe(false);
  expect(await orders.arrive(event('Reserved'))).toBe('late');
  expect(await emitted()).toMatchObject([
    { id: 'ready#o1#TIMED_OUT', type: 'Stuck', data: { orderId: 'o1', has: expect.any(Array) } },
  ]);
  expect(await itemsOf(tables.client, 'joins')).toMatchObject([
    { status: 'TIMED_OUT', 'late:Reserved': event('Reserved') },
  ]);
});

test('a sweep closes what is overdue, of its own join', async () => {
  const [orders, others] = [ready(), ready({ name: 'others' })];
  await orders.arrive(event('Paid', 'o1'));
  await others.arrive(event('Paid', 'o1'));
  for (const type of NEEDS) await orders.arrive(event(type, 'o2'));
  await tables.aws.clock.advance('30m');
  await orders.arrive(event('Paid', 'o3'));
  await tables.aws.clock.advance('30m');
  expect(await orders.sweep()).toEqual(['o1']);
  expect(await orders.sweep()).toEqual([]);
  expect(await others.sweep()).toEqual(['o1']);
  await tables.aws.clock.advance('30m');
  expect(await orders.sweep()).toEqual(['o3']);
});

test('time-outs may be silent', async () => {
  const { client, aws } = tables;
  const orders = join<ShopEvent>({
    ...{ client, table: 'joins', clock: aws.clock, name: 'silent', outbox, timeout: '1s' },
    needs: ['Paid', 'Placed'],
    key: ({ data }) => data.orderId,
    emit: () => ({ source: 's', type: 'T', data: null }),
  });
  await orders.arrive(event('Paid'));
  await aws.clock.advance('1s');
  expect(await orders.timeOut('o1')).toBe(true);
  expect(await emitted()).toEqual([]);
});

function raise(cause: Error): never {
  throw cause;
}

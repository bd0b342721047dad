import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dynamoInbox } from '../../src/patterns/inbox.ts';
import { dynamoOutbox, type EmittedEvent, type Outbox } from '../../src/patterns/outbox.ts';
import { type OutboxRelayOptions, outboxRelay } from '../../src/patterns/outbox-relay.ts';
import { eventBridgePublisher } from '../../src/patterns/publisher.ts';
import { createBus, type Remembering, remembering } from './buses.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

let tables: Tables;
let outbox: Outbox;
let bus: Remembering;

beforeEach(async () => {
  tables = await startTables();
  const { client, aws } = tables;
  await createTable(client, 'orders');
  await createTable(client, 'outbox', ['aggregateId', 'position'], {
    pending: ['status', 'position'],
  });
  let ids = 0;
  const newId = () => `e${++ids}`;
  outbox = dynamoOutbox({ client, table: 'outbox', clock: aws.clock, newId });
  bus = remembering();
});
afterEach(() => tables[Symbol.asyncDispose]());

const placed = (orderId: string, more: Partial<EmittedEvent> = {}): EmittedEvent => ({
  ...{ source: 'shop', type: 'OrderPlaced', data: { orderId }, ...more },
});

async function place(orderId: string, more?: Partial<EmittedEvent>): Promise<void> {
  await outbox.transact((tx) => {
    tx.put({
      TableName: 'orders',
      Item: { id: orderId },
      ConditionExpression: 'attribute_not_exists(id)',
    });
    tx.emit(placed(orderId, more));
  });
}

function relay(options: Partial<OutboxRelayOptions> = {}) {
  const { client, aws } = tables;
  return outboxRelay({ client, table: 'outbox', clock: aws.clock, publisher: bus, ...options });
}

const published = () => bus.published.map(({ id }) => id);
const rows = async () =>
  (await itemsOf(tables.client, 'outbox')).map(({ event, status }) => [
    ...[(event as { id: string }).id, status],
  ]);

describe('emitting', () => {
  test('an event goes with the change it tells of', async () => {
    const ids = await outbox.transact((tx) => {
      tx.put({ TableName: 'orders', Item: { id: 'o1' } });
      expect(tx.emit(placed('o1'))).toBe('e1');
      tx.emit(placed('o1', { id: 'mine', metadata: { correlationId: 'c1' } }));
    });
    expect(ids).toEqual(['e1', 'mine']);
    expect(await itemsOf(tables.client, 'orders')).toEqual([{ id: 'o1' }]);
    await relay().run();
    expect(bus.published).toEqual([
      { id: 'e1', source: 'shop', type: 'OrderPlaced', data: { orderId: 'o1' } },
      expect.objectContaining({ id: 'mine', metadata: { correlationId: 'c1' } }),
    ]);
  });

  test('a change that is refused emits nothing', async () => {
    await tables.client.send(
      new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'o1' } } }),
    );
    await expect(place('o1')).rejects.toThrow('ConditionalCheckFailed');
    const broken = outbox.transact((tx) => {
      tx.emit(placed('o2'));
      throw new Error('no such customer');
    });
    await expect(broken).rejects.toThrow('no such customer');
    expect(await rows()).toEqual([]);
  });

  test('an inbox and an outbox share a transaction: once in, once out', async () => {
    const { client, aws } = tables;
    await createTable(client, 'inbox');
    const inbox = dynamoInbox({ client, table: 'inbox', clock: aws.clock });
    for (const _ of ['first', 'again']) {
      await inbox.once('order-1', (tx) => void outbox.emit(tx, placed('o1')));
    }
    expect(await rows()).toHaveLength(1);
  });
});

describe('relaying', () => {
  test('sends each pending event once and keeps it for a while', async () => {
    for (const id of ['o1', 'o2', 'o3']) await place(id);
    expect(await relay().run()).toEqual({ sent: ['e1', 'e2', 'e3'], failed: [] });
    expect(await relay().run()).toEqual({ sent: [], failed: [] });
    expect(published()).toEqual(['e1', 'e2', 'e3']);
    const [row] = await itemsOf(tables.client, 'outbox');
    const expiration = tables.aws.clock.now() / 1000 + 7 * 86_400;
    expect(row).toMatchObject({ status: 'SENT', expiration, attempts: 1 });
    expect(row).not.toHaveProperty('leaseUntil');
  });

  test('takes a batch at a time', async () => {
    for (const id of ['o1', 'o2', 'o3']) await place(id);
    expect((await relay({ batch: 2 }).run()).sent).toEqual(['e1', 'e2']);
    expect((await relay({ batch: 2 }).run()).sent).toEqual(['e3']);
  });

  test('keeps the order within an aggregate', async () => {
    await outbox.transact((tx) => {
      for (const id of ['a1', 'a2', 'a3']) tx.emit(placed('a', { id, aggregateId: 'a' }));
    });
    await tables.aws.clock.advance('1s');
    await place('a', { id: 'a4', aggregateId: 'a' });
    await relay().run();
    expect(published()).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  test('leaves pending what the bus refuses, and holds up its aggregate alone', async () => {
    for (const id of ['a1', 'b1', 'a2', 'b2']) {
      const aggregateId = id.charAt(0);
      await outbox.transact((tx) => void tx.emit(placed(id, { id, aggregateId })));
    }
    bus.refused.add('a1');
    const run = await relay().run();
    expect(run.sent).toEqual(['b1', 'b2']);
    expect(run.failed).toMatchObject([{ code: 'NotAuthorized', event: { id: 'a1' } }]);
    bus.refused.clear();
    expect((await relay().run()).sent).toEqual(['a1', 'a2']);
  });

  test('goes past refused events to those behind them', async () => {
    for (const id of ['o1', 'o2', 'o3']) await place(id);
    bus.refused.add('e1').add('e2');
    expect((await relay({ batch: 3 }).run()).sent).toEqual(['e3']);
  });
});

describe('several relays', () => {
  test('never send one event twice', async () => {
    for (const id of ['o1', 'o2', 'o3', 'o4', 'o5']) await place(id);
    const runs = await Promise.all([relay(), relay(), relay()].map((one) => one.run()));
    expect(runs.flatMap(({ sent }) => sent).sort()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    expect(published().sort()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
  });

  test('leave an aggregate to the one that is at it', async () => {
    await place('o1', { aggregateId: 'a' });
    const other = relay();
    let second: unknown;
    const publish: Remembering['publish'] = async (events) => {
      await place('o2', { aggregateId: 'a' });
      second = await other.run();
      return bus.publish(events);
    };
    await relay({ publisher: { publish } }).run();
    expect(second).toEqual({ sent: [], failed: [] });
    await other.run();
    expect(published()).toEqual(['e1', 'e2']);
  });
});

describe('a relay that dies', () => {
  /** The client, which fails for good at the `step`th call of this relay. */
  function dyingAt(step: number) {
    let calls = 0;
    const die = () => {
      calls += 1;
      if (calls > step) throw new Error('killed');
    };
    const client = new Proxy(tables.client, {
      get: (target, name) => {
        if (name !== 'send') return Reflect.get(target, name);
        return (...sent: Parameters<typeof target.send>) => {
          die();
          return target.send(...sent);
        };
      },
    });
    const publish: Remembering['publish'] = (events) => {
      die();
      return bus.publish(events);
    };
    return relay({ client, publisher: { publish } });
  }

  test.each(Array.from({ length: 12 }, (_, step) => step))(
    'at step %i loses nothing and makes nothing up',
    async (step) => {
      await place('o1', { aggregateId: 'a' });
      await place('o2', { aggregateId: 'a' });
      await place('o3');
      await dyingAt(step)
        .run()
        .catch(() => undefined);
      await tables.aws.clock.advance('31s');
      await relay().run();
      expect(new Set(published())).toEqual(new Set(['e1', 'e2', 'e3']));
      expect(published().indexOf('e1')).toBeLessThan(published().lastIndexOf('e2'));
      expect((await rows()).every(([, status]) => status === 'SENT')).toBe(true);
      expect(await relay().run()).toEqual({ sent: [], failed: [] });
    },
  );

  test('leaves its events to others when its lease has run out, and not before', async () => {
    await place('o1');
    bus.outages.push(new Error('no route to the bus'));
    await expect(relay().run()).rejects.toThrow('no route');
    expect((await relay().run()).sent).toEqual([]);
    await tables.aws.clock.advance('31s');
    expect((await relay().run()).sent).toEqual(['e1']);
  });
});

test('events arrive on a bus', async () => {
  const { client, name, received } = await createBus(tables.aws);
  await place('o1');
  await relay({ publisher: eventBridgePublisher({ client, bus: name }) }).run();
  expect(await received()).toMatchObject([
    { 'detail-type': 'OrderPlaced', detail: { metadata: { eventId: 'e1' } } },
  ]);
});

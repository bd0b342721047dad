import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  claim,
  type IdempotencyRecord,
  payloadHash,
  readRecord,
} from '../../src/patterns/idempotency-record.ts';
import {
  AlreadyHandled,
  AlreadyInProgress,
  type IdempotentOptions,
  idempotent,
  PayloadMismatch,
} from '../../src/patterns/idempotent.ts';
import { createTable, startTables, type Tables } from './tables.ts';

interface Order {
  readonly id: string;
  readonly amount: number;
}

let tables: Tables;
let charged: Order[];

beforeEach(async () => {
  tables = await startTables();
  await createTable(tables.client, 'idempotency');
  charged = [];
});
afterEach(() => tables[Symbol.asyncDispose]());

const store = () => ({ client: tables.client, table: 'idempotency', clock: tables.aws.clock });

function charging(
  options: Partial<IdempotentOptions<Order>> = {},
  before: (order: Order) => Promise<void> = async () => undefined,
) {
  const charge = async (order: Order) => {
    await before(order);
    charged.push(order);
    return { receipt: `R-${order.id}`, lines: [order.amount, 0.5], at: undefined, note: null };
  };
  return idempotent(charge, { ...store(), key: ({ id }) => id, ...options });
}

const RECEIPT = { receipt: 'R-7', lines: [50, 0.5], note: null };

describe('answers', () => {
  test('a duplicate gets the stored result, and the effect happens once', async () => {
    const charge = charging();
    const first = await charge({ id: '7', amount: 50 });
    expect(await charge({ id: '7', amount: 50 })).toEqual(first);
    expect(first).toEqual(RECEIPT);
    expect(charged).toHaveLength(1);
  });

  test('keys have nothing to do with each other', async () => {
    const charge = charging();
    await Promise.all(['7', '8', '9'].map((id) => charge({ id, amount: 50 })));
    expect(charged).toHaveLength(3);
  });

  test('duplicates are skipped or refused when asked for', async () => {
    await charging()({ id: '7', amount: 50 });
    expect(await charging({ onDuplicate: 'skip' })({ id: '7', amount: 50 })).toBeUndefined();
    const refusing = charging({ onDuplicate: 'throw' })({ id: '7', amount: 50 });
    await expect(refusing).rejects.toThrow(new AlreadyHandled('7'));
  });

  test('a handler without a result is stored as such', async () => {
    const silent = idempotent(async (_: Order) => undefined, { ...store(), key: ({ id }) => id });
    await silent({ id: '7', amount: 1 });
    expect(await silent({ id: '7', amount: 1 })).toBeUndefined();
    expect(await readRecord(store(), '7')).toEqual({
      ...{ id: '7', status: 'COMPLETED', expiration: IN_A_DAY },
      in_progress_expiration: START + 900_000,
    });
  });

  test('a result expires with its record', async () => {
    const charge = charging({ ttl: '1h' });
    await charge({ id: '7', amount: 50 });
    await tables.aws.clock.advance('59m');
    await charge({ id: '7', amount: 50 });
    expect(charged).toHaveLength(1);
    await tables.aws.clock.advance('2m');
    await charge({ id: '7', amount: 50 });
    expect(charged).toHaveLength(2);
  });

  test('a failure gives the key back', async () => {
    const failures = [new Error('card declined')];
    const charge = charging({}, async () => {
      const failure = failures.pop();
      if (failure) throw failure;
    });
    await expect(charge({ id: '7', amount: 50 })).rejects.toThrow('card declined');
    expect(await charge({ id: '7', amount: 50 })).toEqual(RECEIPT);
    expect(charged).toHaveLength(1);
  });

  test('a crashed run is taken over when its time is up', async () => {
    const dead = { id: '7', status: 'INPROGRESS', expiration: IN_A_DAY } as const;
    await claim(store(), { ...dead, in_progress_expiration: START + 60_000 });
    const charge = charging();
    await expect(charge({ id: '7', amount: 50 })).rejects.toThrow(AlreadyInProgress);
    await tables.aws.clock.advance('61s');
    expect(await charge({ id: '7', amount: 50 })).toEqual(RECEIPT);
  });

  test('a run that overstays neither ends nor removes the record of the next one', async () => {
    for (const fails of [false, true]) {
      const next: IdempotencyRecord = {
        ...{ id: '7', status: 'INPROGRESS', expiration: IN_A_DAY },
        in_progress_expiration: START + 900_000,
      };
      const slow = charging({ inProgressTimeout: () => '1s' }, async () => {
        await tables.aws.clock.advance('2s');
        await claim(store(), next);
        if (fails) throw new Error('too late');
      });
      await slow({ id: '7', amount: 50 }).catch(() => undefined);
      expect(await readRecord(store(), '7')).toEqual(next);
      await tables.aws.clock.advance('30m');
    }
  });

  test('the time a run may take is the handler’s to say', async () => {
    const context = { getRemainingTimeInMillis: () => 3_000 };
    const handler = idempotent(async (_: Order, __: typeof context) => 'done', {
      ...store(),
      key: ({ id }) => id,
      inProgressTimeout: (_, { getRemainingTimeInMillis }) => getRemainingTimeInMillis(),
    });
    await handler({ id: '7', amount: 1 }, context);
    const record = await readRecord(store(), '7');
    expect(record?.in_progress_expiration).toBe(START + 3_000);
  });
});

describe('refusals', () => {
  test('of two calls at once one runs, the other is told to come back', async () => {
    const charge = charging();
    const both = [charge({ id: '7', amount: 50 }), charge({ id: '7', amount: 50 })];
    const ended = await Promise.allSettled(both);
    const reasons = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(reasons).toEqual([new AlreadyInProgress('7')]);
    expect(charged).toHaveLength(1);
  });

  test('another payload under the same key is refused, finished or not', async () => {
    const charge = charging({ payload: ({ amount }) => amount });
    await charge({ id: '7', amount: 50 });
    await expect(charge({ id: '7', amount: 51 })).rejects.toThrow(new PayloadMismatch('7'));
    expect(await charge({ id: '7', amount: 50 })).toEqual(RECEIPT);
  });

  test('a result that cannot be stored is refused', async () => {
    const odd = idempotent(async (_: Order) => new Date(0), { ...store(), key: ({ id }) => id });
    await expect(odd({ id: '7', amount: 1 })).rejects.toThrow(':data: a Date');
  });
});

describe('payloads', () => {
  test('are equal whatever the order of their members', () => {
    const one = payloadHash({ b: [1, { y: 1, X: 2 }], a: null });
    expect(payloadHash({ a: null, b: [1, { X: 2, y: 1 }] })).toBe(one);
    expect(payloadHash({ a: null, b: [{ X: 2, y: 1 }, 1] })).not.toBe(one);
    expect(payloadHash(undefined)).toBe(payloadHash(null));
  });
});

const START = Date.parse('2026-01-15T10:00:00Z');
const IN_A_DAY = START / 1000 + 86_400;

import { describe, expect, test } from 'vitest';
import { Contended, ItemLocks, locksOf } from '../../../src/services/dynamodb/item-locks.ts';
import { keyText } from '../../../src/services/dynamodb/keys.ts';
import { partitionOf, storeOf } from '../../../src/services/dynamodb/store.ts';
import { lockName } from '../../../src/services/dynamodb/write-item.ts';
import type { Suite } from '../../sdk/suite.ts';
import { get, S, withTable } from './a-table.ts';

/** A work that goes on until it is told to end. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { run: () => promise, end: resolve };
}

describe('locks', () => {
  test('plain writers of one item take turns, in the order of their coming', async () => {
    const locks = new ItemLocks();
    const told: string[] = [];
    const first = work();
    const writer = (name: string, until: Promise<void>) =>
      locks.while(['x'], 'plain', async () => {
        told.push(`${name} begins`);
        await until;
        told.push(`${name} ends`);
      });
    const all = [writer('a', first.run()), writer('b', Promise.resolve())];
    all.push(writer('c', Promise.resolve()));
    first.end();
    await Promise.all(all);
    const turns = ['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]);
    expect(told).toEqual(turns);
  });

  test('nobody waits for a transaction, which itself waits for plain writers', async () => {
    const locks = new ItemLocks();
    const [plain, transaction] = [work(), work()];
    const writing = locks.while(['x'], 'plain', plain.run);
    const transacting = locks.while(['w', 'x'], 'transaction', transaction.run);
    plain.end();
    await writing;
    await expect(locks.while(['x'], 'plain', async () => {})).rejects.toThrow(Contended);
    const other = locks.while(['v', 'w', 'x'], 'transaction', async () => {});
    await expect(other).rejects.toMatchObject({ places: [1, 2] });
    transaction.end();
    await transacting;
    await locks.while(['w', 'x'], 'transaction', async () => {});
  });

  test('an error ends a turn too', async () => {
    const locks = new ItemLocks();
    const broken = locks.while(['x'], 'transaction', () => Promise.reject(new Error('broken')));
    await expect(broken).rejects.toThrow('broken');
    await locks.while(['x'], 'plain', async () => {});
  });
});

describe('an item that a transaction is at work on', () => {
  const TableName = 'orders';
  const Item = { pk: S('a'), sk: S('1') };

  /** Does `attempt` while a transaction holds the item. */
  async function contended<Done>(aws: Suite, attempt: () => Promise<Done>): Promise<Done> {
    const row = await storeOf(aws.stack).tables.get(partitionOf(aws), TableName);
    if (!row) throw new Error('There is no table.');
    const name = lockName(row.value.id, keyText(row.value.key, Item as never));
    return locksOf(aws.stack).while([name], 'transaction', attempt);
  }

  test('is not written by others', async () => {
    await using aws = await withTable();
    const failure = await contended(aws, () =>
      aws.fails('dynamodb', 'PutItem', { TableName, Item }),
    );
    expect(failure).toMatchObject({
      code: 'TransactionConflictException',
      message: 'Transaction is ongoing for the item',
    });
  });

  test('is left over by a batch, which writes the rest', async () => {
    await using aws = await withTable();
    const contendedPut = { PutRequest: { Item } };
    const other = { PutRequest: { Item: { ...Item, sk: S('2') } } };
    const RequestItems = { orders: [contendedPut, other] };
    const { UnprocessedItems } = await contended(aws, () =>
      aws.call('dynamodb', 'BatchWriteItem', { RequestItems }),
    );
    expect(UnprocessedItems).toEqual({ orders: [contendedPut] });
    expect(await get(aws, 'a', '1')).toBeUndefined();
    expect(await get(aws, 'a', '2')).toBeDefined();
  });
});

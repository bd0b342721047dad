/** Orders and their lines in a relational database: for questions that nobody thought of before. */
import type { Kysely, Transaction } from 'kysely';
import type { Told } from './order.ts';
import { isNext, projector } from './projector.ts';
import { builderOf, openFile } from './sql.ts';

interface Shop {
  readonly orders: {
    readonly orderId: string;
    readonly customerId: string;
    readonly status: string;
    readonly currency: string;
    readonly lastVersion: number;
  };
  readonly lines: {
    readonly orderId: string;
    readonly version: number;
    readonly sku: string;
    readonly qty: number;
    readonly price: number;
  };
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (
    orderId TEXT PRIMARY KEY, customerId TEXT NOT NULL, status TEXT NOT NULL,
    currency TEXT NOT NULL, lastVersion INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS lines (
    orderId TEXT REFERENCES orders, version INTEGER, sku TEXT NOT NULL, qty INTEGER NOT NULL,
    price INTEGER NOT NULL, PRIMARY KEY (orderId, version)
  );
`;

let shop: Kysely<Shop> | undefined;
function open(): Kysely<Shop> {
  if (shop) return shop;
  const file = openFile(process.env.SQL_FILE);
  file.exec(SCHEMA);
  shop = builderOf<Shop>(file);
  return shop;
}

export async function apply(event: Told): Promise<void> {
  await open()
    .transaction()
    .execute(async (tx) => {
      const { streamId: orderId, version, data } = event;
      // Writing first makes the others wait before they have read anything.
      const blank = { orderId, customerId: data.customerId, status: '', currency: '' };
      await tx
        .insertInto('orders')
        .values({ ...blank, lastVersion: 0 })
        .onConflict((conflict) => conflict.column('orderId').doNothing())
        .execute();
      const mine = tx.selectFrom('orders').select('lastVersion').where('orderId', '=', orderId);
      const { lastVersion } = await mine.executeTakeFirstOrThrow();
      if (!isNext(event, lastVersion)) return;
      await change(tx, event);
      const changed = tx.updateTable('orders').set({ lastVersion: version });
      await changed.where('orderId', '=', orderId).execute();
    });
}

async function change(tx: Transaction<Shop>, event: Told): Promise<void> {
  const { streamId: orderId, version, type, data } = event;
  const orders = tx.updateTable('orders').where('orderId', '=', orderId);
  switch (type) {
    case 'OrderCreated':
      await orders.set({ status: 'OPEN', currency: data.currency }).execute();
      break;
    case 'ItemAdded': {
      const { sku, qty, price } = data;
      await tx.insertInto('lines').values({ orderId, version, sku, qty, price }).execute();
      break;
    }
    case 'OrderCancelled':
      await orders.set({ status: 'CANCELLED' }).execute();
  }
}

export interface Turnover {
  readonly customerId: string;
  readonly currency: string;
  readonly orders: number;
  readonly total: number;
}

/** What customers have ordered and not cancelled. */
export function turnover(): Promise<readonly Turnover[]> {
  return open()
    .selectFrom('orders')
    .leftJoin('lines', 'lines.orderId', 'orders.orderId')
    .where('status', '=', 'OPEN')
    .select(({ fn, eb, val }) => [
      'customerId',
      'currency',
      fn.count<number>('orders.orderId').distinct().as('orders'),
      fn.coalesce(fn.sum<number>(eb('qty', '*', eb.ref('price'))), val(0)).as('total'),
    ])
    .groupBy(['customerId', 'currency'])
    .orderBy('customerId')
    .orderBy('currency')
    .execute();
}

export const handler = projector(apply);

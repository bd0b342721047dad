/** What read models must show: all that is in the event store, folded. */
import type { MyOrder } from './my-orders.ts';
import { type Order, type OrderEvent, order, totalOf } from './order.ts';
import type { Turnover } from './orders-sql.ts';
import type { Day } from './sales-by-day.ts';
import { store } from './store.ts';

export interface Folded extends Order {
  readonly orderId: string;
  readonly version: number;
}

export async function foldAll(): Promise<readonly Folded[]> {
  const all = new Map<string, Folded>();
  for await (const event of store.readAll()) {
    const { streamId: orderId, version } = event;
    const before = all.get(orderId) ?? order.initialState();
    all.set(orderId, { ...order.evolve(before, event as OrderEvent), orderId, version });
  }
  return [...all.values()];
}

const isOpen = ({ status }: Folded) => status === 'OPEN';

export function myOrdersIn(orders: readonly Folded[], customerId: string): readonly MyOrder[] {
  return orders
    .filter((one) => one.customerId === customerId)
    .map(({ orderId, status, currency, lines, version: lastVersion, ...rest }) => ({
      ...{ customerId, orderId, status, currency, lastVersion },
      total: totalOf({ ...rest, lines }),
      items: lines.reduce((sum, { qty }) => sum + qty, 0),
    }))
    .sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
}

export function turnoverIn(orders: readonly Folded[]): readonly Turnover[] {
  const groups = Map.groupBy(orders.filter(isOpen), ({ customerId, currency }) =>
    [customerId, currency].join(' '),
  );
  return [...groups].sort().map(([whose, own]) => {
    const [customerId = '', currency = ''] = whose.split(' ');
    return { customerId, currency, orders: own.length, total: sumOf(own) };
  });
}

export function searchIn(orders: readonly Folded[], word: string): readonly string[] {
  const has = ({ lines }: Folded) => lines.some(({ name }) => name.split(' ').includes(word));
  return orders
    .filter((one) => isOpen(one) && has(one))
    .map(({ orderId }) => orderId)
    .sort();
}

export function daysIn(orders: readonly Folded[]): readonly Day[] {
  const days = Map.groupBy(orders, ({ orderedAt }) => orderedAt.slice(0, 10));
  return [...days].sort().map(([day, all]) => {
    const open = all.filter(isOpen);
    return { day, orders: open.length, sold: sumOf(open) };
  });
}

const sumOf = (orders: readonly Folded[]) => orders.reduce((sum, one) => sum + totalOf(one), 0);

/**
 * What each worker does with an event: pure rules of business over the books.
 *
 * Reserve only when the stock covers every line. Charge once. Ship when reserved and paid. Cancel
 * at most once. Refund only what was charged and release only what was reserved, also when the
 * cancellation comes first: then the order is marked, and a late reservation or charge undoes
 * itself.
 */
import type { Books } from './books.ts';
import type { DetailType, Order, Said, ShopEvent } from './events.ts';

export type Worker = (books: Books, event: ShopEvent) => readonly Said[];

const say = (type: DetailType, order: Order): readonly Said[] => [{ type, order }];

const inventory: Worker = (books, { detail: { data: order } }) => {
  if (books.get(order.orderId, 'canceled')) return say('InventoryReleased', order);
  const enough = order.items.every(({ sku, qty }) => books.stockOf(sku) >= qty);
  if (!enough) return say('InventoryRejected', order);
  books.moveStock(order, -1);
  books.set(order.orderId, 'reserved', 1);
  return say('InventoryReserved', order);
};

const payment: Worker = (books, { detail: { data: order } }) => {
  if (books.get(order.orderId, 'canceled')) return say('PaymentRefunded', order);
  if (order.card.endsWith('0002')) return say('PaymentFailed', order);
  books.set(order.orderId, 'charged', order.totalAmount);
  return say('PaymentSuccessful', order);
};

/** Both halves lead here, in any order; whoever finds the other one done says so. */
const readiness: Worker = (books, { detail: { data: order } }) => {
  const { orderId } = order;
  const both = books.get(orderId, 'reserved') && books.get(orderId, 'charged');
  if (!both || books.get(orderId, 'ready') || books.get(orderId, 'canceled')) return [];
  books.set(orderId, 'ready', 1);
  return say('OrderReadyToShip', order);
};

const shipping: Worker = (books, { detail: { data: order } }) => {
  books.set(order.orderId, 'shipments', Number(books.get(order.orderId, 'shipments')) + 1);
  books.set(order.orderId, 'status', 'SHIPPED');
  return say('OrderShipped', order);
};

const orders: Worker = (books, { detail: { data: order } }) => {
  if (books.get(order.orderId, 'canceled')) return [];
  books.set(order.orderId, 'canceled', 1);
  books.set(order.orderId, 'status', 'CANCELED');
  return say('OrderCanceled', order);
};

const release: Worker = (books, { detail: { data: order } }) => {
  if (!books.get(order.orderId, 'reserved')) return [];
  books.moveStock(order, 1);
  books.set(order.orderId, 'reserved', 0);
  return say('InventoryReleased', order);
};

const refund: Worker = (books, { detail: { data: order } }) => {
  if (!books.get(order.orderId, 'charged')) return [];
  books.set(order.orderId, 'charged', 0);
  return say('PaymentRefunded', order);
};

const mail: Worker = (books, { detail: { data: order } }) => {
  books.set(order.orderId, 'mails', Number(books.get(order.orderId, 'mails')) + 1);
  return [];
};

/** Hears everything that customers hear, and has nothing to do with the flow. */
const analytics: Worker = () => [];

/** Workers by the queue they consume. */
export const WORKERS: Readonly<Record<string, Worker>> = {
  inventory,
  payment,
  readiness,
  shipping,
  orders,
  'inventory-release': release,
  'payment-refund': refund,
  mail,
  analytics,
};

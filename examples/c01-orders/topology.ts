/**
 * The wiring of the order flow, as data: which rule sends which events to which queue.
 */
import type { DetailType } from './events.ts';

export const BUS = 'c01-orders';
export const TOPIC = 'c01-notifications';

export interface Route {
  readonly rule: string;
  readonly detailTypes: readonly DetailType[];
  readonly queues: readonly string[];
}

export const ROUTES: readonly Route[] = [
  { rule: 'inventory', detailTypes: ['OrderPlaced'], queues: ['inventory'] },
  { rule: 'payment', detailTypes: ['OrderPlaced'], queues: ['payment'] },
  {
    rule: 'join',
    detailTypes: ['InventoryReserved', 'PaymentSuccessful'],
    queues: ['readiness'],
  },
  { rule: 'shipping', detailTypes: ['OrderReadyToShip'], queues: ['shipping'] },
  { rule: 'cancel', detailTypes: ['PaymentFailed', 'InventoryRejected'], queues: ['orders'] },
  {
    rule: 'release',
    detailTypes: ['OrderCanceled'],
    queues: ['inventory-release', 'payment-refund'],
  },
];

/** The events that go to the topic, and the queues that subscribe to it. */
export const NOTIFY = {
  rule: 'notify',
  detailTypes: ['OrderPlaced', 'OrderShipped', 'OrderCanceled'],
  queues: ['mail', 'analytics'],
} as const satisfies Route;

export const QUEUES: readonly string[] = [...ROUTES, NOTIFY].flatMap(({ queues }) => queues);

export const queueName = (name: string) => `c01-${name}`;
export const deadLetterQueueName = (name: string) => `c01-${name}-dlq`;
export const functionName = (name: string) => `c01-${name}`;
/** `inventory-release` is `functions.inventoryRelease`. */
export const handlerName = (name: string) =>
  `functions.${name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}`;

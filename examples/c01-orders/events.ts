/**
 * The events of the shop and their envelope: `detail` is `metadata` plus `data`.
 *
 * `causationId` names the event that led to this one. millrace reads it, so that a trace goes on
 * through a worker that it knows nothing of.
 */
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

export const SOURCE = 'com.shop.orders';

export type DetailType =
  | 'OrderPlaced'
  | 'InventoryReserved'
  | 'InventoryRejected'
  | 'PaymentSuccessful'
  | 'PaymentFailed'
  | 'OrderReadyToShip'
  | 'OrderShipped'
  | 'OrderCanceled'
  | 'InventoryReleased'
  | 'PaymentRefunded';

export interface Order {
  readonly orderId: string;
  readonly customer: { readonly id: string; readonly email: string };
  readonly items: readonly { readonly sku: string; readonly qty: number; readonly price: number }[];
  readonly totalAmount: number;
  /** The card the customer pays with; one that ends in 0002 is declined. */
  readonly card: string;
}

export interface Metadata {
  readonly version: string;
  readonly domain: 'ORDERS';
  readonly service: string;
  readonly 'idempotency-key': string;
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** An event as a worker receives it: EventBridge's envelope around ours. */
export interface ShopEvent {
  readonly id: string;
  readonly 'detail-type': DetailType;
  readonly detail: { readonly metadata: Metadata; readonly data: Order };
}

/** What a worker wants said, before it has an envelope. */
export interface Said {
  readonly type: DetailType;
  readonly order: Order;
}

/**
 * Puts `said` into an envelope. The idempotency key is made of what it says and about whom, so
 * saying it again after a crash is recognised as the same.
 */
export function envelope(
  bus: string,
  service: string,
  said: Said,
  cause: ShopEvent | undefined,
): PutEventsRequestEntry {
  const metadata: Metadata = {
    version: '1.0',
    domain: 'ORDERS',
    service,
    'idempotency-key': `${said.order.orderId}/${said.type}`,
    correlationId: said.order.orderId,
    causationId: cause?.id ?? null,
  };
  return {
    EventBusName: bus,
    Source: SOURCE,
    DetailType: said.type,
    Detail: JSON.stringify({ metadata, data: said.order }),
  };
}

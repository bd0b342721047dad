/**
 * What an order is, as a decider: commands lead to events, events to a state. Pure; the function
 * that takes commands decides by it, and what checks the read models folds by it.
 */
import type { Decider, DomainEvent, StoredEvent, Upcasters } from '../../src/patterns/index.ts';

export interface Line {
  readonly sku: string;
  readonly name: string;
  readonly qty: number;
  /** In cents. */
  readonly price: number;
}

/** Every event says whose order it is, so that no reader has to ask. */
interface Whose {
  readonly customerId: string;
}

export type OrderEvent =
  | DomainEvent<'OrderCreated', Whose & { readonly orderedAt: string; readonly currency: string }>
  | DomainEvent<'ItemAdded', Whose & Line>
  | DomainEvent<'OrderCancelled', Whose & { readonly reason: string }>;

/** An event as read models are told of it. */
export type Told = OrderEvent & Pick<StoredEvent, 'streamId' | 'version'>;

export interface Order {
  readonly status: 'NONE' | 'OPEN' | 'CANCELLED';
  readonly customerId: string;
  readonly orderedAt: string;
  readonly currency: string;
  readonly lines: readonly Line[];
}

export type Command =
  | { readonly type: 'create'; readonly customerId: string; readonly orderedAt: string }
  | { readonly type: 'add'; readonly line: Line }
  | { readonly type: 'cancel'; readonly reason: string };

/** The order does not allow it. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export const order: Decider<Order, Command, OrderEvent> = {
  initialState: () => ({
    ...{ status: 'NONE', customerId: '', orderedAt: '', currency: '', lines: [] },
  }),
  decide: (command, { status, customerId }) => {
    const must = command.type === 'create' ? 'NONE' : 'OPEN';
    if (status !== must) throw new Refused(`The order is ${status}.`);
    switch (command.type) {
      case 'create': {
        const { customerId: whose, orderedAt } = command;
        return { type: 'OrderCreated', data: { customerId: whose, orderedAt, currency: 'EUR' } };
      }
      case 'add':
        return { type: 'ItemAdded', data: { customerId, ...command.line } };
      case 'cancel':
        return { type: 'OrderCancelled', data: { customerId, reason: command.reason } };
    }
  },
  evolve: (before, { type, data }) => {
    switch (type) {
      case 'OrderCreated':
        return { ...before, ...data, status: 'OPEN' };
      case 'ItemAdded': {
        const { customerId: _, ...line } = data;
        return { ...before, lines: [...before.lines, line] };
      }
      case 'OrderCancelled':
        return { ...before, status: 'CANCELLED' };
    }
  },
};

/** Before there were currencies, all was in francs. */
export const upcasters: Upcasters = {
  OrderCreated: [({ type, data }) => ({ type, data: { currency: 'CHF', ...(data as object) } })],
};

export const totalOf = ({ lines }: Pick<Order, 'lines'>): number =>
  lines.reduce((sum, { qty, price }) => sum + qty * price, 0);

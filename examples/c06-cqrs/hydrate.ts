/**
 * Brings all that is in the event store into a model, while orders go on. What is written
 * meanwhile waits in the model's queue; what both know of comes in once.
 */
import * as myOrders from './my-orders.ts';
import type { Told } from './order.ts';
import type { Apply } from './projector.ts';
import * as salesByDay from './sales-by-day.ts';
import { store } from './store.ts';

const MODELS = { 'my-orders': myOrders.apply, 'sales-by-day': salesByDay.apply };

export interface Hydration {
  readonly model: keyof typeof MODELS;
}

export async function handler({ model }: Hydration): Promise<{ readonly events: number }> {
  const apply: Apply = MODELS[model];
  let events = 0;
  for await (const event of store.readAll()) {
    await apply(event as Told);
    events += 1;
  }
  return { events };
}

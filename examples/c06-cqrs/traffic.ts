/** Customers who order, each order by several commands to the shop's URL. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Line } from './order.ts';

const PAUSE_MS = 150;

export interface Told {
  readonly status: number;
  readonly body: { readonly version?: number; readonly message?: string };
}

export type Tell = (path: string, body: object) => Promise<Told>;

export interface Shop {
  readonly tell: Tell;
  readonly ask: (path: string) => Promise<{ readonly status: number; readonly body: object }>;
}

export function shopAt(commandsUrl: string, queriesUrl: string): Shop {
  const request = async (url: string, init?: RequestInit) => {
    const answer = await fetch(url, init);
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  return {
    tell: (path, body) =>
      request(commandsUrl + path, { method: 'POST', body: JSON.stringify(body) }),
    ask: (path) => request(queriesUrl + path),
  };
}

const GOODS: readonly Line[] = [
  { sku: 's-1', name: 'red tea pot', qty: 1, price: 3_900 },
  { sku: 's-2', name: 'green tea', qty: 3, price: 450 },
  { sku: 's-3', name: 'coffee mill', qty: 1, price: 8_900 },
  { sku: 's-4', name: 'red cup', qty: 6, price: 700 },
];

export const CUSTOMERS = ['ada', 'bo', 'cy', 'dee'] as const;

/** What order number `number` is like; every fifth one is cancelled. */
export function planOf(number: number) {
  const day = 12 + (number % 3);
  return {
    orderId: `o-${number}`,
    customerId: CUSTOMERS[number % CUSTOMERS.length] as string,
    orderedAt: `2026-01-${day}T09:00:00Z`,
    lines: GOODS.filter((_, place) => (number + place) % 3 !== 0),
    isCancelled: number % 5 === 4,
  };
}

/** One order after the other, from `first` on, `count` of them. */
export async function order(tell: Tell, first: number, count: number): Promise<void> {
  for (let number = first; number < first + count; number += 1) await orderOne(tell, number);
}

/** One order after the other until it is stopped; answers with how many there were. */
export async function keepOrdering(tell: Tell, first: number, stop: AbortSignal): Promise<number> {
  let number = first;
  for (; !stop.aborted; number += 1) {
    await orderOne(tell, number);
    await wait(PAUSE_MS);
  }
  return number - first;
}

async function orderOne(tell: Tell, number: number): Promise<void> {
  const { lines, isCancelled, ...draft } = planOf(number);
  const { orderId } = draft;
  let version = await versionOf(tell('orders', draft));
  for (const line of lines) {
    const added = tell(`orders/${orderId}/items`, { expectedVersion: version, line });
    version = await versionOf(added);
  }
  if (!isCancelled) return;
  const reason = 'Changed their mind.';
  await versionOf(tell(`orders/${orderId}/cancel`, { expectedVersion: version, reason }));
}

async function versionOf(telling: Promise<Told>): Promise<number> {
  const { status, body } = await telling;
  if (status === 201 && body.version !== undefined) return body.version;
  throw new Error(`The shop answers ${status}: ${body.message}`);
}

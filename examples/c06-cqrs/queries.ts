/**
 * Answers questions from read models, behind a function URL, and never from the event store.
 *
 *   GET /customers/<id>/orders
 *   GET /customers/<id>/orders/<order>?minVersion=<n>   202 when it is not that far yet
 *   GET /search?q=<words>
 *   GET /turnover
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { answer } from './answer.ts';
import { orderOf, ordersOf } from './my-orders.ts';
import { search } from './orders-search.ts';
import { turnover } from './orders-sql.ts';

/** How long a reader waits for what it has just written. */
const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 2_000);
const PAUSE_MS = 50;

export async function handler({ rawPath, queryStringParameters: query }: LambdaFunctionURLEvent) {
  const [, what, customerId = '', , orderId] = rawPath.split('/');
  switch (what) {
    case 'customers':
      if (orderId === undefined) return answer(200, { orders: await ordersOf(customerId) });
      return atLeast(Number(query?.minVersion ?? 1), customerId, orderId);
    case 'search':
      return answer(200, { orderIds: search(query?.q ?? '') });
    case 'turnover':
      return answer(200, { turnover: await turnover() });
    default:
      return answer(404, { message: 'There is no such question.' });
  }
}

async function atLeast(version: number, customerId: string, orderId: string) {
  for (let waited = 0; ; waited += PAUSE_MS) {
    const order = await orderOf(customerId, orderId);
    if (order && order.lastVersion >= version) return answer(200, order);
    if (waited >= PATIENCE_MS) return answer(202, order ?? { message: 'Not yet.' });
    await wait(PAUSE_MS);
  }
}

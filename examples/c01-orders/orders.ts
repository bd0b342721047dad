/**
 * Places orders on the real clock, waits for their end and draws each of them.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { paint } from '../paint.ts';
import type { Books, OrderState } from './books.ts';
import { differencesOf, type Flow, type Placed, SCENARIOS } from './flow.ts';
import { drawOrder, fetchTrace, isWorkedOff, type TraceNode } from './show.ts';

/** Longer than a message is hidden whose function has died. */
const PATIENCE_MS = 40_000;
const MOST_AT_ONCE = 10;

/** Answers with how many orders did not end as they must. */
export async function runOrders(
  endpoint: string,
  flow: Flow,
  books: Books,
  count: number,
  stopped: () => boolean,
): Promise<number> {
  const placed = await placeOrders(flow, count);
  let wrong = 0;
  for (const order of placed) {
    const { state, trace } = await endOf(endpoint, books, order, stopped);
    if (!report(order, state, trace)) wrong += 1;
  }
  console.log(`${placed.length - wrong} of ${placed.length} orders ended as they must.`);
  return wrong;
}

/** Draws an order, and says whether it ended as it must. */
export function report({ scenario }: Placed, state: OrderState, trace: TraceNode): boolean {
  console.log(drawOrder(scenario.title, state, trace));
  const differences = differencesOf(state, scenario);
  for (const difference of differences) console.log(`  ${paint('red', difference)}`);
  return differences.length === 0;
}

async function placeOrders(flow: Flow, count: number): Promise<readonly Placed[]> {
  const run = Date.now().toString(36);
  const scenarios = Object.values(SCENARIOS);
  const orders = Array.from({ length: count }, (_, index) => ({
    orderId: `o-${run}-${index + 1}`,
    scenario: scenarios[index % scenarios.length] ?? SCENARIOS.ok,
  }));
  const placed: Placed[] = [];
  while (placed.length < count) {
    const some = orders.slice(placed.length, placed.length + MOST_AT_ONCE);
    placed.push(...(await flow.place(some)));
  }
  return placed;
}

/** Waits until the order is as it must be and its messages are worked off, or patience is over. */
async function endOf(
  endpoint: string,
  books: Books,
  order: Placed,
  stopped: () => boolean,
): Promise<{ readonly state: OrderState; readonly trace: TraceNode }> {
  const untilMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const state = books.state(order.orderId);
    const over = stopped() || Date.now() > untilMs;
    if (over || differencesOf(state, order.scenario).length === 0) {
      const trace = await fetchTrace(endpoint, order.eventId);
      if (over || isWorkedOff(trace)) return { state, trace };
    }
    await wait(20);
  }
}

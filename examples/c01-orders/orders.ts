/**
 * Places orders on the real clock, a few at a time, waits for their end and draws each of them.
 * The first few find their functions cold; what the others take is the way itself.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { paint } from '../paint.ts';
import type { Books, OrderState } from './books.ts';
import { differencesOf, type Flow, type Placed, SCENARIOS } from './flow.ts';
import { drawOrder, fetchTrace, isWorkedOff, type TraceNode } from './show.ts';

/** Longer than a message is hidden whose function has died. */
const PATIENCE_MS = 40_000;

/** Answers with how many orders did not end as they must. */
export async function runOrders(
  endpoint: string,
  flow: Flow,
  books: Books,
  count: number,
  stopped: () => boolean,
): Promise<number> {
  const run = Date.now().toString(36);
  const scenarios = Object.values(SCENARIOS);
  let placed = 0;
  let wrong = 0;
  for (let first = 1; first <= count && !stopped(); first += scenarios.length) {
    const orders = scenarios
      .map((scenario, index) => ({ orderId: `o-${run}-${first + index}`, scenario }))
      .slice(0, count - first + 1);
    for (const order of await flow.place(orders)) {
      placed += 1;
      const { state, trace } = await endOf(endpoint, books, order, stopped);
      if (!report(order, state, trace)) wrong += 1;
    }
  }
  console.log(`${placed - wrong} of ${placed} orders ended as they must.`);
  return wrong;
}

/** Draws an order, and says whether it ended as it must. */
export function report({ scenario }: Placed, state: OrderState, trace: TraceNode): boolean {
  console.log(drawOrder(scenario.title, state, trace));
  const differences = differencesOf(state, scenario);
  for (const difference of differences) console.log(`  ${paint('red', difference)}`);
  return differences.length === 0;
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

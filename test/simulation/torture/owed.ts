/** What a run still waits for: messages in queues, and what was confirmed and has not come out. */
import { call } from '../../../bench/api.ts';
import type { Entry } from '../history.ts';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINT } from './endpoint.ts';
import { queuesOf, type Resources } from './resources.ts';

/** How many messages the queues hold, be they visible, hidden or delayed. */
export async function leftIn(port: number, resources: Resources): Promise<number> {
  let left = 0;
  for (const { url } of queuesOf(resources)) {
    const answer = await call(port, 'sqs', 'GetQueueAttributes', {
      ...{ QueueUrl: url, AttributeNames: ['All'] },
    });
    const counts = answer.Attributes as Record<string, string>;
    left += Number(counts.ApproximateNumberOfMessages);
    left += Number(counts.ApproximateNumberOfMessagesNotVisible);
    left += Number(counts.ApproximateNumberOfMessagesDelayed);
  }
  return left;
}

/** Confirmed publishes that the endpoint has not taken yet. */
export function owedTo({ arrivals }: Endpoint, entries: readonly Entry[]): number {
  const taken = new Set(arrivals.filter(({ accepted }) => accepted).map(({ key }) => key));
  return entries.filter(
    (entry) =>
      entry.op === 'publish' &&
      entry.outcome === 'ok' &&
      entry.expects.includes(ENDPOINT) &&
      !taken.has(entry.key),
  ).length;
}

/** Confirmed changes and records that functions have not carried on yet. */
export function unfed({ fed }: Resources, entries: readonly Entry[]): number {
  const queues = [fed?.changes.name, fed?.records.name];
  const received = entries.filter((entry) => entry.op === 'receive');
  const carried = new Set(
    received
      .filter(({ queue }) => queues.includes(queue))
      .flatMap(({ messages }) => messages.map(({ key }) => key)),
  );
  return entries.filter(
    (entry) =>
      entry.op === 'publish' &&
      entry.outcome === 'ok' &&
      entry.expects.some((name) => queues.includes(name)) &&
      !carried.has(entry.key),
  ).length;
}

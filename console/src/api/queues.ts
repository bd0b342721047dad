/** All queues of a place, for choosing one of them. */
import { useQuery } from '@tanstack/react-query';
import type { QueueSummary } from '../../../src/admin-api/index.ts';
import { get } from './client.ts';
import { type Place, usePlace } from './session.ts';

/** More than anybody chooses from. */
const MOST_PAGES = 10;

export function useAllQueues(): readonly QueueSummary[] {
  const place = usePlace();
  const { data } = useQuery({
    queryKey: ['queues', 'all', place],
    queryFn: ({ signal }) => allQueues(place, signal),
  });
  return data ?? [];
}

async function allQueues(place: Place, signal: AbortSignal): Promise<readonly QueueSummary[]> {
  const found: QueueSummary[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { queues, next } = await get('queues', { ...place, after }, signal);
    found.push(...queues);
    if (next === undefined) break;
    after = next;
  }
  return found;
}

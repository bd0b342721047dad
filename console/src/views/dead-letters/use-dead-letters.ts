/** What the inbox shows, and what is done to it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { DeadLetterMessages, Redrive } from '../../../../src/admin-api/index.ts';
import { get, post } from '../../api/client.ts';
import { usePages } from '../../api/pages.ts';
import { usePlace } from '../../api/session.ts';
import { isRunning } from './redrive.ts';

const EVERY_MS = 3_000;

/** While something is redriven, it is watched closely. */
const TASKS_MS = 1_000;

export function useInbox() {
  const place = usePlace();
  return useQuery({
    queryKey: ['dead-letters', place],
    queryFn: ({ signal }) => get('dead-letters', { ...place }, signal),
    refetchInterval: EVERY_MS,
  });
}

const messagesOf = ({ messages }: DeadLetterMessages) => messages;

export function useDeadLetters(queue: string | undefined, group: string) {
  return usePages('dead-letters/messages', {
    query: queue === undefined ? undefined : { queue, group: group || undefined },
    rowsOf: messagesOf,
    everyMs: EVERY_MS,
  });
}

export function useTasks(queue: string) {
  return useQuery({
    queryKey: ['dead-letters/tasks', queue],
    queryFn: ({ signal }) => get('dead-letters/tasks', { queue }, signal),
    refetchInterval: ({ state }) => (state.data?.tasks.some(isRunning) ? TASKS_MS : EVERY_MS),
  });
}

/** Redrives, and shows what is left. */
export function useRedrive() {
  const client = useQueryClient();
  return useCallback(
    async (redrive: Redrive) => {
      try {
        return await post('dead-letters/redrive', redrive);
      } finally {
        refresh(client);
      }
    },
    [client],
  );
}

export function useCancel() {
  const client = useQueryClient();
  return useCallback(
    async (id: string) => {
      await post('dead-letters/tasks/cancel', { id });
      refresh(client);
    },
    [client],
  );
}

/** All that a redrive changes, also in other views. */
function refresh(client: ReturnType<typeof useQueryClient>): void {
  const changed = ['dead-letters', 'dead-letters/messages', 'dead-letters/tasks', 'queues'];
  for (const path of [...changed, 'queues/messages']) {
    void client.invalidateQueries({ queryKey: [path] });
  }
}

/**
 * PurgeQueue removes every message there is, hidden or not. What is sent after the call stays; on
 * AWS some of that may go too.
 */
import type { Write } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change } from './change.ts';
import { cooldowns } from './cooldowns.ts';
import { fault } from './errors.ts';
import { findQueue, type Queue } from './queue.ts';
import { droppedFacts } from './retention.ts';

const COOLDOWN_MS = 60_000;

export const PurgeQueue: Operation<Sqs.Operations['PurgeQueue']> = (call, input) =>
  change(call.stack.storage, async () => {
    const queue = await findQueue(call, input.QueueUrl, 'sqs:PurgeQueue');
    const writes: Write[] = [
      ...(await markPurge(call, queue)),
      ...(await droppedFacts(call.stack, queue, 'purged', () => true)),
      { kind: 'purge', queue: queue.storage },
    ];
    return { writes, answer: {} };
  });

async function markPurge(call: Call, queue: Queue): Promise<readonly Write[]> {
  const { settings, clock } = call.stack;
  if (!settings.queueCooldowns) return [];
  const key = `purge/${queue.name}`;
  const last = await cooldowns(call.stack).get(queue.partition, key);
  const nowMs = clock.nowMs();
  if (last && last.value.atMs > nowMs - COOLDOWN_MS) {
    const only = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
    throw fault('PurgeQueueInProgress', only);
  }
  const mark = { atMs: nowMs };
  return [cooldowns(call.stack).put(queue.partition, key, mark, last?.version ?? 0)];
}

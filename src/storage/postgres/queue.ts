/**
 * All that concerns queues, put together for the engine.
 */
import { realClock } from '../../core/clock.ts';
import { queueChores } from './queue-chores.ts';
import { Floors } from './queue-floors.ts';
import { QueueNames } from './queue-names.ts';
import { Reads } from './queue-reads.ts';
import { QueueStage } from './queue-stage.ts';
import type { QueueParts, Queues } from './stage.ts';

export function openQueues({ schema, reader, hints }: QueueParts): Queues {
  // For how long ago something was looked up; what is stored knows no clock but its callers'.
  const { wallNowMs } = realClock();
  const names = new QueueNames(schema);
  const floors = new Floors(wallNowMs);
  return {
    stage: new QueueStage({ schema, names, floors, hints, wallNowMs }),
    reads: new Reads(schema, { reader, names, floors, wallNowMs }),
    chores: queueChores(schema),
  };
}

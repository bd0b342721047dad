/**
 * The parts of the engine, put together around one connection.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Births } from './births.ts';
import { Bodies } from './bodies.ts';
import { Chores } from './chores.ts';
import { Claims } from './claim.ts';
import { Dedup } from './dedup.ts';
import { Logs } from './logs.ts';
import { MassWrites } from './mass-writes.ts';
import { Peeks } from './peek.ts';
import { Progress } from './progress.ts';
import { Queues } from './queue-state.ts';
import { QueueWrites } from './queue-writes.ts';
import { Tables } from './tables.ts';
import { Undo } from './undo.ts';
import type { Watchers } from './watchers.ts';
import { Writer } from './writer.ts';

export type Parts = ReturnType<typeof parts>;

export function parts(sql: DatabaseSync, watchers: Watchers) {
  const undo = new Undo();
  const progress = new Progress(sql, undo);
  const { sequence } = progress;
  const bodies = new Bodies(sql);
  const queues = new Queues(sql, undo);
  const logs = new Logs(sql, undo);
  const tables = new Tables(sql, undo, sequence, progress.commits);
  const chores = new Chores(sql, queues, bodies, logs);
  const births = new Births(sql, sequence);
  const messages = new QueueWrites(sql, queues, new Dedup(sql), { bodies, births, sequence });
  const mass = new MassWrites({ queues, messages, chores, births, sequence });
  return {
    undo,
    progress,
    queues,
    births,
    logs,
    tables,
    chores,
    claims: new Claims(sql, queues, births, bodies),
    peeks: new Peeks(sql, bodies),
    writer: new Writer({ queues, messages, mass, logs, tables, chores, bodies, watchers }),
  };
}

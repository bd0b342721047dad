/**
 * Doing something at a time, durably.
 *
 * A job is a message in a queue, visible when it is due: it survives a crash, and it runs at
 * least once, its writes and its end in one commit, so its effect inside the server is exactly
 * once. Never early. A job that no longer makes sense (its rule is gone) does nothing when run.
 *
 * `timetable` holds what follows a calendar; `work` holds steps of something that is under way,
 * which `settled()` waits for and moves virtual time for.
 */
import type { Enqueue, Write } from '../storage/storage.ts';
import type { Stack } from './stack.ts';

export const TIMETABLE = 'schedule/timetable';
export const WORK = 'schedule/work';

export interface Due {
  /** A name in `stack.jobs`. */
  readonly kind: string;
  /** The job's own notes, as JSON text. */
  readonly note: string;
  /** The moment it was scheduled for; it may run later, never earlier. */
  readonly dueAtMs: number;
}

/** Runs a job; what it returns is committed together with the job's end. */
export type Job = (stack: Stack, due: Due) => Promise<readonly Write[]> | readonly Write[];

/** The write that makes a job run at `atMs`. */
export function schedule(
  stack: Stack,
  queue: typeof TIMETABLE | typeof WORK,
  kind: string,
  note: string,
  atMs: number,
): Enqueue {
  return {
    kind: 'enqueue',
    queue,
    message: {
      id: stack.ids.uuid(),
      body: note,
      meta: `${atMs} ${kind}`,
      sentAtMs: stack.clock.nowMs(),
      visibleAtMs: atMs,
    },
  };
}

/** Reads back what `schedule` wrote. */
export function dueOf(message: { readonly body: string; readonly meta?: string }): Due {
  const meta = message.meta ?? '';
  const space = meta.indexOf(' ');
  const kind = meta.slice(space + 1);
  return { kind, note: message.body, dueAtMs: Number(meta.slice(0, space)) };
}

/** What an operator should look at, in sentences that say what to do. */
import type { Holder, PostgresHealth } from './probe.ts';

/**
 * A snapshot that is held longer than this makes receives slower by the second. With a look every
 * five seconds the log has it within ten.
 */
export const HELD_TOO_LONG_MS = 4_000;
/** A slot that nobody reads keeps the log of writes until the disk is full. */
const LEFT_BEHIND_BYTES = 1024 ** 3;

export function warningsOf({ oldestSnapshot: holder, slots }: PostgresHealth): readonly string[] {
  const left = slots.filter(({ active, lagBytes }) => !active && lagBytes > LEFT_BEHIND_BYTES);
  return [
    ...(holder && holder.heldMs > HELD_TOO_LONG_MS ? [heldBy(holder)] : []),
    ...left.map(
      ({ name, lagBytes }) =>
        `Nobody reads the replication slot ${name}, which keeps ${gibOf(lagBytes)} of the log of ` +
        'writes: read it or drop it.',
    ),
  ];
}

function heldBy({ what, pid, name, state, heldMs, query }: Holder): string {
  const since = Number.isFinite(heldMs) ? ` for ${Math.round(heldMs / 1000)} s` : '';
  const effect = 'has kept the database from cleaning up';
  switch (what) {
    case 'session':
      return (
        `Process ${pid} of the database (${name || 'of no name'}, ${state}) ${effect}${since}: ` +
        `end it with SELECT pg_terminate_backend(${pid}). It last did: ${query}`
      );
    case 'prepared transaction':
      return `The prepared transaction ${name} ${effect}${since}: ROLLBACK PREPARED '${name}'.`;
    case 'replication slot':
      return `The replication slot ${name} (${state}) ${effect}: see to its reader, or drop it.`;
  }
}

function gibOf(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

/**
 * How far this machine's clock is from the database's. Leases and delays are moments that one node
 * sets and another one reads, so nodes must agree about the time.
 */
import type { Clock } from '../../core/clock.ts';
import type { Connection } from './connection.ts';
import { statement } from './names.ts';

const NOW = statement('', 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8');
const SAMPLES = 5;

export interface ClockOffset {
  /** The database's time less ours. */
  readonly offsetMs: number;
  /** Half of the quickest trip: the truth is no further away than that. */
  readonly errorMs: number;
}

export async function measureOffset(connection: Connection, clock: Clock): Promise<ClockOffset> {
  let best: ClockOffset = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const sentAtMs = clock.wallNowMs();
    const [row] = await connection.query<readonly [number]>(NOW);
    const gotAtMs = clock.wallNowMs();
    const errorMs = (gotAtMs - sentAtMs) / 2;
    if (errorMs >= best.errorMs) continue;
    best = { offsetMs: Number(row?.[0]) - (sentAtMs + errorMs), errorMs };
  }
  return best;
}

/** Whether the clocks are certainly further apart than allowed. */
export function isTooFar({ offsetMs, errorMs }: ClockOffset, mostMs: number): boolean {
  return Math.abs(offsetMs) - errorMs > mostMs;
}

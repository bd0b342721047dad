/**
 * What an engine can tell of its own work. Not part of the seam: an engine that keeps no such
 * figures is an engine all the same.
 */
import type { Distribution } from '../core/metrics.ts';
import type { Storage } from './storage.ts';

export interface StorageReport {
  /** Such as `sqlite`. */
  readonly engine: string;
  /** Seconds from the beginning of a group's transaction to its end. */
  readonly commitSeconds: Distribution;
  /** Lists and claims in a group. */
  readonly groupSizes: Distribution;
  /** Further gauges of the engine, by names of small letters and underscores. */
  readonly gauges?: Readonly<Record<string, number>>;
  /** What an operator should look at, in sentences: who holds an old snapshot, say. */
  readonly warnings?: readonly string[];
  /** Milliseconds that the clock here is ahead of the database's, where that has one. */
  readonly clockOffsetMs?: number;
}

export interface Reporting {
  report(): Promise<StorageReport>;
}

export function isReporting(storage: Storage): storage is Storage & Reporting {
  return 'report' in storage && typeof storage.report === 'function';
}

/** How many lists share a commit. */
export const GROUP_SIZES: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** The logs that hold the journal and what goes with it. */
import { crc32 } from 'node:zlib';
import type { Ids } from '../core/ids.ts';
import type { LogBounds, Storage } from '../storage/storage.ts';

export const JOURNAL = 'journal';

/** Parts into which the journal of data that several nodes share is split. */
const PARTS = 16;

/** The logs that make up the journal. */
export function journalsOf({ shared }: Pick<Storage, 'shared'>): readonly string[] {
  if (!shared) return [JOURNAL];
  return [JOURNAL, ...Array.from({ length: PARTS }, (_, part) => `${JOURNAL}/${part}`)];
}

/**
 * The log that a node writes to. Each commit has its facts, and a log takes one commit at a time:
 * in one log all nodes would wait for each other.
 */
export function journalOf({ shared }: Pick<Storage, 'shared'>, ids: Ids): string {
  return shared ? `${JOURNAL}/${crc32(ids.uuid()) % PARTS}` : JOURNAL;
}

/** The log of contents that goes with one of the journal's. */
export function besides(journal: string): string {
  return `contents-of-${journal}`;
}

export interface BoundedLog extends LogBounds {
  readonly log: string;
}

/** How far these logs reach; asked for together, as each may be a trip to a database. */
export function boundsOf(
  storage: Pick<Storage, 'bounds'>,
  logs: readonly string[],
): Promise<readonly BoundedLog[]> {
  return Promise.all(logs.map(async (log) => ({ log, ...(await storage.bounds(log)) })));
}

/** The logs that hold contents, in the order of the journal's. */
export function contentsOf(storage: Pick<Storage, 'shared'>): readonly string[] {
  return journalsOf(storage).map(besides);
}

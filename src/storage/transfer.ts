/**
 * What an engine can do beside the storage seam: give all it holds away, and take all in.
 *
 * Both are about whole engines that serve nobody else meanwhile, and so are no methods of the
 * seam. The items are neutral: another engine that took them answers every question of the seam
 * alike. Receipt handles, sequence numbers, iterators and versions that were given out stay
 * valid, because positions, tokens and versions are carried as they are.
 */

/** One fact of an engine. The order of kinds below is the order in which they come. */
export type Item = Given | QueuedMessage | RememberedKey | KeptLog | KeptRecord | KeptRow;

/** No position of a message and no version of a row above this was ever given out. */
export interface Given {
  readonly kind: 'given';
  readonly last: number;
}

/** By queue, then by position. */
export interface QueuedMessage {
  readonly kind: 'message';
  readonly queue: string;
  readonly position: number;
  readonly id: string;
  readonly body: string;
  readonly meta?: string;
  readonly group?: string;
  readonly ordered?: true;
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
  /** The latest lease's; 0 before the first claim. */
  readonly token: number;
  readonly claims: number;
  readonly firstClaimedAtMs?: number;
}

/** By queue, then by key: what deduplication remembers. */
export interface RememberedKey {
  readonly kind: 'remembered';
  readonly queue: string;
  readonly key: string;
  readonly untilMs: number;
  readonly position: number;
  readonly id: string;
}

/** Each log, followed by its records from `first` to before `next`. */
export interface KeptLog {
  readonly kind: 'log';
  readonly log: string;
  readonly first: number;
  readonly next: number;
}

export interface KeptRecord {
  readonly kind: 'record';
  readonly log: string;
  readonly position: number;
  readonly atMs: number;
  readonly key?: string;
  readonly body: string;
}

/** By table, partition and key. All names are ordered by their UTF-8 bytes. */
export interface KeptRow {
  readonly kind: 'row';
  readonly table: string;
  readonly partition: string;
  readonly key: string;
  readonly version: number;
  readonly value: string;
}

/** Gives away all that an engine holds, as it is at one moment, some items at a time. */
export interface Exporting {
  items(): AsyncIterable<readonly Item[]>;
  close(): Promise<void>;
}

/** Takes in what another engine gave away. What it goes into must be empty. */
export interface Importing {
  take(items: readonly Item[]): Promise<void>;
  /** Makes it last. Until then, and after `abandon`, there is nothing that could be opened. */
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

/** An engine that can be copied while it is in use. */
export interface BackingUp {
  /** An archive of the engine as it is now or a little later, and never of half a commit. */
  backUp(nowMs: number): AsyncIterable<Uint8Array>;
}

export function canBackUp(storage: object): storage is BackingUp {
  return 'backUp' in storage;
}

/**
 * Where something is fed from: a queue, a stream or a table's changes.
 *
 * A source is to `pull.ts` what a target is to `push.ts`. It hands out records and says by which
 * writes they end; who consumes them, and how failures are told, is not its business. How a record
 * that failed comes again is the source's own rule: a queue's lease runs out, a stream takes the
 * same records again, whole or in halves, when it thinks fit. So lanes, checkpoints and retries of
 * streams live behind this seam; see `log-feeder.ts`.
 */
import type { Write } from '../storage/storage.ts';
import type { Stack } from './stack.ts';

export interface Source {
  open(stack: Stack, feed: Feed): Promise<Feeder> | Feeder;
}

/** What a mapping or pipe asks of its source. */
export interface Feed {
  /** Names the mapping; checkpoints are kept under it. */
  readonly id: string;
  readonly sourceArn: string;
  readonly account: string;
  readonly region: string;
  /** ARN of who consumes, for the journal. */
  readonly consumerArn: string;
  /** Where a stream is read from when it is read for the first time. */
  readonly start?: Start;
  /** The writes that tell of records which were given up; they join the commit of their end. */
  readonly lost?: (lost: Lost) => Promise<readonly Write[]>;
  /** Checks that it is still ours to read; part of every commit that says how far we have come. */
  readonly fence?: readonly Write[];
}

export type Start =
  | { readonly at: 'TRIM_HORIZON' | 'LATEST' }
  | { readonly at: 'AT_TIMESTAMP'; readonly sinceMs: number };

/** Records of a stream, one behind the other, that failed too often or grew too old. */
export interface Lost<Item extends SourceRecord = SourceRecord> {
  readonly why: 'attempts' | 'age';
  /** How often they were handed over and failed. */
  readonly attempts: number;
  readonly shardId: string;
  /** Never none; the ids are sequence numbers. */
  readonly records: readonly (Item & { readonly atMs: number })[];
  /** The consumer's own notes on the last failure, where there was one. */
  readonly failure?: unknown;
}

export interface Feeder<Item extends SourceRecord = SourceRecord> {
  /**
   * The writes by which it is settled where a stream is read from, so that what comes before the
   * first taking is not missed. Throws `Refused` as `take` does.
   */
  begin?(rules?: LogRules): Promise<readonly Write[]>;
  /**
   * Takes what may be consumed now; none when there is nothing. Throws `Refused` when there is
   * nothing to be fed from. Until its end is committed nobody else gets what was taken.
   */
  take(wish: Wish): Promise<readonly Taking<Item>[]>;
  /**
   * The writes by which records of one batch end; they are committed together. The taking is
   * named unless the batch was gathered from several.
   */
  end(ending: Ending<Item>, of?: Taking<Item>): readonly Write[] | Promise<readonly Write[]>;
  /**
   * Those writes are committed; or, when not `well`, an error stood in the way, and what is left
   * of the taking has to come again.
   */
  settled?(of: Taking<Item>, well: boolean): void;
  /** Calls back when there may be something to take. Returns how to stop watching. */
  watch(notify: () => void): () => void;
  /** When something that cannot be taken now may be; Infinity for never. */
  nextDueMs(): Promise<number>;
}

/** How much to take, and how long it will be held. */
export interface Wish {
  /** How many batches could be consumed side by side. */
  readonly batches: number;
  /** Most records of one batch. */
  readonly size: number;
  /** How long a batch may be gathered, and then be worked on; a lease lasts no shorter. */
  readonly windowMs: number;
  readonly timeoutMs: number;
  /** For streams. */
  readonly rules?: LogRules | undefined;
}

/** How a stream is read, and what becomes of records that fail. */
export interface LogRules {
  /** Batches of one shard side by side; records of one key stay one behind the other. */
  readonly lanes: number;
  /** How often a batch is tried again. */
  readonly mostRetries: number;
  readonly mostAgeMs: number;
  /** Whether a batch that fails comes again in halves. */
  readonly bisects: boolean;
  /** Length of the windows in which consumers keep a state; 0 for none. */
  readonly tumblingMs: number;
  /** Role that the consumer is fed with, which some records name. */
  readonly roleArn: string;
}

/** Records that may go into one batch, beside which the other takings may be consumed. */
export interface Taking<Item extends SourceRecord = SourceRecord> {
  readonly records: readonly Item[];
  /** Those behind a record that fails must not be consumed before it. */
  readonly ordered: boolean;
  /** A batch as it is, which nothing is gathered to: the source made it. */
  readonly whole: boolean;
  /** Of a tumbling window; its last batch is handed over even when it has no records. */
  readonly window?: WindowShare | undefined;
}

export interface WindowShare {
  readonly startMs: number;
  readonly endMs: number;
  readonly shardId: string;
  /** What the consumer answered to the batch before, as JSON text. */
  readonly state: string;
  readonly isFinal: boolean;
  /** The state had grown too large. */
  readonly isEarly: boolean;
}

/** What became of the records of a batch. */
export interface Ending<Item extends SourceRecord = SourceRecord> {
  readonly consumed?: readonly Item[];
  /** Nobody wanted them. */
  readonly filtered?: readonly Item[];
  /** They come again as the source's own rules say. */
  readonly failed?: readonly Item[];
  /** They will never be consumed: they go where the source puts its dead letters. */
  readonly rejected?: readonly Item[];
  /** Taken but not handed over: they come again at once and count as never taken. */
  readonly unused?: readonly Item[];
  /** A short text for the journal: which filter, which failure. */
  readonly note?: string;
  /** The consumer had no room, so nothing was tried; what failed did not fail by itself. */
  readonly throttled?: boolean;
  /** The consumer's own notes on the failure, for `Lost`. */
  readonly failure?: unknown;
  /** The state of the window, as JSON text. */
  readonly state?: string;
}

export interface SourceRecord {
  /** What a partial failure names: an SQS message id, a sequence number. */
  readonly id: string;
  /** The journal's id of the message or event. */
  readonly cause: string;
  /** The record as the consumer gets it. */
  readonly event: Readonly<Record<string, unknown>>;
  /** `event` as JSON text, made once. */
  readonly json: string;
  readonly traceHeader?: string | undefined;
  /** When it was written, where that is known: in streams. */
  readonly atMs?: number;
}

/**
 * Where something is fed from: a queue now, a stream or a table's changes later.
 *
 * A source is to `pull.ts` what a target is to `push.ts`. It hands out records and says by which
 * writes they end; who consumes them, and how failures are told, is not its business. How a record
 * that failed comes again is the source's own rule: a queue's lease runs out, a stream takes the
 * same records again, whole or in halves, when it thinks fit. So lanes, checkpoints and retries of
 * streams live behind this seam.
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
  /** What the kind of source needs besides: a starting position, say. */
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface Feeder<Item extends SourceRecord = SourceRecord> {
  /**
   * Takes what may be consumed now; none when there is nothing. Throws `Refused` when there is
   * nothing to be fed from. Until its end is committed nobody else gets what was taken.
   */
  take(wish: Wish): Promise<readonly Taking<Item>[]>;
  /** The writes by which records of one batch end; they are committed together. */
  end(ending: Ending<Item>): readonly Write[] | Promise<readonly Write[]>;
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
}

/** Records that may go into one batch, beside which the other takings may be consumed. */
export interface Taking<Item extends SourceRecord = SourceRecord> {
  readonly records: readonly Item[];
  /** Those behind a record that fails must not be consumed before it. */
  readonly ordered: boolean;
  /** A batch as it is, which nothing is gathered to: the source made it. */
  readonly whole: boolean;
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
}

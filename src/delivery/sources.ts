/**
 * Where something is fed from: a queue now, a stream or a table's changes later.
 *
 * A source is to `pull.ts` what a target is to `push.ts`. It claims or reads batches and says how
 * they end; who consumes them, and how failures are told, is not its business.
 */
import type { Write } from '../storage/storage.ts';
import type { Stack } from './stack.ts';

export interface Source {
  /** Throws `Refused` when there is nothing to be fed from, or the feed may not be. */
  open(stack: Stack, feed: Feed): Promise<Feeder>;
}

/** What a mapping asks of its source. */
export interface Feed {
  /** Names the mapping; checkpoints are kept under it. */
  readonly id: string;
  readonly sourceArn: string;
  readonly account: string;
  readonly region: string;
  /** ARN of who consumes, for the journal. */
  readonly consumerArn: string;
  /** How long a batch may be gathered and worked on; a lease lasts no shorter. */
  readonly windowMs: number;
  readonly timeoutMs: number;
  /** What the kind of source needs besides: a starting position, say. */
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface Feeder {
  /** Takes up to `max` records that may go into one batch; undefined when there are none now. */
  take(max: number): Promise<Taking | undefined>;
  /** Calls back when there may be something to take. Returns how to stop watching. */
  watch(notify: () => void): () => void;
  /** When something that is hidden now may be taken; Infinity for never. */
  nextDueMs(): Promise<number>;
}

/** Records taken together. Until its end is committed nobody else gets them. */
export interface Taking {
  readonly records: readonly SourceRecord[];
  /**
   * The writes by which the batch ends: `done` are consumed or filtered out, all others come
   * again as the source's own rules say.
   */
  end(done: readonly SourceRecord[], how: 'consumed' | 'filtered'): readonly Write[];
}

export interface SourceRecord {
  /** What a partial failure names: an SQS message id, a sequence number. */
  readonly id: string;
  /** The journal's id of the message or event. */
  readonly cause: string;
  /** The record as the consumer gets it. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Bytes of `event` as JSON. */
  readonly bytes: number;
  readonly traceHeader?: string;
}

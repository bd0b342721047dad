/**
 * What the group commit asks of each noun (tables, queues, logs).
 *
 * A transaction runs in rounds. In each round, for all lists together:
 *
 *   prepare   sends the reads that lock; resolves when what `apply` decides on is in memory
 *   apply     one write of one list, in memory; answers, or throws `Conflict`
 *   flush     sends what came of it, as few statements over many rows
 *   claim     (queues only) sends the claims; their `follow` writes are the next round's lists
 *
 * and after the last round `finish`, and `COMMIT` in the same trip. There may be several rounds: a
 * `prepare` after a `flush` sees what that wrote, be it by reading it again in the same
 * transaction.
 *
 * The order of stages is tables, queues, logs, in every step; and within a stage rows and locks
 * are taken in one order, sorted by key, so that nodes wait for each other but never in a circle.
 *
 * What appeared after `prepare`, where nobody could lock it, must fail the transaction: by a
 * unique index. The whole group then runs again.
 */
import type {
  Claim,
  Claimed,
  Counts,
  Enqueue,
  Expire,
  Peek,
  Peeked,
  Purge,
  QueueName,
  Receipt,
  Redelay,
  Release,
  Settle,
  Write,
} from '../storage.ts';
import type { Connection } from './connection.ts';
import type { Schema } from './names.ts';
import type { Transaction } from './transaction.ts';

/** A receipt; or how to make it once everything is committed, when the database has to tell. */
export type Answer = Receipt | (() => Receipt);

/** Takes back what was applied since. */
export type Undo = () => void;

export interface Stage<W extends Write = Write> {
  /** A transaction begins. What an earlier one left undone is to be forgotten. */
  begin(): void;

  /**
   * Reads and locks what `writes` will ask about; they are those of all lists of the round, in
   * order. Everything is sent before the promise is returned where no answer is needed first. A
   * stage with nothing to read sends nothing and resolves at once.
   */
  prepare(tx: Transaction, writes: readonly W[]): Promise<void>;

  /** Called before the writes of a list that may be refused: how to take them back. */
  mark(): Undo;

  /** Decides on one write in memory. Throws `Conflict` where its condition does not hold. */
  apply(write: W): Answer;

  /**
   * Sends what this round came to. All of it must be sent before the promise is returned, because
   * COMMIT may be sent right after; the promise resolves when the answers are in (so a stage that
   * needs the database's numbers for its receipts reads them here). It rejects only where the
   * database refused a statement: nobody else could keep COMMIT back.
   */
  flush(tx: Transaction): Promise<void>;

  /** The end of the last round: sends what was put off. As `flush` in all else. */
  finish(tx: Transaction): Promise<void>;

  /**
   * The connection was lost with the answer to COMMIT, but the transaction is known to have been
   * committed: finds the numbers that the answers of `flush` and `finish` would have told, by the
   * transaction's id. Only for stages that need such numbers.
   */
  recover?(connection: Connection, transactionId: string): Promise<void>;

  /** How the transaction ended. Memory kept across groups follows the database only here. */
  end(committed: boolean): void;
}

export interface ClaimOf {
  readonly queue: QueueName;
  readonly claim: Claim;
}

/** What queues do besides. */
export interface ClaimStage<W extends Write> extends Stage<W> {
  /**
   * Takes the leases, after `flush`. The claims take effect in their order, several of one queue
   * among them; answers stand in that order. `follow` is called by the group, not here.
   */
  claim(tx: Transaction, claims: readonly ClaimOf[]): Promise<readonly (readonly Claimed[])[]>;
}

/**
 * Who is told after the commit: names of queues in which something may be claimable now or later.
 * Given to a stage when it is made; forgotten when the transaction does not commit.
 */
export interface Hints {
  touch(name: string): void;
}

/** Reads outside of any transaction, on the reading connection; they see all that is committed. */
export interface Reader {
  query<Row extends readonly unknown[]>(
    statement: { readonly name: string; readonly text: string },
    values?: readonly unknown[],
  ): Promise<readonly Row[]>;
}

/** Work on many rows that goes on in the background, in slices. */
export interface Chore {
  /** Names its advisory lock: one node at a time works on it. */
  readonly name: string;
  /** How long to rest after a slice that found nothing more to do. */
  readonly everyMs: number;
  /** Does a bounded part in a transaction of its own; whether there may be more. */
  slice(tx: Transaction): Promise<boolean>;
}

export type QueueWrite = Enqueue | Settle | Release | Redelay | Expire | Purge;

export interface QueueReads {
  peek(queue: QueueName, peek: Peek): Promise<readonly Peeked[]>;
  counts(queue: QueueName, nowMs: number): Promise<Counts>;
  nextVisibleAtMs(queue: QueueName, nowMs: number): Promise<number>;
  queues(prefix: string): Promise<readonly QueueName[]>;
  /**
   * For each queue a text that is another one when something may have become claimable since, now
   * or later. Asked four times a second for what is watched, so it must be cheap; a queue that
   * does not exist has one, too (names of logs are among the names).
   */
  signatures(queues: readonly QueueName[]): Promise<readonly string[]>;
}

/** All that the engine wants of queues: `openQueues` of `queue.ts` makes it. */
export interface Queues {
  readonly stage: ClaimStage<QueueWrite>;
  readonly reads: QueueReads;
  readonly chores: readonly Chore[];
}

export interface QueueParts {
  readonly schema: Schema;
  readonly reader: Reader;
  readonly hints: Hints;
}

/**
 * The storage seam: three nouns (queue, log, table) behind one interface.
 *
 * - `commit` is all or nothing over all three nouns, and its writes are values. When its
 *   promise resolves, the writes are as durable as the engine was asked to be. A list whose
 *   condition does not hold rejects with `Conflict` and has changed nothing.
 * - Lists and claims handed in first take effect first.
 * - Storage never reads a clock: every command says what time it is.
 * - A queue, log or table exists from its first write on; there is nothing to create.
 *
 * Every engine passes `test/storage/contract.ts`. The seam has at most fifteen methods, so that
 * a very different engine can be put behind it: see docs/decisions/0001-storage-seam.md.
 */

export interface Storage {
  /**
   * Whether other processes may be at work on the same data. What one of them may do at a time
   * then has to be settled between them; see `src/delivery/tenure.ts`.
   */
  readonly shared?: boolean;

  /** Applies `writes` together. Receipts stand in the order of the writes. */
  commit(writes: readonly Write[]): Promise<readonly Receipt[]>;

  /** Puts up to `claim.max` messages behind a lease; the leases are durable when it resolves. */
  claim(queue: QueueName, claim: Claim): Promise<readonly Claimed[]>;
  /** Looks at messages without touching them. */
  peek(queue: QueueName, peek: Peek): Promise<readonly Peeked[]>;
  counts(queue: QueueName, nowMs: number): Promise<Counts>;
  /** The first moment after `nowMs` at which a hidden message shows up; Infinity for none. */
  nextVisibleAtMs(queue: QueueName, nowMs: number): Promise<number>;
  /**
   * Calls `notify` after a commit that may have made a message of the queue claimable now or
   * later (enqueued, released, moved forward), or that has appended to the log or trimmed it. A
   * name that ends with a slash stands for every log whose name goes on from there without
   * another one. A hint: it may come for nothing, and several may be one. Time passing makes no
   * call; see `nextVisibleAtMs`. Returns how to stop watching.
   */
  watch(queueOrLog: QueueName | LogName, notify: () => void): () => void;
  /** Names of the queues that hold messages and begin with `prefix`, in order. */
  queues(prefix: string): Promise<readonly QueueName[]>;

  /** Records of `log` from position `from` on, oldest first. */
  read(log: LogName, read: LogRead): Promise<readonly LogEntry[]>;
  bounds(log: LogName): Promise<LogBounds>;

  get(table: TableName, partition: string, key: string): Promise<Row | undefined>;
  /** Rows of one partition in key order (by UTF-8 bytes), or in the reverse of it. */
  scan(table: TableName, partition: string, scan?: Scan): Promise<readonly Row[]>;
  /** Grows with each commit that changes the partition. Lets a reader keep what it parsed. */
  revision(table: TableName, partition: string): Promise<number>;

  /** Resolves when all that was handed in is committed. For tests and for closing. */
  idle(): Promise<void>;
  /** Commits what was handed in and lets go of every resource. */
  close(): Promise<void>;
}

export type QueueName = string;
export type LogName = string;
export type TableName = string;

/** The condition of a write did not hold; nothing of its list was written. Plan again. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/**
 * The engine could not write: the disk is full, a write failed, or the database is away. Nothing of
 * the list was stored, unless the message says that this is not known (a connection that was
 * lost while it committed). The caller answers with a 503-type error; what can be read still is.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** Stored data is not what was written. Never answered with other data in its place. */
export class Corrupt extends Error {
  override readonly name = 'Corrupt';
}

// ---------------------------------------------------------------- queue

/**
 * A queue hands each message to one consumer at a time.
 *
 * Claiming hides a message behind a lease. The holder settles it (gone for good) or releases it
 * (visible again at a moment of its choosing); a lease that nobody settles runs out by itself.
 *
 * `ordered` messages take turns in their `group`: none is claimed while an earlier one of the
 * group is hidden, be it on lease or delayed; one claim may take several in a row. All messages
 * of one queue are ordered, or none.
 */
export interface Message {
  /** The caller's id for it; not checked for uniqueness. */
  readonly id: string;
  /** Bodies of one commit that are the same large string are stored once. */
  readonly body: string;
  /** Small text kept beside the body; the engine does not look inside. */
  readonly meta?: string;
  readonly group?: string;
  readonly ordered?: boolean;
  /** Moment of birth, from which retention counts. */
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
  /** How often it was claimed before, when it moves from another queue. */
  readonly claims?: number;
  readonly firstClaimedAtMs?: number;
}

export interface Lease {
  readonly queue: QueueName;
  /** Position in the queue: grows with each message, never used again. */
  readonly position: number;
  /** Differs each time the message is claimed. */
  readonly token: number;
}

export interface Claimed extends Message {
  readonly lease: Lease;
  /** How often it was claimed, this time included. */
  readonly claims: number;
  readonly firstClaimedAtMs: number;
}

export interface Claim {
  readonly max: number;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  /** Messages born before are past retention: not claimed, not counted. */
  readonly bornAfterMs?: number;
  /** Messages of groups that hold much of what is in flight come after those of quiet groups. */
  readonly fair?: boolean;
  /** Takes no more than would make this many messages be on lease at once. */
  readonly maxInFlight?: number;
  /**
   * Writes that belong to the claim, such as its journal record or a dead letter's move; pure,
   * called once inside the commit that takes the leases. They must not carry conditions.
   */
  readonly follow?: (claimed: readonly Claimed[]) => readonly Write[];
}

export interface Peek {
  readonly nowMs: number;
  readonly max: number;
  /** Only messages after this position; for paging. */
  readonly after?: number;
  /** Only these positions. */
  readonly positions?: readonly number[];
}

export interface Peeked extends Message {
  readonly position: number;
  readonly claims: number;
  readonly firstClaimedAtMs?: number;
  /** The latest lease's token; 0 before the first claim. */
  readonly token: number;
  readonly state: 'visible' | 'in-flight' | 'delayed';
}

export interface Counts {
  readonly visible: number;
  /** Hidden after a claim. */
  readonly inFlight: number;
  /** Hidden and never claimed. */
  readonly delayed: number;
  readonly oldestSentAtMs?: number;
}

// ---------------------------------------------------------------- log

/** An ordered sequence that is kept for a while and can be read again. */
export interface LogRecord {
  readonly atMs: number;
  readonly key?: string;
  readonly body: string;
}

export interface LogEntry extends LogRecord {
  /** 1, 2, 3 … without gaps, in the order of the commits. */
  readonly position: number;
}

export interface LogRead {
  /** First position wanted; 1 is the oldest ever. */
  readonly from: number;
  readonly max: number;
  /** Leaves out records from before this moment. */
  readonly sinceMs?: number;
  /** Ends with the record whose body makes it as many characters as this, or more. */
  readonly maxChars?: number;
}

export interface LogBounds {
  /** Position of the oldest record still kept; equals `next` when there is none. */
  readonly first: number;
  /** Position that the next record will get. */
  readonly next: number;
  /** Bytes of the bodies still kept. */
  readonly bytes: number;
}

// ---------------------------------------------------------------- table

export interface Row {
  readonly key: string;
  readonly value: string;
  /** Above 0 and different after each put, even when the row was removed in between. */
  readonly version: number;
}

export interface Scan {
  /** Only keys after this one. */
  readonly after?: string;
  /** Only keys before this one. */
  readonly before?: string;
  readonly prefix?: string;
  /** From the last key to the first; `limit` then counts from the last. */
  readonly reverse?: boolean;
  readonly limit?: number;
}

// ---------------------------------------------------------------- writes

export type Write =
  | Enqueue
  | Settle
  | Release
  | Redelay
  | Expire
  | Purge
  | Append
  | Trim
  | Put
  | Remove
  | Check;

/** Whether `write` may refuse the list that it stands in. */
export function isConditional(write: Write): boolean {
  switch (write.kind) {
    case 'settle':
    case 'release':
      return write.lost === 'conflict';
    case 'put':
    case 'remove':
      return write.ifVersion !== undefined;
    case 'check':
      return true;
    default:
      return false;
  }
}

export interface Enqueue {
  readonly kind: 'enqueue';
  readonly queue: QueueName;
  readonly message: Message;
  /**
   * Enqueues nothing when `key` was used by a message of this queue that was enqueued with
   * `untilMs` still to come at `nowMs`; the receipt then names that message. It is remembered
   * when the message itself is gone.
   */
  readonly dedup?: { readonly key: string; readonly nowMs: number; readonly untilMs: number };
}

/** Removes a message for good. */
export interface Settle extends Fence {
  readonly kind: 'settle';
}

/** Makes a message visible at `visibleAtMs`, be that now, or later than its lease said. */
export interface Release extends Fence {
  readonly kind: 'release';
  readonly visibleAtMs: number;
  /** Replaces the text beside the body. */
  readonly meta?: string;
  /** The claim that ends with this was for nothing and does not count. */
  readonly uncounted?: true;
}

interface Fence {
  readonly lease: Lease;
  /** `latest`: the lease must be the message's newest. `any`: an older one will do. */
  readonly fence: 'latest' | 'any';
  /** A lease that ended at or before this moment is lost. Without it, only a newer one ends it. */
  readonly aliveAtMs?: number;
  /** A lost lease rejects the list, or makes this write do nothing (see its receipt). */
  readonly lost: 'conflict' | 'skip';
}

/** Gives every never-claimed message the delay counted from its birth. */
export interface Redelay {
  readonly kind: 'redelay';
  readonly queue: QueueName;
  readonly delayMs: number;
}

/** Removes up to `max` messages born before a moment, oldest first, in flight or not. */
export interface Expire {
  readonly kind: 'expire';
  readonly queue: QueueName;
  readonly bornBeforeMs: number;
  readonly max: number;
}

/** Removes all messages of a queue; with `forget`, its deduplication memory too. */
export interface Purge {
  readonly kind: 'purge';
  readonly queue: QueueName;
  readonly forget?: boolean;
}

export interface Append {
  readonly kind: 'append';
  readonly log: LogName;
  readonly record: LogRecord;
}

/**
 * Lets go of old records: those before `beforeMs`, those before position `before`, and the
 * oldest beyond `keep`. An engine may keep some a little longer where it stores them in blocks.
 */
export interface Trim {
  readonly kind: 'trim';
  readonly log: LogName;
  readonly beforeMs?: number;
  readonly before?: number;
  readonly keep?: number;
}

export interface Put {
  readonly kind: 'put';
  readonly table: TableName;
  readonly partition: string;
  readonly key: string;
  readonly value: string;
  /** The version the row must have; 0 for "must not exist". */
  readonly ifVersion?: number;
}

export interface Remove {
  readonly kind: 'remove';
  readonly table: TableName;
  readonly partition: string;
  readonly key: string;
  /** The version the row must have. Without it a missing row is no error. */
  readonly ifVersion?: number;
}

/** Changes nothing, and rejects the list when the row is not, at this place of it, as it says. */
export interface Check {
  readonly kind: 'check';
  readonly table: TableName;
  readonly partition: string;
  readonly key: string;
  /** The version the row must have; 0 for "must not exist". */
  readonly ifVersion: number;
}

/** What a write did. Members that do not belong to the write's kind are absent. */
export interface Receipt {
  /** enqueue, append: where it stands. A duplicate's receipt has the first one's position. */
  readonly position?: number;
  /** enqueue: the id of the earlier message, when this one was a duplicate. */
  readonly duplicateOf?: string;
  /** settle, release: whether a message was changed. expire, purge: how many were removed. */
  readonly changed?: number;
  /** put: the row's version now. */
  readonly version?: number;
}

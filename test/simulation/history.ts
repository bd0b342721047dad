/**
 * What clients of a server under test noted down: one entry per call, with the moments between
 * which the server must have taken it.
 *
 * An outcome is `ok` when the server confirmed the call, `refused` when it said no and promised to
 * have done nothing, and `unknown` when the answer never came (or was a failure of the server):
 * such a call may have taken effect or not. Moments are milliseconds on one monotonic clock.
 */

export type Outcome = 'ok' | 'refused' | 'unknown';

interface Span {
  readonly invokedAtMs: number;
  readonly returnedAtMs: number;
  readonly outcome: Outcome;
}

/** A message put into a queue. Each message is known by a `key` that its body carries. */
export interface Send extends Span {
  readonly op: 'send';
  readonly queue: string;
  readonly key: string;
  /** Digest of the body. */
  readonly digest: string;
  readonly group?: string;
  readonly dedupId?: string;
  readonly delayMs?: number;
  /** As the server answered. */
  readonly messageId?: string;
  readonly sequence?: bigint;
}

export interface Receive extends Span {
  readonly op: 'receive';
  readonly queue: string;
  /** How long the messages are hidden. */
  readonly leaseMs: number;
  readonly messages: readonly Received[];
}

export interface Received {
  readonly key: string;
  readonly digest: string;
  readonly messageId: string;
  /** Names this hand-over; a delete or a change refers to it. */
  readonly handle: string;
  readonly receiveCount: number;
  readonly group?: string;
  readonly sequence?: bigint;
}

export interface Delete extends Span {
  readonly op: 'delete';
  readonly queue: string;
  readonly handle: string;
}

/** A change of visibility: the message shows again `leaseMs` after it. */
export interface Change extends Span {
  readonly op: 'change';
  readonly queue: string;
  readonly handle: string;
  readonly leaseMs: number;
}

/** Something put that must reach every one of `expects`: an event, or a message to a topic. */
export interface Publish extends Span {
  readonly op: 'publish';
  readonly key: string;
  readonly digest: string;
  /** Queues and endpoints that must get it; any other must not. */
  readonly expects: readonly string[];
  /** Messages of one group reach an ordered queue in the order of their publishing. */
  readonly group?: string;
  readonly dedupId?: string;
}

/** A request that reached an HTTP endpoint of ours. */
export interface Arrival {
  readonly op: 'arrival';
  readonly endpoint: string;
  readonly key: string;
  readonly digest: string;
  readonly atMs: number;
  /** Whether the endpoint answered with success. */
  readonly accepted: boolean;
}

export interface Crash {
  readonly op: 'crash';
  readonly atMs: number;
}

/**
 * One call on one item, which holds one value or is not there. Each value is written once. A
 * `swap` writes only where the item holds `expects`; `refused` means that it held something else.
 */
export interface ItemCall extends Span {
  readonly op: 'item';
  readonly item: string;
  readonly kind: 'get' | 'put' | 'swap';
  /** Written, or found; absent for no item. */
  readonly value?: string;
  readonly expects?: string;
}

/** Reads some lists and appends to some, all at one moment. Each element is appended once. */
export interface Transaction extends Span {
  readonly op: 'transaction';
  readonly id: string;
  /** What the lists held, by name. */
  readonly reads: Readonly<Record<string, readonly string[]>>;
  /** The element put at the end of each list, by name. */
  readonly appends: Readonly<Record<string, string>>;
}

export type Entry =
  | Send
  | Receive
  | Delete
  | Change
  | Publish
  | Arrival
  | Crash
  | ItemCall
  | Transaction;

/** What the checker must know of a queue. */
export interface QueueFacts {
  readonly name: string;
  readonly ordered?: boolean;
  /** Where messages go that were received too often. */
  readonly deadLetters?: { readonly queue: string; readonly maxReceives: number };
  readonly retentionMs?: number;
}

/** What the checker must know of a schedule that puts a message into a queue. */
export interface ScheduleFacts {
  readonly queue: string;
  readonly periodMs: number;
  /** Moments on the schedule's own clock, as its messages carry them. */
  readonly firedAtMs: readonly number[];
  /** The schedule was surely active from and until then, on the same clock. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The server crashed at these moments, on the same clock. */
  readonly crashedAtMs: readonly number[];
  /** How late a message may be: its due time is told to the second, and a server may be down. */
  readonly toleranceMs?: number;
  /** How long it may not fire at all beyond its period. Default: as long as `toleranceMs`. */
  readonly lateMs?: number;
}

/** An item of a table, counted up with each write, as it stood with the text of `key`. */
export interface Counted {
  readonly item: string;
  readonly count: number;
  readonly key: string;
}

/** What a change stream tells of a write: the count before, and whether it made the item. */
export interface Told {
  readonly before: number;
  readonly isFirst: boolean;
}

/** A table and its change stream, as they stood at the end. */
export interface ChangeFacts {
  /** Where publishes go that are writes of the table. */
  readonly queue: string;
  readonly items: readonly Counted[];
  readonly changes: readonly (Counted & Told)[];
}

/** A stream of records as it stood at the end, shard after shard. */
export interface RecordFacts {
  /** Where publishes go that are records of the stream. */
  readonly queue: string;
  readonly records: readonly {
    readonly group: string;
    readonly key: string;
    readonly shard?: string;
  }[];
}

/** What one reader got from one shard while others wrote, from an iterator of its choice on. */
export interface ReaderFacts {
  readonly reader: string;
  readonly shard: string;
  readonly keys: readonly string[];
  /** It began at the oldest record; else wherever its first record is. */
  readonly fromOldest: boolean;
  /** It read on after all writing had ended, until there was nothing more. */
  readonly toNewest: boolean;
}

export interface History {
  readonly entries: readonly Entry[];
  readonly queues: readonly QueueFacts[];
  readonly schedules?: readonly ScheduleFacts[];
  readonly changes?: ChangeFacts;
  readonly records?: RecordFacts;
  readonly readers?: readonly ReaderFacts[];
  /** Every queue was received from and deleted until empty before the history ended. */
  readonly drained: boolean;
  readonly endedAtMs: number;
  /** A server whose database is torn away may take messages and have nobody to give them to. */
  readonly mayLoseClaims?: boolean;
  /** How much the server's clock may run apart from ours over a lease. */
  readonly toleranceMs?: number;
}

export type Fault =
  /** Confirmed and never seen again. */
  | 'lost'
  /** Received though nobody sent it, or with another body. */
  | 'phantom'
  | 'altered'
  /** Received after its delete was confirmed. */
  | 'resurrected'
  /** Received again while an earlier receiver still had its lease. */
  | 'early-redelivery'
  /** Received before its delay was over. */
  | 'early-delivery'
  /** Received though its retention was over. */
  | 'outlived'
  /** A group's messages came in another order, or past one that was not done with. */
  | 'order'
  /** Sequence numbers do not grow with the order of sends, or counts not by one. */
  | 'sequence'
  /** A table is not what its change stream says. */
  | 'diverged'
  /** A reader of a shard missed a record. */
  | 'gap'
  /** An item showed values that no order of its calls explains. */
  | 'not-linearizable'
  /** Transactions saw each other in a way that no order of them explains. */
  | 'not-serializable'
  /** A transaction was seen in part, or one that was refused. */
  | 'torn'
  /** The search for an order was given up; the history is too long to be judged. */
  | 'undecided'
  /** Two messages for one deduplication id. */
  | 'duplicate'
  /** Receive counts that do not grow, or grow past what the queue allows. */
  | 'count'
  /** Moved to the dead-letter queue too soon, or to be seen in both queues. */
  | 'dead-letter'
  /** A published thing that a target did not get, got twice, or should not have got. */
  | 'undelivered'
  | 'delivered-twice'
  | 'misrouted'
  /** A due time that did not fire, fired twice, or fired early. */
  | 'schedule';

export interface Finding {
  readonly fault: Fault;
  /** The message, event or schedule it is about. */
  readonly key: string;
  readonly text: string;
}

/** Queues and their messages, looked at without receiving them. */
import type { QueueDepth } from './map.ts';

/** `GET /queues?account=&region=&prefix=&after=` */
export interface Queues {
  readonly queues: readonly QueueSummary[];
  readonly next?: string;
}

export interface QueueSummary extends QueueDepth {
  readonly arn: string;
  readonly name: string;
  readonly fifo: boolean;
  readonly isDeadLetterQueue: boolean;
  readonly deadLetterTarget?: string;
  readonly maxReceiveCount?: number;
}

/**
 * `GET /queues/messages?queue=<arn>&state=&group=&after=&limit=`: a look that changes nothing: no
 * receive is counted, no message hidden.
 */
export interface QueueMessages {
  readonly queue: string;
  readonly messages: readonly QueueMessage[];
  readonly next?: string;
}

export interface QueueMessage {
  readonly id: string;
  /** Its place in the queue, and what fences a change of it: see `Redrive.messages`. */
  readonly position: number;
  readonly token: number;
  readonly state: 'visible' | 'in-flight' | 'delayed';
  /** When it shows up by itself; absent when it is visible. */
  readonly visibleAtMs?: number;
  /**
   * Who received it last, while it is in flight: the ARN of a function or whoever else is fed
   * inside the server. Of clients the journal keeps no name.
   */
  readonly heldBy?: string;
  /** Behind another message of its group, although it is visible itself. */
  readonly blockedBy?: string;
  readonly sentAtMs: number;
  readonly firstReceivedAtMs?: number;
  readonly receives: number;
  readonly group?: string;
  readonly dedupId?: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** The inbox of dead letters over all queues that are anybody's dead-letter queue. */
import type { EdgeKind, NodeKind, QueueDepth } from './map.ts';
import type { QueueMessage } from './queues.ts';
import type { Attempt } from './why.ts';

/** `GET /dead-letters?account=&region=`: every queue that is a dead-letter queue of anything. */
export interface DeadLetters {
  readonly queues: readonly DeadLetterQueue[];
}

export interface DeadLetterQueue extends QueueDepth {
  readonly arn: string;
  readonly name: string;
  /** Who sends dead letters here: queues, subscriptions, rules, functions, mappings. */
  readonly sources: readonly { readonly arn: string; readonly kind: NodeKind | EdgeKind }[];
  /** By normalised error, the largest first; of the first `looked` messages. */
  readonly groups: readonly DeadLetterGroup[];
  readonly looked: number;
}

export interface DeadLetterGroup {
  /** Stable: a hash of source, code and normalised message. */
  readonly key: string;
  readonly source: string;
  /** EventBridge's or Lambda's error code, `MaxReceives` for a queue's redrive policy. */
  readonly code: string;
  /** The message with ids, numbers and times replaced by `…`. */
  readonly error: string;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** `GET /dead-letters/messages?queue=&group=&after=&limit=` */
export interface DeadLetterMessages {
  readonly queue: string;
  readonly messages: readonly DeadLetter[];
  readonly next?: string;
}

export interface DeadLetter extends QueueMessage {
  /** Where it would go back to, by what the message or the journal says; absent when unknown. */
  readonly origin?: string;
  /** `DeadLetterGroup.key`; `group` is the message's own, as in every queue. */
  readonly groupKey: string;
  readonly error: string;
  readonly code: string;
  /**
   * What happened to it before it came here, oldest first. Besides error codes there are the
   * outcomes `received`, and not deleted, and `redriven`.
   */
  readonly history: readonly Attempt[];
  /** A message that was redriven before and came back. */
  readonly redriven?: number;
}

/**
 * `POST /dead-letters/redrive`. Answers `Redriven` at once for `messages`, `RedriveTask` for the
 * rest, which goes on in the server. 409 when a message of `messages` was taken meanwhile.
 */
export interface Redrive {
  readonly queue: string;
  /**
   * A queue of the same account and type, a function, a topic or a bus. Absent: each back to where
   * it came from. 400 when one of `messages` cannot go there; of a task's messages it stays.
   */
  readonly to?: string;
  /** These, at most 1,000: all of them move, or none; `body` replaces what it says. */
  readonly messages?: readonly {
    readonly id: string;
    readonly position: number;
    readonly token: number;
    readonly body?: string;
  }[];
  /** All of a group, or with neither all of the queue. */
  readonly group?: string;
  /** For all, 1 to 500. */
  readonly perSecond?: number;
}

export interface Redriven {
  /**
   * In the order of the request: the ids that they go on under, which is their own for what goes
   * outside.
   */
  readonly moved: readonly { readonly id: string; readonly newId: string; readonly to: string }[];
}

/** `GET /dead-letters/tasks?queue=`; `POST /dead-letters/tasks/cancel` takes `{id}`. */
export interface RedriveTasks {
  readonly tasks: readonly RedriveTask[];
}

export interface RedriveTask {
  readonly id: string;
  readonly queue: string;
  readonly to?: string;
  readonly group?: string;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';
  readonly moved: number;
  readonly toMove: number;
  readonly startedAtMs: number;
  readonly failure?: string;
}

/** The server itself, and the paths that are older than the console. */
import type { Fact } from '../journal/journal.ts';

/** `GET /status`. A part is absent when the storage does not tell; a warning then says why. */
export interface Status {
  readonly version: string;
  readonly endpoint: string;
  /** A folder, `memory`, or the address of a database without its password. */
  readonly data: string;
  readonly account: string;
  readonly region: string;
  readonly services: readonly string[];
  readonly clock: 'virtual' | 'real';
  readonly upMs: number;
  readonly processId: number;
  readonly nodes?: readonly ServerNode[];
  readonly storage?: StorageStatus;
  readonly backlog?: WaitingQueues;
  /** Sentences about what an operator should look at. */
  readonly warnings: readonly string[];
}

export interface ServerNode {
  readonly id: string;
  readonly address: string;
  readonly host: string;
  readonly processId: number;
  readonly version: string;
  readonly startedAtMs: number;
  readonly seenAtMs: number;
  readonly clockOffsetMs?: number;
  readonly commits?: CommitTimes;
}

/** Bounds below which half and nearly all commits since the start lie. */
export interface CommitTimes {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface StorageStatus {
  readonly engine: string;
  readonly commits: CommitTimes;
  readonly gauges: Readonly<Record<string, number>>;
}

export interface WaitingQueues {
  /** Queues of the storage that hold messages, and how many of them were counted. */
  readonly queues: number;
  readonly counted: number;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeMs: number;
  readonly fullest: readonly WaitingQueue[];
}

export interface WaitingQueue {
  readonly queue: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeMs: number;
}

/** `GET /coverage`: which operations of AWS's models are built. */
export interface Coverage {
  readonly services: readonly {
    readonly service: string;
    readonly built: readonly string[];
    readonly missing: readonly string[];
  }[];
}

/** `POST /settled`: 200 when nothing is left, 409 with what would not end. */
export interface Settled {
  readonly settled: boolean;
  readonly outstanding: readonly { readonly queue: string; readonly dueAtMs: number }[];
}

/** `GET /journal?from=&limit=`: facts from a place on, oldest first. */
export interface JournalPage {
  readonly facts: readonly Fact[];
  /** The `from` to go on with; where nodes share the data, positions with dots between. */
  readonly next: number | string;
}

/** `GET /keys`, of a server that checks signatures. */
export interface Keys {
  readonly keys: readonly AccessKey[];
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly account: string;
  /** `root` for a key of the root. */
  readonly user: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAt: string;
}

/** `POST /keys`. Without a user it is a key of the account's root. */
export interface KeyOrder {
  readonly account?: string;
  readonly user?: string;
  readonly policies?: readonly { readonly name: string; readonly document: string }[];
}

/** The only time that a secret is told. */
export interface CreatedKey {
  readonly accessKeyId: string;
  readonly account: string;
  readonly user: string;
  readonly secretAccessKey: string;
}

export interface KeyChanged {
  readonly accessKeyId: string;
  readonly done: 'disable' | 'enable' | 'delete';
}

/** `POST /events/explain?bus=&rule=`: those that match first, then by how near they come. */
export interface ExplainedEvent {
  readonly bus: string;
  readonly rules: readonly ExplainedRule[];
}

export interface ExplainedRule {
  readonly name: string;
  readonly arn: string;
  readonly state: string;
  readonly matches: boolean;
  /** A sentence for people, with the first path and operator to blame. */
  readonly because?: string;
  readonly path?: string;
  readonly wanted?: string;
  readonly found?: readonly unknown[];
  /** True when each field matches alone, but in different elements of an array. */
  readonly acrossElements?: boolean;
  /** 0 to 1. */
  readonly nearness?: number;
}

/** `POST /sns/explain?topicArn=`: those that would get it first, then by how near they come. */
export interface ExplainedMessage {
  readonly subscriptions: readonly ExplainedSubscription[];
}

export interface ExplainedSubscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly matches: boolean;
  /** As SNS's metrics have it, or `PendingConfirmation`. */
  readonly reason?: string;
  readonly because?: string;
  readonly path?: string;
  readonly wanted?: string;
  readonly found?: readonly unknown[];
  readonly acrossElements?: boolean;
  readonly nearness?: number;
}

/** `GET /sns/outbox`: e-mail, SMS and push, which go no further. */
export interface Outbox {
  readonly messages: readonly OutboxMessage[];
}

export interface OutboxMessage {
  readonly protocol: string;
  /** Phone number, e-mail address or ARN of a platform endpoint. */
  readonly endpoint: string;
  readonly messageId: string;
  readonly message: string;
  readonly subject?: string;
  readonly attributes?: Readonly<
    Record<
      string,
      { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string }
    >
  >;
  readonly structure?: string;
  readonly topicArn?: string;
  readonly subscriptionArn?: string;
  readonly atMs: number;
  readonly position: number;
}

/** `GET /sns/opted-out-numbers`; POST and DELETE take one of them. */
export interface OptedOutNumbers {
  readonly phoneNumbers: readonly string[];
}

/** `GET` and `POST /events/endpoints/<endpoint id>`: the health of a global endpoint. */
export interface EndpointHealth {
  readonly healthy: boolean;
  /** The Region that is active. */
  readonly region: string;
}

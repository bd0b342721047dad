/** The map of what there is, and the traffic on it. */

/** `GET /map?account=&region=`: what there is, what leads where, and what was seen to go there. */
export interface TopologyMap {
  readonly account: string;
  readonly region: string;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  /** From when on `seen` was counted: as far as the journal, or the look into it, reaches back. */
  readonly seenSinceMs: number;
}

export type NodeKind =
  | 'bus'
  | 'rule'
  | 'topic'
  | 'queue'
  | 'function'
  | 'stream'
  | 'table'
  | 'archive'
  | 'endpoint'
  | 'log-group'
  | 'other';

export interface MapNode {
  /** Its ARN, or the URL of what lies outside. */
  readonly arn: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** False for what was seen in traffic, or is named by a resource, and does not exist. */
  readonly declared: boolean;
  /** AWS's state where it has one: ENABLED, DISABLED, Active … */
  readonly state?: string;
  /** A queue that others name as their dead-letter queue. */
  readonly isDeadLetterQueue?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  /** A sentence for people: a rule's pattern or schedule, a queue's settings. */
  readonly detail?: string;
}

export type EdgeKind =
  /** An event on a bus is looked at by a rule. */
  | 'rule'
  /** What a rule, subscription or table hands over. */
  | 'target'
  | 'subscription'
  /** A mapping feeds a function from a queue or stream. */
  | 'mapping'
  | 'archive'
  | 'replay'
  /** A table's changes go into its stream. */
  | 'changes'
  | 'dead-letter'
  | 'destination'
  /** Seen only: a function or somebody outside has published here. */
  | 'publish';

export interface MapEdge {
  /** Stays the same while the thing is there: `<from> <to> <via or kind>`. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** The subscription or mapping that makes the edge. */
  readonly via?: string;
  /** False for what was seen and no resource says. */
  readonly declared: boolean;
  /** Something went along it since `seenSinceMs`. */
  readonly seen: boolean;
  /** Why nothing goes along it although it is declared: DISABLED, PendingConfirmation … */
  readonly off?: string;
  readonly detail?: string;
}

/**
 * `GET /map/live?account=&region=`: one of these as the data of each server-sent event. The first
 * comes at once, with all depths; then at most four a second come, and only when something moved.
 * Traffic is that of all places; the one that is named has its queues counted.
 */
export interface Traffic {
  readonly atMs: number;
  /** How much time the counts are of, on the machine's clock. */
  readonly seconds: number;
  /** The counts are extrapolated from this part of the facts; 1 when all were read. */
  readonly sampled: number;
  readonly nodes: Readonly<Record<string, NodeTraffic>>;
  /** By the id of the edge. */
  readonly edges: Readonly<Record<string, EdgeTraffic>>;
  /** Counts of queues that have changed, a few times slower than the rest; by ARN. */
  readonly queues?: Readonly<Record<string, QueueDepth>>;
  /** Edges that may not be on the map yet, each with its first traffic. */
  readonly fresh?: readonly MapEdge[];
}

export interface NodeTraffic {
  readonly published?: number;
  readonly received?: number;
  readonly deleted?: number;
  readonly invoked?: number;
  readonly failed?: number;
  readonly dropped?: number;
}

/** `dead` is what was given up on the edge; of a `dead-letter` edge, all that came along it. */
export interface EdgeTraffic {
  readonly ok: number;
  readonly failed: number;
  readonly retried: number;
  readonly dead: number;
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeMs: number;
}

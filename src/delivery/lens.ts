/**
 * What a service shows of itself to people who look: the console, the command line, a test that
 * failed. Nothing here changes anything, and each member may be left out. The admin API puts the
 * lenses of all services together; see `src/admin`.
 */
import type { Content, Form, MapEdge, MapNode, QueueDepth, Send, Way } from '../admin-api/index.ts';
import type { Stack } from './stack.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

/** What there is, before anybody knows what was seen of it. */
export interface MapPart {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly Omit<MapEdge, 'seen'>[];
}

/** Something that was published: what the journal calls it, where and when. */
export interface PublishedAt {
  readonly id: string;
  readonly arn: string;
  readonly atMs: number;
}

/** An operation of this service that publishes, as plain JSON in the model's spelling. */
export interface Sending {
  readonly form: Form;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The journal's id of what was published. Throws `AwsError` for what was not after all. */
  readonly id: (output: Readonly<Record<string, unknown>>, requestId: string) => string;
  /** What makes such a place to send to; absent where there always is one, or no operation can. */
  readonly make?: { readonly operation: string; readonly input: object };
}

/** Queues' depths by their ARNs. */
export type Depths = Readonly<Record<string, QueueDepth>>;

export interface Lens {
  /** Its resources, and what they say of where events go. */
  readonly map?: (stack: Stack, place: Place) => Promise<MapPart>;
  /** How much is in those of its queues that are among `arns`, by ARN. */
  readonly depths?: (stack: Stack, arns: readonly string[]) => Promise<Depths>;
  /**
   * Where events published at `arn` could go, and why this one went or did not. The facts of the
   * event are looked at by the caller: `verdict` tells what the resources say now, `not-then`
   * standing for "would take it".
   */
  readonly ways?: (stack: Stack, published: Content) => Promise<readonly Omit<Way, 'attempts'>[]>;
  /** The content of what this service keeps by itself: a stream's records and changes. */
  readonly content?: (stack: Stack, of: PublishedAt) => Promise<object | undefined>;
  /** How to publish at an ARN; undefined for what is not its own. Throws `AwsError`. */
  readonly sending?: (
    stack: Stack,
    send: Send,
  ) => Promise<Sending | undefined> | Sending | undefined;
}

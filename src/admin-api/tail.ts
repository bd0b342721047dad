/** What was published, and what it held. */

/**
 * What was published. `GET /tail` answers the newest first, `GET /tail/live` sends `TailFrame`s.
 *
 * Both take: `pattern` (an EventBridge pattern, matched against the event, or against a message's
 * body where that is JSON), `text` (somewhere in content or note, whatever the case), `arn`
 * (published there; ends with `*` for a prefix), `form`; `/tail` also `fromMs`, `toMs`, `after`,
 * `limit` (at most 1,000, default 100).
 */
export interface Tail {
  readonly events: readonly Published[];
  readonly next?: string;
  /** Looked at for this page; with a filter that finds little, a page may be empty and go on. */
  readonly searched: number;
}

export interface TailFrame {
  /** Oldest first. */
  readonly events: readonly Published[];
  /** Published since the last frame and not looked at, because it was too much. */
  readonly skipped: number;
}

/** What kind of thing was published; says what `content` is. */
export type Form =
  /** EventBridge: the event. */
  | 'event'
  /** SNS: `{Message, Subject?, MessageAttributes?, MessageGroupId?, …}` as Publish takes it. */
  | 'notification'
  /** SQS: `{MessageBody, MessageAttributes?, MessageGroupId?, …}` as SendMessage takes it. */
  | 'message'
  /** Kinesis: `{Data (base64), PartitionKey}`. */
  | 'record'
  /** DynamoDB: `{Keys, NewImage?, OldImage?}` in DynamoDB's JSON. */
  | 'change'
  /** Lambda: `{payload, result?, error?}`; the two as text. */
  | 'invocation';

export interface Published {
  readonly id: string;
  readonly form: Form;
  /** Where: bus, topic, queue, stream, function. */
  readonly arn: string;
  readonly atMs: number;
  /** A detail-type, a subject … */
  readonly note?: string;
  /** A line of the content for lists, at most 200 characters. */
  readonly preview: string;
}

/** `GET /contents/<id>`. 404 where the journal has let go of it, or was told not to keep it. */
export interface Content extends Published {
  readonly causes?: readonly string[];
  readonly content: unknown;
}

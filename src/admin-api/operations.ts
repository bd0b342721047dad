/** What changes something: AWS's operations, and sending. */
import type { Form } from './tail.ts';

/**
 * `POST /operations/<service>/<operation>?account=&region=` does an operation of AWS: the body is
 * its input as JSON, in the models' spelling (blobs in base64, times as seconds or RFC 3339), the
 * answer its output likewise. A refusal has AWS's code, words and status. `service` is the
 * AWS CLI's name.
 */
export interface OperationAnswer {
  readonly output: unknown;
}

/**
 * `POST /send` publishes one thing: an event on a bus, a notification at a topic, a message, a
 * record, or an invocation of a function, by the kind of `arn`. `content` has the shape that
 * `Content` has for that form; for an event `source`, `detail-type`, `detail` and `resources`
 * count, and `id`, `time` and the rest are made anew.
 */
export interface Send {
  readonly arn: string;
  readonly content: unknown;
  /** The event that this is another edition of: becomes its cause. */
  readonly again?: string;
}

export interface Sent {
  /** The journal's id of what was published. */
  readonly id: string;
  readonly form: Form;
  readonly arn: string;
  /** The same for other tools. */
  readonly as: CopyAs;
}

/** `POST /send/as` takes `Send`, sends nothing, and answers how other tools would. */
export interface CopyAs {
  readonly cli: string;
  readonly sdk: string;
  readonly test: string;
}

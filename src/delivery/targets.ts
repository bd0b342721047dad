/**
 * The two sides of a delivery, as services describe them to the delivery engine.
 *
 * An origin is a service that sends (a rule, a subscription); a target is one that takes. They
 * never import each other: an origin names a kind of target, the stack knows who that is.
 */
import type { Write } from '../storage/storage.ts';
import type { Letters } from './letters.ts';
import type { Stack } from './stack.ts';

/** A thing on its way from an origin to a target; kept as JSON while it waits. */
export interface Delivery {
  /** Who delivers: a name in `stack.origins`. */
  readonly origin: string;
  /** The event or message that is delivered; the journal's id for it. */
  readonly cause: string;
  /** The rule or subscription that wants it delivered. */
  readonly sourceArn: string;
  /** What policies see as `aws:SourceArn`, where it is not `sourceArn`: a subscription's topic. */
  readonly policySourceArn?: string;
  /** Account that owns the rule or subscription. */
  readonly account: string;
  readonly region: string;
  readonly to: Address;
  /** The origin's own notes on how to make the payload. */
  readonly shape?: Readonly<Record<string, unknown>>;
  /** The origin's own notes on how to retry. */
  readonly retry?: Readonly<Record<string, unknown>>;
  readonly deadLetterArn?: string;
  /**
   * Role that delivers in the service's stead. Policies of its own account need not allow it, as
   * its own policies are taken to do.
   */
  readonly roleArn?: string;
  /** When the first attempt was due; the maximum age counts from here. */
  readonly sinceMs: number;
  /** Hand-overs that led here since the event came from outside. */
  readonly hops: number;
  /** Deliveries of one source and group are handed over one after another, in order. */
  readonly group?: string;
  /** A fault has delayed or doubled it, which it does once. */
  readonly spared?: true;
  /** X-Ray trace header that came with the event. */
  readonly traceHeader?: string;
}

export interface Address {
  /** A name in `stack.targets`. */
  readonly kind: string;
  /** The target's ARN, or a URL. */
  readonly arn: string;
  /** What the kind of target needs besides: SqsParameters, HttpParameters … */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What the target gets. */
export interface Payload {
  readonly body: string;
  readonly subject?: string;
  /** Message attributes in SQS's and SNS's common shape. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly group?: string;
  readonly dedupId?: string;
  /** Makes a new event for a bus, `body` being its detail; without it `body` is an event. */
  readonly event?: NewEvent;
  /** For targets that speak HTTP. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface NewEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
}

export interface Attribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export interface Parcel {
  readonly delivery: Delivery;
  readonly payload: Payload;
  /** The service principal that delivers, such as `sns.amazonaws.com`. */
  readonly principal: string;
}

/**
 * What handing over amounts to. The writes join the commit that ends the delivery, so a
 * hand-over inside the server happens exactly once. `produced` is the id that the payload goes on
 * under.
 */
export interface Handover {
  readonly writes: readonly Write[];
  readonly produced?: string;
}

export interface Target {
  /**
   * True when handing over does nothing but return writes. It may then be done in the commit of
   * the publisher, and its parcel never waits in a queue.
   */
  readonly inside: boolean;
  /** Throws `Refused` when the target does not take the parcel. */
  handOver(stack: Stack, parcel: Parcel): Handover | Promise<Handover>;
}

export interface Origin {
  readonly principal: string;
  /**
   * Makes the payload from the delivery and the body that was kept with it. Pure; throws
   * `Refused` when there is none to be made.
   */
  render(stack: Stack, delivery: Delivery, body: string): Payload;
  /**
   * How long to wait after `attempts` failed attempts, or which limit of the retry policy says
   * that there will be no other. Not asked for an error that trying again cannot mend.
   */
  backoffMs(
    stack: Stack,
    delivery: Delivery,
    attempts: number,
    refused: Refused,
  ): number | 'attempts' | 'age';
  /** What the dead letter says. Only asked for when the delivery has a `deadLetterArn`. */
  deadLetter(stack: Stack, delivery: Delivery, body: string, failure: Failure): Payload;
  /** How its dead letters are read again, and sent again. */
  readonly letters?: Letters;
}

export interface Failure {
  readonly refused: Refused;
  /** Attempts made, the first included. */
  readonly attempts: number;
  /** Why no more are made: the error is permanent, or a limit of the retry policy was reached. */
  readonly exhausted: 'permanent' | 'attempts' | 'age';
}

/** A target did not take a parcel. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** EventBridge's names: NO_PERMISSIONS, NO_RESOURCE, THROTTLING, TIMEOUT, SDK_CLIENT_ERROR … */
  readonly code: string;
  /** Whether trying again may help. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The stack closes, so a hand-over to the outside was not waited for; it counts for nothing. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
}

/** Why an event arrived, or did not. */
import type { EdgeKind } from './map.ts';
import type { Published } from './tail.ts';

/**
 * `GET /why?id=<published id>&of=<rule, subscription or mapping ARN>`: why an event went, or did
 * not go, along each way from where it was published (`of`: along that way only).
 */
export interface Why {
  readonly id: string;
  readonly arn: string;
  /** The nearest to a match first among those that did not take it. */
  readonly ways: readonly Way[];
}

export interface Way {
  /** The rule, subscription or mapping. */
  readonly arn: string;
  readonly name: string;
  readonly kind: EdgeKind;
  readonly verdict: /** Handed over to every target. */
    | 'delivered'
    /** Under way: a hand-over is to be tried again. */
    | 'retrying'
    | 'dead-lettered'
    /** Given up with no dead-letter queue to go to. */
    | 'lost'
    /** Pattern or filter does not match; see `mismatch`. */
    | 'not-matched'
    | 'disabled'
    | 'pending-confirmation'
    /** It would match now, but the journal has no fact of it: it was made or changed later. */
    | 'not-then';
  /** One sentence for people: what happened, or the first path and operator to blame. */
  readonly because: string;
  readonly mismatch?: Mismatch;
  /** Hand-overs to targets, in order. */
  readonly attempts: readonly Attempt[];
}

export interface Mismatch {
  readonly path: string;
  readonly wanted: string;
  readonly found: readonly unknown[];
  /** 0 to 1. */
  readonly nearness: number;
}

export interface Attempt {
  readonly atMs: number;
  readonly target: string;
  /** `ok`, or the error's code: NO_PERMISSIONS, NO_RESOURCE, TIMEOUT … */
  readonly outcome: string;
  readonly note?: string;
}

/** `GET /unmatched?bus=<arn>&limit=`: events that no rule of the bus took, the newest first. */
export interface Unmatched {
  readonly bus: string;
  readonly events: readonly UnmatchedEvent[];
  readonly searched: number;
}

export interface UnmatchedEvent extends Published {
  readonly nearest?: { readonly arn: string; readonly name: string } & Mismatch;
}

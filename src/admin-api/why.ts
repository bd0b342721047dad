/** Why an event arrived, or did not. */
import type { EdgeKind } from './map.ts';
import type { Published } from './tail.ts';

/**
 * `GET /why?id=<published id>&of=<rule, subscription or mapping ARN>`: why an event went, or did
 * not go, along each way from where it was published (`of`: along that way only, which may also
 * begin at something that the event was handed on as: `id` and `arn` then say what and where).
 */
export interface Why {
  readonly id: string;
  /** Where it came to be. */
  readonly arn: string;
  /** Those that took it, those in trouble first; then the rest, the nearest to a match first. */
  readonly ways: readonly Way[];
  /** Where there is no way at all, one sentence that says why. */
  readonly because?: string;
}

export interface Way {
  /** The rule, subscription or mapping. */
  readonly arn: string;
  readonly name: string;
  readonly kind: EdgeKind;
  /** Where it leads now: ARNs and addresses; none for an archive. */
  readonly targets: readonly string[];
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
    | 'not-then'
    /** The journal has no fact of it, and what it held is not kept, so it cannot be looked at. */
    | 'unknown';
  /** One sentence for people: what happened, or the first path and operator to blame. */
  readonly because: string;
  /** Absent where the whole is to blame and no path: a body that is no JSON. */
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

/**
 * `GET /unmatched?bus=<arn>&limit=` (at most 200, default 50): events that no rule of the bus took,
 * the newest first. What only archives took counts among them.
 */
export interface Unmatched {
  readonly bus: string;
  readonly events: readonly UnmatchedEvent[];
  readonly searched: number;
}

export interface UnmatchedEvent extends Published {
  /** The nearest rule among those whose patterns do not match it. */
  readonly nearest?: { readonly arn: string; readonly name: string } & Mismatch;
  /** A rule that would take it now, having been made or changed later; or were it not disabled. */
  readonly now?: { readonly arn: string; readonly name: string; readonly disabled?: true };
}

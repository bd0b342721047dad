/** Time, faults, and what whoever looks may do. */

/** `GET /clock`. */
export interface ClockState {
  readonly clock: 'virtual' | 'real';
  readonly nowMs: number;
  /** The same in RFC 3339. */
  readonly now: string;
  /** As `clock` says. */
  readonly virtual: boolean;
}

/**
 * `GET /clock/due`: what falls due next, the earliest first, at most 100. `POST /clock/advance`
 * takes `{by}`.
 */
export interface Due {
  readonly nowMs: number;
  readonly due: readonly {
    readonly atMs: number;
    readonly what: string;
    readonly count: number;
  }[];
}

/**
 * `GET /faults`; `POST /faults` adds one and answers it; `POST /faults/remove` takes `{id}` or
 * `{all: true}` and answers what is left.
 */
export interface Faults {
  readonly faults: readonly FaultRule[];
}

export interface FaultRule {
  readonly id: string;
  /** An operation that is refused, or a hand-over that is. */
  readonly at: 'api' | 'delivery';
  /** `api`: the AWS CLI's name, and the operation; absent is any. */
  readonly service?: string;
  readonly operation?: string;
  /** `delivery`: the rule's, subscription's or target's ARN; ends with `*` for a prefix. */
  readonly arn?: string;
  /** 0 to 1. */
  readonly probability: number;
  /** Ends after so many; absent: never. */
  readonly times?: number;
  /** The code of the error that an operation is refused with, or that a hand-over fails with. */
  readonly error?: string;
  /** How much later it is answered, handed over, or tried again when it fails. */
  readonly delayMs?: number;
  /** `delivery`: it is handed over, and then once more. */
  readonly duplicate?: boolean;
  /** Of its random choices. */
  readonly seed: number;
  readonly hits: number;
  readonly misses: number;
}

/** `GET /session`: what whoever looks may do. */
export interface Session {
  readonly version: string;
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  readonly readOnly: boolean;
  readonly clock: 'virtual' | 'real';
  /** Whether the journal is kept, and what events hold. */
  readonly journal: boolean;
  readonly contents: boolean;
  readonly services: readonly string[];
  /** Accounts and Regions where something has happened, the latest first, and the server's own. */
  readonly places: readonly { readonly account: string; readonly region: string }[];
}

/**
 * A stack: one running millrace with its storage, its time and what its services can do.
 * Everything that changes or observes the world goes through one of these members.
 */
import type { Clock } from '../core/clock.ts';
import type { Faults } from '../core/faults.ts';
import type { Ids } from '../core/ids.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Quotas } from '../core/quotas.ts';
import type { Journal } from '../journal/journal.ts';
import type { Traces } from '../journal/trace.ts';
import type { Storage } from '../storage/storage.ts';
import type { Lens } from './lens.ts';
import type { Job } from './schedule.ts';
import type { Source } from './sources.ts';
import type { Origin, Target } from './targets.ts';
import type { Workers } from './workers.ts';

export interface Stack {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly storage: Storage;
  readonly journal: Journal;
  /** The journal read again; costs nothing until somebody asks. */
  readonly traces: Traces;
  readonly settings: Settings;
  /** What it means to hand something to a kind of target: `sqs`, `sns`, `events`, `http` … */
  readonly targets: ReadonlyMap<string, Target>;
  /** The services that deliver, by name: `events`, `sns` … */
  readonly origins: ReadonlyMap<string, Origin>;
  /** What it means to be fed from a kind of source: `sqs` … */
  readonly sources: ReadonlyMap<string, Source>;
  /** What services show of themselves, by the service's name. */
  readonly lenses: ReadonlyMap<string, Lens>;
  /** Those who do work of their own accord. */
  readonly workers: Workers;
  /** Does an operation of any service, as if a client of `as` had asked. Input is not validated. */
  readonly invoke: Invoke;
  /** What to do when a scheduled job of a kind is due. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** Where this stack is reached when nothing better is known, such as `http://127.0.0.1:4566`. */
  readonly endpoint: () => string;
  /** Aborted when the stack begins to close; whoever waits for the outside waits no longer. */
  readonly closing: AbortSignal;
  readonly log: Log;
  /** What is made to fail, or to be late. */
  readonly faults: Faults;
  /** Figures about what goes on. */
  readonly metrics: Metrics;
}

/** Throws `AwsError` where the service refuses. */
export type Invoke = (
  service: string,
  operation: string,
  input: object,
  as: Caller,
) => Promise<object>;

export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly principalArn: string;
  readonly traceHeader?: string;
}

export interface Settings {
  /** Account of callers whose access key does not name one. */
  readonly account: string;
  readonly region: string;
  /** Limits by name, such as `sqs.maxInFlight`; from `src/core/quotas.json`. */
  readonly quotas: Quotas;
  /** Whether resource policies bind service principals and other accounts, as on AWS. */
  readonly enforcePolicies: boolean;
  /** A queue's name is locked, and purging barred, for 60 s as on AWS. */
  readonly queueCooldowns: boolean;
  /** How functions are run here. */
  readonly functions?: {
    /** Execution environments, which are processes, at once; see src/execution/local.ts. */
    readonly most?: number;
    /** Shortens every time-out on the wall clock: for tests of functions that hang. */
    readonly patienceMs?: number;
  };
  /** False bars outgoing HTTP from loopback and private addresses. */
  readonly privateTargets?: boolean;
}

/** Where a service tells the operator of something that no caller can be told. */
export interface Log {
  /** What the operator may like to see: a line that a function has written. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

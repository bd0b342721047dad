/** Functions and their runs. */

/** `GET /functions?account=&region=&after=&limit=` */
export interface Functions {
  readonly functions: readonly FunctionSummary[];
  readonly next?: string;
}

export interface FunctionSummary {
  readonly arn: string;
  readonly name: string;
  readonly runtime?: string;
  readonly handler?: string;
  readonly state: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly running: number;
  readonly reservedConcurrency?: number;
  /** What feeds it: queues and streams. */
  readonly mappings: readonly {
    readonly arn: string;
    readonly source: string;
    readonly state: string;
  }[];
}

/**
 * `GET /runs?function=<arn>&failed=true&after=&limit=`: the newest first. An ARN with a version's
 * qualifier asks for the runs of that version. A page may be empty and go on.
 */
export interface Runs {
  readonly runs: readonly Run[];
  readonly next?: string;
}

export interface Run {
  /** The request id. */
  readonly id: string;
  readonly function: string;
  readonly version: string;
  /** When it had ended. */
  readonly atMs: number;
  readonly durationMs: number;
  /** `ok`, or the error's type. */
  readonly outcome: string;
  readonly error?: string;
  readonly causes: readonly string[];
}

/**
 * `GET /runs/<id>?atMs=`. All attempts of an asynchronous event have one request id: `atMs` says
 * which of them is meant; without, the last.
 */
export interface RunDetail extends Run {
  /** As text; absent when contents are not kept. */
  readonly payload?: string;
  /** What the function answered, or its error as Lambda tells it. */
  readonly result?: string;
  /** From its START to its REPORT; a moment after the run they may not all be there yet. */
  readonly logs: readonly { readonly atMs: number; readonly message: string }[];
  /** Other runs of the function for the same cause, oldest first: attempts before and after. */
  readonly chain: readonly Run[];
}

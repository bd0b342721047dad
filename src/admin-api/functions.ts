/** Functions and their runs. */

/** `GET /functions?account=&region=&after=` */
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

/** `GET /runs?function=<arn>&failed=true&after=&limit=`: the newest first. */
export interface Runs {
  readonly runs: readonly Run[];
  readonly next?: string;
}

export interface Run {
  /** The request id. */
  readonly id: string;
  readonly function: string;
  readonly version: string;
  readonly atMs: number;
  readonly durationMs: number;
  /** `ok`, or the error's type. */
  readonly outcome: string;
  readonly error?: string;
  readonly causes: readonly string[];
}

/** `GET /runs/<id>` */
export interface RunDetail extends Run {
  /** As text; absent when contents are not kept. */
  readonly payload?: string;
  readonly result?: string;
  readonly logs: readonly { readonly atMs: number; readonly message: string }[];
  /** Other runs for the same cause: attempts before and after. */
  readonly chain: readonly Run[];
}

/**
 * Running functions: what is run, with what, and what comes of it.
 *
 * Execution knows nothing of AWS's services: it gets a description of a function and a payload,
 * finds or starts an execution environment, and answers with what the function answered or how
 * it failed, in the shapes of the Lambda Runtime API. One environment works on one invocation at
 * a time and is used again as long as its `key` is asked for.
 *
 * Time-outs run on the machine's clock, not on the stack's: foreign code runs in real time, also
 * where a test's clock stands still.
 */

/** All that an environment is made from. */
export interface FunctionSpec {
  /** Differs after each change of code or configuration; environments are shared by key. */
  readonly key: string;
  readonly name: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  /** Unqualified. */
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** `nodejs24.x`, `python3.11`, `provided.al2023` …; undefined for handlers in this process. */
  readonly runtime: string | undefined;
  /** `index.handler`. */
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** The function's own environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly code: Code;
  /** Zip files of layers, laid over each other in order below `/opt`. */
  readonly layers: readonly Zip[];
  readonly log: {
    readonly group: string;
    readonly format: 'Text' | 'JSON';
    /** Of the function's own records and of Lambda's; only where the format is JSON. */
    readonly applicationLevel?: string;
    readonly systemLevel?: string;
  };
  /** Where the function reaches the AWS services, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Credentials of the function's role session. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  readonly initialization: 'on-demand' | 'provisioned-concurrency';
}

export type Code =
  | ({ readonly kind: 'zip' } & Zip)
  /** A folder of this machine, watched: environments are started anew when a file changes. */
  | { readonly kind: 'folder'; readonly path: string }
  /** A function of this very process, for tests: breakpoints work, time-outs cannot kill it. */
  | { readonly kind: 'handler'; readonly handler: InProcessHandler };

export interface Zip {
  /** Of the file's bytes, in hexadecimal; names the unpacked copy. */
  readonly sha256: string;
  readonly read: () => Promise<Uint8Array>;
}

/** A Lambda handler as Node.js's runtime calls it; callbacks are served too. */
export type InProcessHandler = (
  event: never,
  context: never,
  callback: (error?: unknown, result?: unknown) => void,
) => unknown;

export interface Invocation {
  readonly requestId: string;
  /** With the qualifier that was asked for. */
  readonly invokedArn: string;
  /** JSON text. */
  readonly payload: string;
  readonly traceHeader: string;
  /** JSON text. */
  readonly clientContext?: string;
}

export interface Outcome {
  /** Absent when the function answered. */
  readonly functionError?: 'Unhandled' | 'Handled';
  /** The answer's JSON text, or the error as JSON: `errorType`, `errorMessage`, `trace`. */
  readonly payload: string;
  /** The end of the log, at most 4 KB. */
  readonly logTail: string;
  readonly durationMs: number;
}

/** An answer that begins before it is complete. */
export interface StreamedOutcome {
  readonly contentType: string;
  /** Ends early when the function fails; `end` then says so. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Resolves when the invocation is over, and never rejects. */
  readonly end: Promise<Omit<Outcome, 'payload'> & { readonly error?: string }>;
}

export interface LogLine {
  readonly spec: FunctionSpec;
  /** `2026/01/15/[$LATEST]0f…`; one for each environment. */
  readonly stream: string;
  readonly atMs: number;
  readonly text: string;
}

export interface Execution {
  /** Resolves with every outcome of the function itself; rejects only for our own errors. */
  invoke(spec: FunctionSpec, invocation: Invocation): Promise<Outcome>;
  stream(spec: FunctionSpec, invocation: Invocation): Promise<StreamedOutcome>;
  /** Ends the environments of a function, or of all its versions but those with these keys. */
  retire(functionArn: string, keepKeys?: ReadonlySet<string>): void;
  /** Kills every environment and removes all unpacked code. */
  close(): Promise<void>;
}

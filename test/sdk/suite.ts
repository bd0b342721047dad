/**
 * What every service test talks through: a stack of its own, and a real AWS SDK before it.
 *
 * `SDK=js` (the default) uses the AWS SDK for JavaScript, `SDK=boto3` uses Python's. A test sees
 * the same values through both: blobs are Uint8Arrays, timestamps are epoch milliseconds, absent
 * members are absent. Neither SDK validates parameters nor retries, so bad input reaches the
 * server and errors show at once.
 *
 * ```ts
 * await using aws = await startSuite();
 * const { QueueUrl } = await aws.call('sqs', 'CreateQueue', { QueueName: 'orders' });
 * const { code } = await aws.fails('sqs', 'SendMessage', { QueueUrl, MessageBody: '' });
 * ```
 *
 * A failure's `code` is the name of the error's shape in the model (`QueueDoesNotExist`,
 * `NotFoundException`), whatever the SDK prefers to show: boto3 reports SQS's older
 * `AWS.SimpleQueueService.NonExistentQueue` and SNS's `NotFound`. What the SDK itself showed is
 * in `reported`. Errors that the model does not name keep the code on the wire.
 */
import type { Stack } from '../../src/delivery/stack.ts';
import { type Aws, type AwsOptions, startAws, type TestClock } from '../../src/testing/index.ts';
import type { Services } from '../../src/wire/types/index.ts';
import { Boto3 } from './boto3.ts';
import { JavaScriptSdk } from './javascript.ts';

type Shapes = { readonly input: object; readonly output: object };
export type ServiceName = keyof Services & string;
export type OperationName<S extends ServiceName> = keyof Services[S] & string;
export type Input<S extends ServiceName, O extends OperationName<S>> = Services[S][O] extends Shapes
  ? Services[S][O]['input']
  : never;
export type Output<
  S extends ServiceName,
  O extends OperationName<S>,
> = Services[S][O] extends Shapes ? Services[S][O]['output'] : never;

/** How an SDK reports an error. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** HTTP status. */
  readonly status: number;
  /** The code as the SDK shows it to its users. */
  readonly reported: string;
}

export interface Caller {
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
}

/** One SDK: calls an operation, or throws `SdkFailure`. */
export interface Sdk {
  call(caller: Caller, service: string, operation: string, input: object): Promise<object>;
  /** Lets go of the clients of one server. */
  close(endpoint: string): Promise<void>;
}

/** Thrown by an `Sdk` for what the server refused. */
export class SdkFailure extends Error implements Failure {
  override readonly name = 'SdkFailure';
  readonly code: string;
  readonly status: number;
  readonly reported: string;

  constructor(failure: Failure) {
    super(failure.message);
    this.code = failure.code;
    this.status = failure.status;
    this.reported = failure.reported;
  }
}

export interface Suite {
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  readonly clock: TestClock;
  readonly stack: Stack;
  /** A function of the test's own process; see `startAws`. */
  readonly lambda: Aws['lambda'];
  /** Resolves when nothing is in flight and nothing is due; see `startAws`. */
  settled(): Promise<void>;
  call<S extends ServiceName, O extends OperationName<S>>(
    service: S,
    operation: O,
    input: Input<S, O>,
  ): Promise<Output<S, O>>;
  /** What the server refused the call with. Any input is let through, however wrong. */
  fails<S extends ServiceName, O extends OperationName<S>>(
    service: S,
    operation: O,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Failure>;
  /** The same stack as another account, or from another region, sees it. */
  as(who: { readonly account?: string; readonly region?: string }): Suite;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a stack; its clock is virtual and its ids are seeded unless `options` says otherwise. */
export async function startSuite(options: AwsOptions = {}): Promise<Suite> {
  const aws = await startAws(await withStore(options));
  const sdk = process.env.SDK === 'boto3' ? new Boto3() : new JavaScriptSdk();
  const { account, region } = aws.stack.settings;
  return suite(aws, sdk, { endpoint: aws.endpoint, account, region }, async () => {
    await sdk.close(aws.endpoint);
    await aws[Symbol.asyncDispose]();
  });
}

/** `STORE=postgres` runs the suites on the engine that nodes share. */
async function withStore(options: AwsOptions): Promise<AwsOptions> {
  if (process.env.STORE !== 'postgres' || options.storage) return options;
  const { borrowStore } = await import('../storage/postgres/borrow.ts');
  return { ...options, storage: await borrowStore() };
}

function suite(aws: Aws, sdk: Sdk, caller: Caller, end: () => Promise<void>): Suite {
  return {
    ...caller,
    clock: aws.clock,
    stack: aws.stack,
    lambda: aws.lambda,
    settled: () => aws.settled(),
    call: async (service, operation, input) =>
      (await sdk.call(caller, service, operation, input)) as Output<
        typeof service,
        typeof operation
      >,
    fails: async (service, operation, input) => {
      const answer = await sdk.call(caller, service, operation, input).catch((cause: unknown) => {
        if (cause instanceof SdkFailure) return cause;
        throw cause;
      });
      if (answer instanceof SdkFailure) return answer;
      throw new Error(`${service} ${operation} succeeded: ${JSON.stringify(answer)}`);
    },
    // Another view of the same stack; only the first one ends it.
    as: (who) => suite(aws, sdk, { ...caller, ...who }, async () => {}),
    [Symbol.asyncDispose]: end,
  };
}

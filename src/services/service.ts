/**
 * What a service is to the rest of millrace: a table of operations, and what it takes part in.
 */
import type { Identity } from '../access/identity.ts';
import type { Lens } from '../delivery/lens.ts';
import type { Job } from '../delivery/schedule.ts';
import type { Source } from '../delivery/sources.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Origin, Target } from '../delivery/targets.ts';
import type { Call } from './call.ts';

/** The shapes of one operation, as the models give them. */
export interface OperationShape {
  readonly input: object;
  readonly output: object;
}

/**
 * Answers one operation: plan (read and decide), commit (once), answer (the wire shape).
 * Throws `AwsError` to refuse.
 */
export type Operation<Shape extends OperationShape> = (
  call: Call,
  input: Shape['input'],
) => Shape['output'] | Promise<Shape['output']>;

/** Every operation of the model that is built. What is missing answers "not built yet". */
export type OperationTable<Operations> = {
  readonly [Name in keyof Operations]?: Operations[Name] extends OperationShape
    ? Operation<Operations[Name]>
    : never;
};

export interface Service {
  /** The model's name, which is the folder's name and the AWS CLI's: `sqs`, `sns`, `events`. */
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation<{ input: never; output: object }>>>;
  /** By kind, what it means to hand something to this service. */
  readonly targets?: Readonly<Record<string, Target>>;
  /** By name, what it means that this service delivers. */
  readonly origins?: Readonly<Record<string, Origin>>;
  /** By kind, what it means to be fed from this service. */
  readonly sources?: Readonly<Record<string, Source>>;
  readonly jobs?: Readonly<Record<string, Job>>;
  /** What it shows of itself to people who look. */
  readonly lens?: Lens;
  /** Called once when the stack starts, before the first request. Returns what ends it. */
  readonly start?: (stack: Stack) => Promise<() => Promise<void>> | (() => Promise<void>);
  /** Plain HTTP routes that are no operations, such as SNS's certificate. By path prefix. */
  readonly routes?: Readonly<Record<string, Route>>;
}

/** Answers a plain HTTP request below a service's own path. */
export type Route = (stack: Stack, request: RouteRequest) => Promise<RouteAnswer> | RouteAnswer;

export interface RouteRequest {
  readonly method: string;
  /** Path below the server's root, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** As it was sent. */
  readonly rawQuery: string;
  readonly header: (name: string) => string | undefined;
  /** All headers: names as they were sent and values in turn. */
  readonly fields: () => readonly string[];
  readonly body: Uint8Array;
  readonly endpoint: string;
  /** Such as `HTTP/1.1`. */
  readonly protocol: string;
  /** The address that the request came from. */
  readonly sourceIp: string;
  /**
   * Calls back once the server begins to end, at once when it has: an answer that is still being
   * written then ends. Returns how to stop listening.
   */
  readonly onDrain: (listener: () => void) => () => void;
  /** Who signed the request; undefined when nobody did. */
  readonly signer: () => Signer | undefined;
  readonly operate: Operate;
  /** Whether it came by a way on which nothing may be changed. */
  readonly readOnly: boolean;
}

export interface Signer {
  readonly account: string;
  readonly arn: string;
  readonly accessKey: string;
  /** The account's number, or the unique id of a user or session. */
  readonly userId: string;
  /** Whether the signature was checked. */
  readonly verified: boolean;
  /** Whether the caller's own policies allow it; undefined where they are not asked. */
  readonly may?: (action: string, resource: string) => Promise<boolean>;
  /** Who that is in full. */
  readonly identity: Identity;
}

/** Does an operation for whoever signed the request; throws `AwsError` as clients would see it. */
export type Operate = (asked: AskedOperation) => Promise<Operated>;

export interface AskedOperation {
  /** The AWS CLI's name. */
  readonly service: string;
  readonly operation: string;
  /** Plain JSON in the model's spelling: blobs in base64, moments as seconds or RFC 3339. */
  readonly input: unknown;
  /** Default: the signer's. */
  readonly account?: string;
  readonly region?: string;
  /** See `Call.again`. */
  readonly again?: string;
}

export interface Operated {
  /** Plain JSON likewise. */
  readonly output: object;
  readonly requestId: string;
}

export interface RouteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** What is given piece by piece is written so, at the pace of the client. */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * Makes a service of typed operations. The model's operations are the type parameter, so a
 * misspelt operation, member or answer does not compile.
 *
 * ```ts
 * export const sqs = defineService<Sqs.Operations>({ name: 'sqs', operations: { SendMessage } });
 * ```
 */
export function defineService<Operations>(
  service: Omit<Service, 'operations'> & { readonly operations: OperationTable<Operations> },
): Service {
  return service as unknown as Service;
}

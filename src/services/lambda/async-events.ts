/**
 * Asynchronous events: whoever invokes with one is answered once it is stored, and a worker runs
 * the function for it, later and again if need be (see async-worker.ts). All attempts of one event
 * have the same request id.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Claimed, Write } from '../../storage/storage.ts';
import { functionArn } from './arns.ts';
import type { Resolved } from './lookup.ts';
import type { Ran, RunRequest } from './run.ts';

/** The queue of all events that wait for their function. */
export const ASYNC_EVENTS = 'lambda/events';

export interface AsyncEvent {
  /** With the qualifier that was asked for. */
  readonly invokedArn: string;
  readonly request: RunRequest;
  readonly takenAtMs: number;
  readonly tries: Tries;
}

/** What came of an event so far. */
export interface Tries {
  /** Runs of the function, every one of which has ended in its error. */
  readonly errors: number;
  /** Since the last run, how often Lambda would not run it. */
  readonly refusals: number;
  readonly lastRun?: LastRun;
  readonly lastRefusal?: Refusal;
}

/** Why Lambda would not run the function, as it would tell a caller. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
}

/** What destinations are told of a run. */
export interface LastRun extends Pick<Ran, 'payload' | 'executedVersion' | 'traceHeader'> {
  readonly functionError?: Ran['functionError'] | undefined;
}

/** What is kept beside the payload. */
interface Notes extends Pick<RunRequest, 'traceHeader' | 'causes'>, Tries {
  readonly arn: string;
}

const UNTRIED: Tries = { errors: 0, refusals: 0 };

/** The writes by which an event is taken. */
export function enqueueEvent(
  stack: Stack,
  { address, invokedArn }: Pick<Resolved, 'address' | 'invokedArn'>,
  request: RunRequest,
): readonly Write[] {
  const nowMs = stack.clock.nowMs();
  const message = {
    id: request.requestId,
    body: request.payload,
    meta: notesOf({ invokedArn, request }, UNTRIED),
    // A slow function must not hold up others.
    group: functionArn(address),
    sentAtMs: nowMs,
    visibleAtMs: nowMs,
  };
  return [{ kind: 'enqueue', queue: ASYNC_EVENTS, message }];
}

/**
 * The notes of an event that has come this far. A client context is none of them: "Lambda passes
 * the ClientContext object to your function for synchronous invocations only."
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function notesOf(event: Pick<AsyncEvent, 'invokedArn' | 'request'>, tries: Tries): string {
  const { traceHeader, causes } = event.request;
  const notes: Notes = { arn: event.invokedArn, traceHeader, causes, ...tries };
  return JSON.stringify(notes);
}

/** Reads back what `enqueueEvent` wrote. */
export function readAsyncEvent({ id, body, meta = '{}', sentAtMs }: Claimed): AsyncEvent {
  const { arn, errors, refusals, lastRun, lastRefusal, ...rest } = JSON.parse(meta) as Notes;
  return {
    invokedArn: arn,
    request: { ...rest, requestId: id, payload: body },
    takenAtMs: sentAtMs,
    tries: { errors, refusals, ...(lastRun && { lastRun }), ...(lastRefusal && { lastRefusal }) },
  };
}

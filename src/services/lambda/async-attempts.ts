/**
 * One attempt at an asynchronous event, and what follows from it.
 *
 * An error of the function and a refusal of Lambda's own (a throttle, a function that is not
 * ready) bring the event back later; only the first kind is counted, and age ends both.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import { AwsError } from '../../core/errors.ts';
import { deliver } from '../../delivery/deliver.ts';
import type { Stack } from '../../delivery/stack.ts';
import { BrokenOff } from '../../delivery/targets.ts';
import type { Write } from '../../storage/storage.ts';
import { functionArn, parseFunctionArn } from './arns.ts';
import type { AsyncEvent, Refusal, Tries } from './async-events.ts';
import {
  type AsyncPolicy,
  asyncPolicyOf,
  waitAfterErrorMs,
  waitAfterRefusalMs,
} from './async-policies.ts';
import { type Condition, deadLetterItem, type End, recordItem, toldArn } from './destinations.ts';
import { type Resolved, resolve } from './lookup.ts';
import { type Ran, run } from './run.ts';
import type { Turns } from './turns.ts';

/** What is to become of an event. */
export interface Verdict {
  readonly writes: readonly Write[];
  /** Absent when the event has come to its end. */
  readonly again?: { readonly atMs: number; readonly tries: Tries };
}

/** An event, and all that its attempt goes by. */
interface Attempt {
  readonly event: AsyncEvent;
  readonly resolved: Resolved;
  readonly policy: AsyncPolicy;
  /** When the event is too old. */
  readonly endMs: number;
}

/** Tries an event once; commits nothing. Throws `BrokenOff` when the stack closes meanwhile. */
export async function attempted(stack: Stack, turns: Turns, event: AsyncEvent): Promise<Verdict> {
  const address = parseFunctionArn(event.invokedArn);
  const found = address && (await resolve(stack, address));
  if (!found) return dropped(stack, event);
  const most = found.record.value.reservedConcurrency || Number.POSITIVE_INFINITY;
  const endTurn = await turns.take(functionArn(address), most);
  try {
    // Much may have changed while the event waited for its turn.
    const resolved = await resolve(stack, address);
    if (!resolved) return dropped(stack, event);
    const policy = await asyncPolicyOf(stack, address);
    const endMs = event.takenAtMs + policy.mostAgeMs;
    return await begun(stack, { event, resolved, policy, endMs });
  } finally {
    endTurn();
  }
}

async function begun(stack: Stack, attempt: Attempt): Promise<Verdict> {
  const { event, resolved, endMs } = attempt;
  const { tries } = event;
  if (resolved.record.value.reservedConcurrency === 0) {
    return givenUp(stack, attempt, 'ZeroReservedConcurrency', tries);
  }
  if (stack.clock.nowMs() >= endMs) return givenUp(stack, attempt, 'EventAgeExceeded', tries);
  const outcome = await run(stack, resolved, event.request).catch((cause: unknown) => {
    if (cause instanceof BrokenOff) throw cause;
    return cause instanceof Error ? cause : new Error(String(cause));
  });
  if (outcome instanceof Error) return refused(stack, attempt, outcome);
  return outcome.functionError
    ? failed(stack, attempt, outcome)
    : succeeded(stack, attempt, outcome);
}

async function succeeded(stack: Stack, attempt: Attempt, ran: Ran): Promise<Verdict> {
  const { event, resolved, policy } = attempt;
  const destination = policy.destinations.OnSuccess?.Destination;
  if (!destination) return { writes: ran.facts };
  const end: End = { condition: 'Success', runs: event.tries.errors + 1, lastRun: ran };
  const item = recordItem(stack, resolved, event, end, destination);
  return { writes: [...ran.facts, ...(await deliver(stack, [item]))] };
}

/** The function has ended in an error. */
async function failed(stack: Stack, attempt: Attempt, ran: Ran): Promise<Verdict> {
  const { event, policy, endMs } = attempt;
  const { payload, functionError, executedVersion, traceHeader, facts } = ran;
  const lastRun = { payload, functionError, executedVersion, traceHeader };
  const tries = { errors: event.tries.errors + 1, refusals: 0, lastRun };
  const atMs = stack.clock.nowMs() + waitAfterErrorMs(tries.errors);
  const exhausted = tries.errors > policy.mostRetries;
  // An attempt that would come too late is not waited for.
  if (exhausted || atMs >= endMs) {
    const condition = exhausted ? 'RetriesExhausted' : 'EventAgeExceeded';
    const { writes } = await givenUp(stack, attempt, condition, tries);
    return { writes: [...facts, ...writes] };
  }
  const retry = retryFact(stack, attempt, functionError ?? 'Unhandled', atMs);
  return { writes: [...facts, ...retry], again: { atMs, tries } };
}

/** Lambda would not run the function, or could not. */
async function refused(stack: Stack, attempt: Attempt, cause: Error): Promise<Verdict> {
  const { event, endMs } = attempt;
  const lastRefusal = refusalOf(stack, event, cause);
  const tries = { ...event.tries, refusals: event.tries.refusals + 1, lastRefusal };
  const code = cause instanceof AwsError ? cause.code : 'ServiceException';
  if (code === 'RecursiveInvocationException') {
    // Documented is that the event goes there, but not under which condition.
    return givenUp(stack, attempt, 'RetriesExhausted', tries);
  }
  const atMs = Math.min(stack.clock.nowMs() + waitAfterRefusalMs(tries.refusals), endMs);
  return { writes: retryFact(stack, attempt, code, atMs), again: { atMs, tries } };
}

function refusalOf({ log }: Stack, { invokedArn }: AsyncEvent, cause: Error): Refusal {
  if (cause instanceof AwsError) return { status: cause.status, message: cause.message };
  const text = cause.stack ?? cause.message;
  log.error('a function could not be run', { function: invokedArn, cause: text });
  return { status: 500, message: 'An error occurred and the request cannot be processed.' };
}

/** The event will not be tried again. */
async function givenUp(
  stack: Stack,
  { event, resolved, policy }: Attempt,
  condition: Condition,
  tries: Tries,
): Promise<Verdict> {
  const { lastRun, errors: runs } = tries;
  const failure = failureOf(condition, tries);
  const end: End = { condition, runs, lastRun, failure };
  const destination = policy.destinations.OnFailure?.Destination;
  const { deadLetterArn } = resolved.version.value;
  const items = [
    ...(destination ? [recordItem(stack, resolved, event, end, destination)] : []),
    ...(deadLetterArn ? [deadLetterItem(stack, resolved, event, end, deadLetterArn)] : []),
  ];
  const { requestId: id } = event.request;
  const arn = toldArn(resolved);
  const lost = items.length === 0;
  if (lost) {
    const fields = { function: arn, id, condition, message: failure.message };
    stack.log.warn('an asynchronous event was given up, and nobody is to be told', fields);
  }
  const fact = stack.journal.record({
    kind: 'dead-letter',
    id,
    arn,
    atMs: stack.clock.nowMs(),
    outcome: lost ? `LOST:${condition}` : condition,
    note: failure.message,
  });
  return { writes: [...fact, ...(await deliver(stack, items))] };
}

/** The status and message that came last, be it of the function or of Lambda. */
function failureOf(condition: Condition, tries: Tries): Partial<Refusal> & { message: string } {
  if (condition === 'ZeroReservedConcurrency') return { status: 429, message: 'Rate Exceeded.' };
  const { lastRun, lastRefusal } = tries;
  if (lastRefusal) return lastRefusal;
  if (lastRun) return { status: 200, message: errorMessageIn(lastRun.payload) };
  return { message: 'The event was too old before its function could be invoked.' };
}

function errorMessageIn(payload: string): string {
  try {
    return String(JSON.parse(payload)?.errorMessage ?? '');
  } catch {
    return '';
  }
}

/** With the function its destinations are gone, so nobody can be told. */
function dropped(stack: Stack, { invokedArn: arn, request }: AsyncEvent): Verdict {
  const { requestId: id } = request;
  stack.log.warn('an asynchronous event was dropped: its function is gone', { function: arn, id });
  const atMs = stack.clock.nowMs();
  const outcome = 'ResourceNotFoundException';
  return { writes: stack.journal.record({ kind: 'drop', id, arn, atMs, outcome }) };
}

function retryFact(
  { journal, clock }: Stack,
  { event, resolved }: Attempt,
  outcome: string,
  atMs: number,
): readonly Write[] {
  return journal.record({
    kind: 'retry',
    id: event.request.requestId,
    arn: toldArn(resolved),
    atMs: clock.nowMs(),
    outcome,
    note: `again at ${new Date(atMs).toISOString()}`,
  });
}

/**
 * Running a function once: may it, with what, and what came of it.
 *
 * Everything that invokes (requests, asynchronous events, event source mappings, URLs) comes
 * through here. It resolves with every outcome of the function itself, and throws what Lambda
 * says instead of running it: a throttle, a function that is not ready, a loop. The facts for the
 * journal are part of the answer, so that they stand in the commit of whatever the run ends.
 */
import { traceOfRun } from '../../core/trace-context.ts';
import { visit } from '../../core/trace-header.ts';
import type { Stack } from '../../delivery/stack.ts';
import { BrokenOff } from '../../delivery/targets.ts';
import type { Invocation, Outcome, StreamedOutcome } from '../../execution/execution.ts';
import { ExecutionClosed } from '../../execution/local.ts';
import type { Held } from '../../journal/contents.ts';
import type { Append } from '../../storage/storage.ts';
import { functionArn } from './arns.ts';
import type { Leave } from './concurrency-ledger.ts';
import { fault } from './errors.ts';
import { countInvocation, countThrottle } from './figures.ts';
import { specOf } from './function-spec.ts';
import type { Resolved } from './lookup.ts';
import { runningOf } from './running.ts';

export interface RunRequest {
  /** The same for all attempts of one asynchronous event. */
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly traceHeader?: string | undefined;
  /** JSON text. */
  readonly clientContext?: string | undefined;
  /** The journal's ids of what led to it. */
  readonly causes: readonly string[];
}

export interface Ran extends Outcome {
  readonly executedVersion: string;
  /** The header that the function got, for what comes of its outcome. */
  readonly traceHeader: string;
  /** What the journal is to know; for the commit that the run leads to. */
  readonly facts: readonly Append[];
}

export interface Streamed extends StreamedOutcome {
  readonly executedVersion: string;
}

export async function run(stack: Stack, resolved: Resolved, request: RunRequest): Promise<Ran> {
  const begun = await begin(stack, resolved, request);
  try {
    const { execution } = runningOf(stack);
    const outcome = await execution.invoke(specOf(stack, resolved), begun.invocation);
    countInvocation(stack, resolved.address, outcome);
    const executedVersion = resolved.version.key;
    const { traceHeader } = begun.invocation;
    const known = facts(stack, resolved, request, { ...outcome, traceHeader });
    return { ...outcome, executedVersion, traceHeader, facts: known };
  } catch (cause) {
    throw brokenOff(cause);
  } finally {
    // Whoever has the answer finds room for the next invocation.
    await begun.leave();
  }
}

/** As `run`, with an answer that begins before the function has ended. */
export async function stream(
  stack: Stack,
  resolved: Resolved,
  request: RunRequest,
): Promise<Streamed> {
  const { invocation, leave } = await begin(stack, resolved, request);
  try {
    const { execution } = runningOf(stack);
    const streamed = await execution.stream(specOf(stack, resolved), invocation);
    const end = streamed.end.then(async (outcome) => {
      await leave();
      countInvocation(stack, resolved.address, outcome);
      const { traceHeader } = invocation;
      keep(stack, facts(stack, resolved, request, { payload: '{}', ...outcome, traceHeader }));
      return outcome;
    });
    return { ...streamed, end, executedVersion: resolved.version.key };
  } catch (cause) {
    await leave();
    throw brokenOff(cause);
  }
}

interface Begun {
  readonly invocation: Invocation;
  readonly leave: Leave;
}

async function begin(stack: Stack, resolved: Resolved, request: RunRequest): Promise<Begun> {
  checkState(resolved);
  const { requestId, payload, clientContext } = request;
  const traceHeader = checkRecursion(stack, resolved, request);
  const entering = runningOf(stack).ledger.enter(stack, resolved);
  const leave = await countThrottle(stack, resolved.address, entering);
  const { invokedArn } = resolved;
  const known = { requestId, invokedArn, payload, traceHeader };
  return { invocation: { ...known, ...(clientContext !== undefined && { clientContext }) }, leave };
}

function checkState({ version }: Resolved): void {
  const { state } = version.value;
  if (state === 'Active' || state === 'Inactive') return;
  const message =
    'The operation cannot be performed at this time. ' +
    `The function is currently in the following state: ${state}`;
  throw fault('ResourceConflictException', message, { fields: { Type: 'User' } });
}

/**
 * The header for the function, unless the chain of requests has been there too often.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
function checkRecursion(stack: Stack, resolved: Resolved, request: RunRequest): string {
  const { header, visits } = visit(stack.ids, request.traceHeader, {
    functionArn: functionArn(resolved.address),
    requestId: request.requestId,
    sampled: resolved.version.value.tracing === 'Active',
    nowMs: stack.clock.nowMs(),
  });
  const most = stack.settings.quotas['lambda.recursiveVisits'];
  if (visits <= most || resolved.record.value.recursion === 'Allow') return header;
  const message =
    'Lambda has detected your function being invoked in a recursive loop with other AWS ' +
    "resources and stopped your function's invocation.";
  throw fault('RecursiveInvocationException', message, { fields: { Type: 'User' } });
}

function brokenOff(cause: unknown): unknown {
  return cause instanceof ExecutionClosed ? new BrokenOff(cause.message) : cause;
}

function facts(
  stack: Stack,
  { address, version }: Resolved,
  { requestId, causes, payload: given, traceHeader: before }: RunRequest,
  ran: Omit<Outcome, 'logTail'> & Pick<Ran, 'traceHeader'>,
): readonly Append[] {
  if (!stack.journal.on) return [];
  const { functionError, payload, durationMs } = ran;
  const trace = traceOfRun(before, ran.traceHeader);
  const error = functionError && errorOf(payload);
  const took = `${Math.ceil(durationMs)} ms`;
  return stack.journal.record({
    kind: 'invoke',
    id: requestId,
    arn: `${functionArn(address)}:${version.key}`,
    atMs: stack.clock.nowMs(),
    outcome: error?.type ?? 'ok',
    causes,
    note: error?.message ? `${took}, ${error.message}` : took,
    ...(trace !== undefined && { trace }),
    content: stack.journal.wantsContent() ? contentOf(given, payload, functionError) : undefined,
  });
}

/** What went in and what came out, both as text: neither has to be JSON. */
function contentOf(given: string, result: string, functionError: string | undefined): Held {
  const outcome = functionError ? { error: result } : { result };
  return { form: 'invocation', json: JSON.stringify({ payload: given, ...outcome }) };
}

function errorOf(payload: string): { readonly type: string; readonly message?: string } {
  try {
    const { errorType, errorMessage } = JSON.parse(payload);
    return { type: String(errorType ?? 'Unhandled'), message: String(errorMessage ?? '') };
  } catch {
    return { type: 'Unhandled' };
  }
}

/** For facts that no other commit is made with. */
export function keep(stack: Stack, known: readonly Append[]): void {
  runningOf(stack).facts.keep(known);
}

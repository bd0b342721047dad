/**
 * What a mapping does with a batch: runs its function with it, and reads from the outcome what
 * is done and what failed.
 *
 * An error, a time-out or a throttle leaves the whole batch to its source. A batch that Lambda
 * stops because it goes in circles is rejected for good.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
import { AwsError } from '../../core/errors.ts';
import { sharedTraceHeader } from '../../core/trace-header.ts';
import type { Verdict } from '../../delivery/pull.ts';
import type { SourceRecord, WindowShare } from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { parseFunctionArn } from './arns.ts';
import { readBatchResponse } from './batch-response.ts';
import { countIteratorAge } from './figures.ts';
import { type Resolved, resolve } from './lookup.ts';
import { type Mapping, mappingsOf, type ProcessingResult } from './mapping.ts';
import { stateIn, windowFrame } from './mapping-windows.ts';
import { type Ran, run } from './run.ts';
import { partitionOf } from './store.ts';

type Batch = readonly SourceRecord[];

/** What is known of a run that failed, for the record of what is lost by it. */
export interface FailedRun {
  readonly requestId: string;
  readonly executedVersion: string;
  /** Null when the function said in its answer that records had failed. */
  readonly functionError: string | null;
}

export async function consume(
  stack: Stack,
  mapping: Mapping,
  batch: Batch,
  window?: WindowShare,
): Promise<Verdict> {
  const resolved = await functionOf(stack, mapping);
  if (!resolved) return problem(stack, mapping, { failed: batch });
  try {
    const request = requestFor(stack, mapping, batch, window);
    const ran = await run(stack, resolved, request);
    countIteratorAge(stack, resolved.address, batch);
    const verdict = await verdictOf(stack, mapping, batch, ran, window);
    if (!mapping.stream || !verdict.failed) return verdict;
    const { executedVersion, functionError = null } = ran;
    const failure: FailedRun = { requestId: request.requestId, executedVersion, functionError };
    return { ...verdict, failure };
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    return refused(stack, mapping, batch, cause);
  }
}

/** The version that the mapping's function stands for now. */
export async function functionOf(
  stack: Stack,
  { functionArn }: Mapping,
): Promise<Resolved | undefined> {
  const address = parseFunctionArn(functionArn);
  return address && resolve(stack, address);
}

function requestFor(
  stack: Stack,
  { sourceArn }: Mapping,
  batch: Batch,
  window: WindowShare | undefined,
) {
  const traceHeader = sharedTraceHeader(batch.map((record) => record.traceHeader));
  const frame = window ? windowFrame(window, sourceArn) : '';
  return {
    requestId: stack.ids.uuid(),
    payload: `{"Records":[${batch.map(({ json }) => json).join(',')}]${frame}}`,
    traceHeader,
    causes: batch.map(({ cause }) => cause),
  };
}

async function verdictOf(
  stack: Stack,
  mapping: Mapping,
  batch: Batch,
  { functionError, payload, facts }: Ran,
  window: WindowShare | undefined,
): Promise<Verdict> {
  const state = window && stateIn(payload);
  // What the last batch of a window answers leads to nothing.
  const isStateless = window && state === undefined && !window.isFinal;
  if (functionError || isStateless) {
    return problem(stack, mapping, { failed: batch, writes: facts });
  }
  const told = await batchVerdict(stack, mapping, batch, payload, facts);
  return state === undefined ? told : { ...told, state };
}

async function batchVerdict(
  stack: Stack,
  mapping: Mapping,
  batch: Batch,
  payload: string,
  facts: readonly Write[],
): Promise<Verdict> {
  const writes = [...facts, ...(await resultWrites(stack, mapping, 'OK'))];
  if (!mapping.reportsItemFailures) return { consumed: batch, writes };
  const response = readBatchResponse(payload, new Set(batch.map(({ id }) => id)));
  if (response === 'all done') return { consumed: batch, writes };
  if (response === 'all failed') return { failed: batch, writes };
  return {
    consumed: batch.filter(({ id }) => !response.has(id)),
    failed: batch.filter(({ id }) => response.has(id)),
    writes,
  };
}

async function refused(
  stack: Stack,
  mapping: Mapping,
  batch: Batch,
  { code, message }: AwsError,
): Promise<Verdict> {
  if (code === 'RecursiveInvocationException') {
    return problem(stack, mapping, { rejected: batch, note: message });
  }
  // No room, or not ready: either will pass.
  return problem(stack, mapping, { failed: batch, throttled: true });
}

async function problem(stack: Stack, mapping: Mapping, verdict: Verdict): Promise<Verdict> {
  const told = await resultWrites(stack, mapping, 'PROBLEM: Function call failed');
  return { ...verdict, writes: [...(verdict.writes ?? []), ...told] };
}

/** Tells what came of the latest batch, when it differs from what came of the one before. */
export async function resultWrites(
  stack: Stack,
  mapping: Mapping,
  result: ProcessingResult,
): Promise<readonly Write[]> {
  const { results } = mappingsOf(stack);
  const place = partitionOf(mapping);
  const before = await results.get(place, mapping.uuid);
  if (before?.value.result === result) return [];
  return [results.put(place, mapping.uuid, { result })];
}

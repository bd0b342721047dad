/**
 * The metrics of AWS/Lambda, by AWS's names and in AWS's units: how many samples there were and
 * what they add up to. A throttled request is no invocation.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
import { AwsError } from '../../core/errors.ts';
import { figures } from '../../core/metrics.ts';
import type { SourceRecord } from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Outcome } from '../../execution/execution.ts';
import { type FunctionAddress, parseFunctionArn } from './arns.ts';
import { ledgerOf } from './running.ts';

const LABELS = ['account', 'region', 'function'];

const family = figures((metrics) =>
  metrics.summary({
    name: 'millrace_lambda',
    help: 'The metrics of AWS/Lambda: samples and their sum, in units of AWS.',
    labels: ['metric', ...LABELS],
    most: 10_000,
  }),
);

function observe(stack: Stack, metric: string, of: FunctionAddress, value: number): void {
  family(stack.metrics).of(metric, of.account, of.region, of.name).observe(value);
}

export function countInvocation(
  stack: Stack,
  address: FunctionAddress,
  { functionError, durationMs }: Pick<Outcome, 'functionError' | 'durationMs'>,
): void {
  observe(stack, 'Invocations', address, 1);
  observe(stack, 'Errors', address, functionError ? 1 : 0);
  observe(stack, 'Duration', address, durationMs);
}

/** Counts what has no room to run in, and is `entering`. */
export async function countThrottle<Made>(
  stack: Stack,
  address: FunctionAddress,
  entering: Promise<Made>,
): Promise<Made> {
  try {
    return await entering;
  } catch (cause) {
    const isThrottle = cause instanceof AwsError && cause.code === 'TooManyRequestsException';
    if (isThrottle) observe(stack, 'Throttles', address, 1);
    throw cause;
  }
}

/** How old the newest record of a batch of a stream is when the function has had it. */
export function countIteratorAge(
  stack: Stack,
  address: FunctionAddress,
  batch: readonly SourceRecord[],
): void {
  const atMs = batch.at(-1)?.atMs;
  if (atMs === undefined) return;
  observe(stack, 'IteratorAge', address, Math.max(0, stack.clock.nowMs() - atMs));
}

/** Has the invocations that run counted whenever somebody looks. */
export function watchConcurrency(stack: Stack): void {
  const gauge = stack.metrics.gauge({
    name: 'millrace_lambda_concurrent_executions',
    help: 'Invocations of a function that run now; ConcurrentExecutions of AWS/Lambda.',
    labels: LABELS,
  });
  stack.metrics.collect(() => {
    gauge.clear();
    for (const [arn, running] of ledgerOf(stack)?.all() ?? []) {
      const address = parseFunctionArn(arn);
      if (address) gauge.of(address.account, address.region, address.name).add(running);
    }
  });
}

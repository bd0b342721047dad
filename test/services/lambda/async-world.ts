/** Functions of the test's process that are invoked asynchronously, and how that is configured. */
import { nextTurn } from '../../../src/core/clock.ts';
import type { Fact } from '../../../src/journal/journal.ts';
import { type InvokeConfig, ofFunction, storeOf } from '../../../src/services/lambda/store.ts';
import {
  type Handler,
  type Registration,
  type TestFunction,
  testFunction,
} from '../../../src/testing/functions.ts';
import { journalOfSuite } from '../../sdk/facts.ts';
import type { Suite } from '../../sdk/suite.ts';

export interface Context {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
}

/** One run of a function. */
export interface Run {
  readonly atMs: number;
  readonly requestId: string;
  readonly arn: string;
}

export interface Watched extends TestFunction {
  readonly runs: readonly Run[];
}

/** A function that notes when it ran, and under which id. */
export async function watched(
  aws: Suite,
  name: string,
  handler: (event: never) => unknown = () => 'done',
  registration: Registration = {},
): Promise<Watched> {
  const runs: Run[] = [];
  const noting = (event: unknown, context: Context) => {
    const { awsRequestId: requestId, invokedFunctionArn: arn } = context;
    runs.push({ atMs: aws.clock.now(), requestId, arn });
    return handler(event as never);
  };
  const made = await testFunction(aws.stack, name, noting as Handler<unknown>, registration);
  return { ...made, runs };
}

/** What a handler does that always fails. */
export function failing(message = 'no'): () => never {
  return () => {
    throw new Error(message);
  };
}

/** Sets how events of a function are dealt with. */
export async function configure(
  aws: Suite,
  name: string,
  config: Partial<InvokeConfig>,
  qualifier = '',
): Promise<void> {
  const { account, region } = aws;
  const value = { destinations: {}, modifiedAtMs: 0, ...config };
  const partition = ofFunction({ account, region, name });
  await aws.stack.storage.commit([
    storeOf(aws.stack).invokeConfigs.put(partition, qualifier, value),
  ]);
}

export const onSuccess = (Destination: string) => ({
  destinations: { OnSuccess: { Destination } },
});
export const onFailure = (Destination: string) => ({
  destinations: { OnFailure: { Destination } },
});

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Invokes with an event. */
export async function sendEvent(
  aws: Suite,
  FunctionName: string,
  payload: unknown = {},
  more: object = {},
) {
  const Payload = bytesOf(JSON.stringify(payload));
  const input = { FunctionName, InvocationType: 'Event' as const, Payload, ...more };
  return aws.call('lambda', 'Invoke', input);
}

/** Minutes and seconds after the first of the runs. */
export function offsets(runs: readonly Run[]): readonly number[] {
  const [first] = runs;
  return runs.map(({ atMs }) => (atMs - (first?.atMs ?? 0)) / 1000);
}

/** What the journal says of an id, as `kind outcome`. */
export async function said(aws: Suite, id: string | undefined): Promise<readonly string[]> {
  return (await facts(aws)).flatMap((fact) =>
    fact.id === id ? [`${fact.kind} ${fact.outcome ?? ''}`.trim()] : [],
  );
}

export const facts = (aws: Suite): Promise<readonly Fact[]> => journalOfSuite(aws);

/**
 * Lets everything happen that happens without time moving; on an engine that answers later, waits
 * until `holds`.
 */
export async function soon(aws: Suite, holds: () => boolean = () => true): Promise<void> {
  for (let turns = 0; turns < 20 || !holds(); turns += 1) await nextTurn();
  await aws.stack.storage.idle();
  for (let turns = 0; turns < 20; turns += 1) await nextTurn();
}

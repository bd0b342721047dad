/**
 * Functions of a test: handlers of the test's own process, so that breakpoints in them hold, with
 * Lambda's semantics around them.
 */
import type { Stack } from '../delivery/stack.ts';
import type { InProcessHandler } from '../execution/execution.ts';
import { type Registration, registerFunction } from '../services/lambda/registered-functions.ts';
import type { CreateEventSourceMappingRequest } from '../wire/types/lambda.ts';

export type { Registration };

/** A handler as applications write it; event and context are what the application says. */
export type Handler<Event = never> = (
  event: Event,
  context: never,
  callback: (error?: unknown, result?: unknown) => void,
) => unknown;

export interface TestFunction<Event = unknown> {
  readonly name: string;
  readonly arn: string;
  /** Every event it was invoked with, in order; those that it failed on included. */
  readonly received: readonly Event[];
  /** Makes the next `times` invocations throw instead of reaching the handler. */
  fail(times: number, error?: Error): void;
  /**
   * Feeds it from a queue or stream through an event source mapping. `options` are the API's own:
   * BatchSize, StartingPosition, FunctionResponseTypes … Answers the mapping's id.
   */
  feedFrom(
    sourceArn: string,
    options?: Omit<CreateEventSourceMappingRequest, 'FunctionName' | 'EventSourceArn'>,
  ): Promise<string>;
}

export async function testFunction<Event>(
  stack: Stack,
  name: string,
  handler: Handler<Event>,
  registration: Registration = {},
): Promise<TestFunction<Event>> {
  const { account, region } = stack.settings;
  const received: Event[] = [];
  const failures: Error[] = [];
  const observed: Handler<Event> = (event, context, callback) => {
    received.push(event);
    const failure = failures.shift();
    if (failure) throw failure;
    return handler(event, context, callback);
  };
  // How many parameters a handler has tells Lambda whether it calls back.
  Object.defineProperty(observed, 'length', { value: handler.length });
  const address = { account, region, name };
  const arn = await registerFunction(stack, address, observed as InProcessHandler, registration);
  const principalArn = `arn:aws:iam::${account}:root`;
  return {
    name,
    arn,
    received,
    fail: (times, error = new Error('The test made it fail.')) => {
      for (let left = times; left > 0; left -= 1) failures.push(error);
    },
    feedFrom: async (sourceArn, options = {}) => {
      const input = { ...options, FunctionName: name, EventSourceArn: sourceArn };
      const as = { account, region, principalArn };
      const answer = await stack.invoke('lambda', 'CreateEventSourceMapping', input, as);
      return (answer as { readonly UUID?: string }).UUID ?? '';
    },
  };
}

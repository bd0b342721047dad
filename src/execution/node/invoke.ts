/**
 * Calls the handler and makes an answer of what comes of it: a promise's value, a callback's, or
 * nothing at all once the event loop is empty.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { realClock } from '../../core/clock.ts';
import type { Event, RuntimeAnswer, RuntimeClient } from './client.ts';
import { logError, logUnder } from './console.ts';
import { headerOf, RuntimeError, shapeOf } from './errors.ts';
import type { Handler } from './load.ts';
import { answerByStream, isStreaming } from './streaming.ts';

const clock = realClock();
const { env } = process;

export async function serve(
  client: RuntimeClient,
  handler: Handler,
  running: (requestId: string) => void,
): Promise<never> {
  const streaming = isStreaming(handler);
  refuseCallbacks(handler, streaming);
  let answer: RuntimeAnswer | undefined;
  for (;;) {
    const event = await client.next(answer);
    const requestId = event.headers.get('lambda-runtime-aws-request-id') ?? '';
    logUnder(requestId);
    running(requestId);
    const trace = event.headers.get('lambda-runtime-trace-id');
    if (trace === undefined) delete env._X_AMZN_TRACE_ID;
    else env._X_AMZN_TRACE_ID = trace;
    answer = streaming
      ? await answerByStream(client, handler, event, contextOf(event))
      : await answerOf(handler, event, requestId);
  }
}

/**
 * AWS wrote its runtime anew for Node.js 24: callbacks are gone, and what a handler returns is
 * the answer, promise or not. (aws-lambda-nodejs-runtime-interface-client, major version 4)
 */
const [, major] = /^AWS_Lambda_nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? '') ?? [];
const knowsCallbacks = Number(major ?? 0) < 24;

function refuseCallbacks(handler: Handler, streaming: boolean): void {
  if (knowsCallbacks || streaming || handler.length < 3) return;
  const message =
    'ERROR: AWS Lambda has removed support for callback-based function handlers starting with ' +
    'Node.js 24. You need to modify this function to use a supported handler signature to use ' +
    'Node.js 24 or later.';
  throw new RuntimeError('CallbackHandlerDeprecated', message);
}

async function answerOf(handler: Handler, event: Event, requestId: string): Promise<RuntimeAnswer> {
  const path = `/invocation/${requestId}`;
  try {
    const result = knowsCallbacks ? resultOf(handler, event) : returned(handler, event);
    const body = asJson(await result);
    return { path: `${path}/response`, body };
  } catch (error) {
    return { path: `${path}/error`, ...failure(error) };
  }
}

function failure(error: unknown): { body: string; errorType: string } {
  logError('Invoke Error', error);
  const shape = shapeOf(error);
  return { body: JSON.stringify(shape), errorType: headerOf(shape) };
}

function asJson(result: unknown): string {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    const message = 'Unable to stringify response body';
    throw knowsCallbacks ? new Error(message) : new RuntimeError('JSONStringifyError', message);
  }
}

/** The handler's value; an error when nothing is left that could still settle it. */
function returned(handler: Handler, event: Event): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const starved = () => reject(nodeExit());
    process.once('beforeExit', starved);
    const call = async () => handler(JSON.parse(event.body), contextOf(event));
    call()
      .finally(() => process.off('beforeExit', starved))
      .then(resolve, reject);
  });
}

function resultOf(handler: Handler, { body, headers }: Event): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const context = { ...contextOf({ body, headers }), callbackWaitsForEmptyEventLoop: true };
    const whenEmpty = (settle: () => void) => {
      process.removeAllListeners('beforeExit');
      process.once('beforeExit', settle);
    };
    const settle = (act: () => void) => {
      process.removeAllListeners('beforeExit');
      act();
    };
    const callback = (error?: unknown, result?: unknown) => {
      const failed = error !== undefined && error !== null;
      const act = () => (failed ? reject(error) : resolve(result));
      // An error is answered at once; a result waits for what still runs, unless told not to.
      if (failed || !context.callbackWaitsForEmptyEventLoop) settle(act);
      else whenEmpty(act);
    };
    const done = (error?: unknown, result?: unknown) => {
      context.callbackWaitsForEmptyEventLoop = false;
      callback(error, result);
    };
    const legacy = {
      done,
      succeed: (result: unknown) => done(undefined, result),
      fail: (error: unknown) => done(error ?? 'handled'),
    };
    whenEmpty(() => (isAsync(handler) ? reject(nodeExit()) : resolve(null)));
    const result = handler(JSON.parse(body), Object.assign(context, legacy), callback);
    if (!isThenable(result)) return;
    result.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}

function isAsync(handler: Handler): boolean {
  return handler.constructor.name === 'AsyncFunction';
}

function nodeExit(): Error {
  const message =
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly ' +
    'caused by a Promise that was never settled. For more information, see ' +
    'https://nodejs.org/docs/latest/api/process.html#exit-codes';
  return new RuntimeError('NodeJsExit', message);
}

export function contextOf({ headers }: Event): object {
  const deadlineMs = Number(headers.get('lambda-runtime-deadline-ms'));
  const json = (name: string) => {
    const value = headers.get(name);
    return value ? (JSON.parse(value) as unknown) : undefined;
  };
  return {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: json('lambda-runtime-client-context'),
    identity: json('lambda-runtime-cognito-identity'),
    invokedFunctionArn: headers.get('lambda-runtime-invoked-function-arn'),
    awsRequestId: headers.get('lambda-runtime-aws-request-id'),
    getRemainingTimeInMillis: () => deadlineMs - clock.nowMs(),
  };
}

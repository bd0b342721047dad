/**
 * The Node.js runtime: loads a function's handler and runs it, one event after another, as AWS's
 * runtime does. This file is the main module of each execution environment's process; its
 * cold start is what a user waits for, so it imports nothing that it can do without.
 */
import { RuntimeClient } from './client.ts';
import { logError, patchConsole } from './console.ts';
import { headerOf, RuntimeError, shapeOf } from './errors.ts';
import { serve } from './invoke.ts';
import { loadHandler } from './load.ts';
import { addHooks } from './resolve.ts';
import { offerStreaming } from './streaming.ts';

const { env } = process;
const client = new RuntimeClient(env.AWS_LAMBDA_RUNTIME_API ?? '', env.MILLRACE_CHANNEL);
delete env.MILLRACE_CHANNEL;
/** Where a fatal error is reported to: the invocation that runs, if one does. */
let reportTo = '/init/error';
let dying = false;

patchConsole();
offerStreaming();
// AWS's exit statuses (aws-lambda-nodejs-runtime-interface-client, src/index.ts).
process.on('uncaughtException', (error) => die('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason, promise) => {
  const error = new RuntimeError('UnhandledPromiseRejection', String(reason));
  die('Unhandled Promise Rejection', Object.assign(error, { reason, promise }), 128);
});

addHooks();
try {
  const root = env.LAMBDA_TASK_ROOT ?? process.cwd();
  const handler = await loadHandler(root, env._HANDLER ?? '');
  await serve(client, handler, (requestId) => {
    reportTo = `/invocation/${requestId}/error`;
  });
} catch (error) {
  die('Uncaught Exception', error, 129);
}

function die(what: string, error: unknown, status: number): void {
  if (dying) return;
  dying = true;
  logError(what, error);
  const shape = shapeOf(error);
  // Within a stream or between invocations nobody would take it; that it ends says enough.
  if (!client.free) process.exit(status);
  const answer = { path: reportTo, body: JSON.stringify(shape), errorType: headerOf(shape) };
  client.post(answer).finally(() => process.exit(status));
}

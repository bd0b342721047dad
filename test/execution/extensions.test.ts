/** Extensions: programs of a layer beside the function. */
import { expect, test } from 'vitest';
import { ARN, aFunction, anExecution, anInvocation, aZip, source } from './an-execution.ts';

const ECHO = 'export const handler = async (event) => event;';

function extended(files: Record<string, string>) {
  return aFunction(ECHO, { layers: [aZip(files)] });
}

test('an extension registers, hears of invocations, and is told of the end', async () => {
  const execution = anExecution();
  const spec = extended({ 'extensions/watcher': source('extension') });
  const invocation = anInvocation({ a: 1 }, { traceHeader: 'Root=1' });
  expect(await execution.invoke(spec, invocation)).toMatchObject({ payload: '{"a":1}' });
  execution.retire(ARN);
  const told = () => execution.lines.filter((line) => line.startsWith('EXT '));
  await expect.poll(() => told().length, { timeout: 5000 }).toBe(3);
  await execution.close();
  const [registered, invoked, shutDown] = told().map((line) => JSON.parse(line.slice(4)));
  expect(registered).toEqual({
    value: {
      functionName: 'f',
      functionVersion: '$LATEST',
      handler: 'index.handler',
      accountId: '000000000000',
    },
    // Without a name, with an unknown identifier, and the Telemetry API, which is not built.
    statuses: [403, 403, 501],
  });
  expect(invoked).toEqual({
    eventType: 'INVOKE',
    deadlineMs: expect.any(Number),
    requestId: invocation.requestId,
    invokedFunctionArn: `${ARN}:live`,
    tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1' },
  });
  expect(shutDown).toEqual({
    eventType: 'SHUTDOWN',
    shutdownReason: 'spindown',
    deadlineMs: expect.any(Number),
  });
});

test('an extension that ends before it is ready fails the invocation', async () => {
  await using execution = anExecution();
  const spec = extended({ 'extensions/broken': '#!/bin/sh\nexit 7\n' });
  const { payload, functionError } = await execution.invoke(spec, anInvocation());
  expect(functionError).toBe('Unhandled');
  const { errorType, errorMessage } = JSON.parse(payload);
  expect(errorType).toBe('Extension.Crash');
  expect(errorMessage).toMatch(/broken: exit status 7$/);
});

test('a file of the name of the folder of extensions is none', async () => {
  await using execution = anExecution();
  const outcome = await execution.invoke(extended({ extensions: 'text' }), anInvocation({ a: 1 }));
  expect(outcome).toMatchObject({ payload: '{"a":1}' });
});

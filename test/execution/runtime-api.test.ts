/** The Runtime API as a runtime of one's own sees it. */
import { afterAll, describe, expect, test } from 'vitest';
import { ARN, anExecution, anInvocation, aSpec, aZip, source } from './an-execution.ts';

const execution = anExecution();
afterAll(() => execution.close());

const own = aSpec({ bootstrap: source('bootstrap') }, { runtime: 'provided.al2023' });

async function run(what: string, changes = {}) {
  const outcome = await execution.invoke(own, anInvocation({ do: what }, changes));
  return { ...outcome, value: outcome.payload === '' ? '' : JSON.parse(outcome.payload) };
}

describe('answers', () => {
  test('an event comes with the headers of AWS', async () => {
    const invocation = anInvocation({ do: 'headers' }, { traceHeader: 'Root=1;Sampled=1' });
    const { payload } = await execution.invoke(own, invocation);
    const { date: _date, connection: _connection, ...headers } = JSON.parse(payload);
    expect(headers).toEqual({
      'content-type': 'application/json',
      'content-length': expect.any(String),
      'lambda-runtime-aws-request-id': invocation.requestId,
      'lambda-runtime-deadline-ms': expect.stringMatching(/^\d{13}$/),
      'lambda-runtime-invoked-function-arn': `${ARN}:live`,
      'lambda-runtime-trace-id': 'Root=1;Sampled=1',
    });
  });

  test('a program of a layer is found too, and started through a wrapper', async () => {
    const wrapper = '#!/bin/sh\necho wrapped; exec "$@"\n';
    const layers = [aZip({ bootstrap: source('bootstrap'), 'bootstrap-wrapper': wrapper })];
    const variables = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/bootstrap-wrapper' };
    const spec = aSpec({ x: '' }, { runtime: 'provided', layers, variables });
    const { logTail } = await execution.invoke(spec, anInvocation({ do: 'seen' }));
    expect(execution.lines).toContain('wrapped');
    expect(logTail).toContain('END RequestId');
  });
});

describe('refusals', () => {
  test('an answer is taken once, and only for the invocation that runs', async () => {
    expect(await run('twice')).toMatchObject({ value: 1 });
    const { value } = await run('seen');
    const wrong = { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' };
    expect(value.map(({ status }: { status: number }) => status)).toEqual([202, 400, 400, 404]);
    expect(JSON.parse(value[0].body)).toEqual({ status: 'OK' });
    expect(JSON.parse(value[1].body)).toEqual(wrong);
    expect(JSON.parse(value[2].body)).toEqual(wrong);
  });

  test('a web page is refused, by what it says or by its host', async () => {
    expect(await run('page')).toMatchObject({ value: [403, 403, 403] });
  });

  test('an error is passed on as it is', async () => {
    const outcome = await run('error');
    expect(outcome.functionError).toBe('Unhandled');
    expect(outcome.payload).toBe('{"errorMessage":"m","errorType":"Mine"}');
  });

  test('an error without a body has its type', async () => {
    const { value } = await run('bare error');
    expect(value).toEqual({ errorType: 'Mine.Bare', errorMessage: '' });
  });

  test('an unknown response mode is refused', async () => {
    const { value, functionError } = await run('mode');
    expect(functionError).toBe('Unhandled');
    expect(value.errorType).toBe('Runtime.InvalidFunctionResponseMode');
    expect((await run('seen')).value[0].status).toBe(400);
  });

  test('a function without a program', async () => {
    const spec = aSpec({ 'index.js': '' }, { runtime: 'provided.al2023' });
    const invocation = anInvocation();
    const { payload } = await execution.invoke(spec, invocation);
    expect(JSON.parse(payload)).toEqual({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage:
        `RequestId: ${invocation.requestId} Error: Couldn't find valid bootstrap(s): ` +
        '[/var/task/bootstrap /opt/bootstrap]',
    });
  });

  test('a runtime that cannot run here', async () => {
    const spec = aSpec({ x: '' }, { runtime: 'java21' });
    await expect(execution.invoke(spec, anInvocation())).rejects.toThrow(/java21 cannot run here/);
  });
});

describe('limits', () => {
  test('too large an answer is refused with 413', async () => {
    expect((await run('large')).value.errorType).toBe('Function.ResponseSizeTooLarge');
    const [{ status, body }] = (await run('seen')).value;
    expect(status).toBe(413);
    expect(JSON.parse(body)).toEqual({
      errorType: 'RequestEntityTooLarge',
      errorMessage: 'Exceeded maximum allowed payload size (6291556 bytes).',
    });
  });
});

/** Handlers that are functions of the test: what a process would answer, without one. */
import { afterAll, describe, expect, test } from 'vitest';
import type { InProcessHandler } from '../../src/execution/execution.ts';
import { ExecutionClosed } from '../../src/execution/local.ts';
import { ARN, anExecution, anInvocation, aSpec } from './an-execution.ts';

const execution = anExecution({ patienceMs: 50 });
afterAll(() => execution.close());

const specOf = (handler: InProcessHandler) =>
  aSpec({}, { code: { kind: 'handler', handler }, runtime: undefined });

async function run(handler: InProcessHandler, event: unknown = {}, changes = {}) {
  const outcome = await execution.invoke(specOf(handler), anInvocation(event, changes));
  return { ...outcome, value: JSON.parse(outcome.payload) };
}

describe('answers', () => {
  test('event and answer are JSON, not objects that are shared', async () => {
    const event = { at: new Date(0), list: [1] };
    const { value } = await run(async (given: { list: number[] }) => {
      given.list.push(2);
      return given;
    }, event);
    expect(value).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [1, 2] });
    expect(event.list).toEqual([1]);
  });

  test('the context has the members of AWS', async () => {
    const { value } = await run(async (_event, context) => context, {}, { clientContext: '{}' });
    expect(value).toMatchObject({
      functionName: 'f',
      functionVersion: '$LATEST',
      invokedFunctionArn: `${ARN}:live`,
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/f',
      clientContext: {},
    });
  });

  test.each<[string, InProcessHandler, unknown]>([
    ['nothing', async () => undefined, null],
    ['a plain value', () => 5, 5],
    ['a callback', (_event, _context, callback) => callback(null, 'called'), 'called'],
  ])('%s', async (_what, handler, value) => {
    expect(await run(handler)).toMatchObject({ value });
  });

  test('the log says when it began and ended', async () => {
    const { logTail } = await run(async () => 1);
    expect(logTail).toMatch(/^START RequestId: .*\nEND RequestId: .*\nREPORT RequestId: .*\n$/);
  });
});

describe('refusals', () => {
  test.each<[string, InProcessHandler, object]>([
    [
      'a throw',
      () => {
        throw new TypeError('no');
      },
      { errorType: 'TypeError', errorMessage: 'no' },
    ],
    ['a rejection', () => Promise.reject('text'), { errorType: 'string', errorMessage: 'text' }],
    ['a callback', (_e, _c, callback) => callback(new Error('x')), { errorMessage: 'x' }],
    ['no JSON', async () => 1n, { errorMessage: 'Unable to stringify response body' }],
  ])('%s', async (_what, handler, error) => {
    const { value, functionError } = await run(handler);
    expect(functionError).toBe('Unhandled');
    expect(value).toMatchObject(error);
  });
});

describe('limits', () => {
  test('a time-out is answered', async () => {
    const { value, functionError, durationMs } = await run(() => new Promise(() => undefined));
    expect(functionError).toBe('Unhandled');
    expect(value.errorMessage).toMatch(/ Error: Task timed out after 3\.00 seconds$/);
    expect(durationMs).toBe(3000);
  });

  test('too large an answer is refused', async () => {
    const { value } = await run(async () => 'x'.repeat(7_000_000));
    expect(value.errorType).toBe('Function.ResponseSizeTooLarge');
  });

  test('closing breaks off what runs', async () => {
    const closing = anExecution();
    const running = closing.invoke(
      specOf(() => new Promise(() => undefined)),
      anInvocation(),
    );
    const broken = expect(running).rejects.toBeInstanceOf(ExecutionClosed);
    await closing.close();
    await broken;
  });
});

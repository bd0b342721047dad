/** Functions that do not behave: each gets what AWS gives it, and nothing is left of them. */
import { afterAll, describe, expect, test } from 'vitest';
import { ExecutionClosed } from '../../src/execution/local.ts';
import { aFunction, anExecution, anInvocation, aSpec, isAlive, source } from './an-execution.ts';

const execution = anExecution();
const impatient = anExecution({ patienceMs: 100 });
afterAll(() => Promise.all([execution.close(), impatient.close()]));

async function run(code: string, of = execution, changes: Parameters<typeof aFunction>[1] = {}) {
  const invocation = anInvocation();
  const outcome = await of.invoke(aFunction(code, changes), invocation);
  return { ...outcome, value: JSON.parse(outcome.payload), id: invocation.requestId };
}

/** One of the handlers of `functions/runaway.mjs`. */
function runAway(handler: string, of = execution, changes: Parameters<typeof aFunction>[1] = {}) {
  return run(source('runaway'), of, { handler: `index.${handler}`, ...changes });
}

describe('time-outs', () => {
  test.each(['waits', 'computes'])('a handler that %s for ever is killed', async (handler) => {
    const { value, functionError, id, logTail, durationMs } = await runAway(handler, impatient);
    expect(functionError).toBe('Unhandled');
    expect(value).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${id} Error: Task timed out after 3.00 seconds`,
    });
    expect(durationMs).toBe(3000);
    expect(logTail).toMatch(
      new RegExp(`\n\\S+Z ${id} Task timed out after 3\\.00 seconds\n\nEND RequestId: ${id}\n`),
    );
    expect(logTail).toMatch(/Duration: 3000\.00 ms\t.*\tStatus: timeout\t\n$/);
  });

  test('a handler is killed that has started what cannot be killed with it', async () => {
    const { value, logTail } = await runAway('leavesAnother', impatient);
    expect(value.errorType).toBe('Sandbox.Timedout');
    const [, child] = /child (\d+)/.exec(logTail) ?? [];
    process.kill(Number(child), 'SIGKILL');
  });

  test('the next invocation gets a new environment', async () => {
    const pids: unknown[] = [];
    for (let i = 0; i < 3; i++) pids.push((await runAway('waitsOnce', impatient)).value);
    expect(pids[1]).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(pids[0]).not.toBe(pids[2]);
    expect(isAlive(pids[0] as number)).toBe(false);
  });

  test('an init that never ends is tried again within the time of the invocation', async () => {
    const hurried = anExecution({ patienceMs: 10 });
    const { value } = await run(source('never-ready'), hurried);
    expect(value.errorType).toBe('Sandbox.Timedout');
    const reports = hurried.lines.filter((line) => line.startsWith('INIT_REPORT'));
    expect(reports).toEqual([
      expect.stringMatching(/Phase: init\tStatus: timeout$/),
      expect.stringMatching(/Phase: invoke\tStatus: timeout$/),
    ]);
    await hurried.close();
  });
});

describe('exits', () => {
  test.each([
    ['process.exit(1)', 'Runtime exited with error: exit status 1'],
    ['process.exit(0)', 'Runtime exited without providing a reason'],
    ["process.kill(process.pid, 'SIGKILL')", 'Runtime exited with error: signal: killed'],
    ['process.abort()', 'Runtime exited with error: signal: aborted'],
  ])('%s', async (statement, message) => {
    const code = `export const handler = () => { ${statement}; return new Promise(() => {}); };`;
    const { value, functionError, id, logTail } = await run(code);
    expect(functionError).toBe('Unhandled');
    const errorMessage = `RequestId: ${id} Error: ${message}`;
    expect(value).toEqual({ errorType: 'Runtime.ExitError', errorMessage });
    expect(logTail).toContain(`${errorMessage}\nRuntime.ExitError\n\nEND RequestId: ${id}\n`);
    expect(logTail).toContain('\tStatus: error\tError Type: Runtime.ExitError\t');
  });

  test('an uncaught exception is answered before the process ends', async () => {
    const { value, logTail, id } = await runAway('throwsLate');
    expect(value).toMatchObject({ errorType: 'RangeError', errorMessage: 'late' });
    expect(logTail).toContain('\tERROR\tUncaught Exception \t{"errorType":"RangeError"');
    const end = `RequestId: ${id} Error: Runtime exited with error: exit status 129`;
    await expect.poll(() => execution.lines.join('\n')).toContain(end);
  });

  test('an unhandled rejection is answered before the process ends', async () => {
    const { value, logTail } = await runAway('rejectsUnheard');
    expect(value).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: nobody cares',
    });
    expect(logTail).toContain('\tERROR\tUnhandled Promise Rejection \t{');
  });

  test('a process that ends between two invocations is replaced', async () => {
    const spec = aFunction('export const handler = async () => process.pid;');
    const first = Number((await execution.invoke(spec, anInvocation())).payload);
    process.kill(first, 'SIGKILL');
    const second = await execution.invoke(spec, anInvocation());
    // Either the end was noticed in time, or the invocation failed with it.
    if (second.functionError) expect(second.payload).toContain('signal: killed');
    else expect(second.payload).not.toBe(String(first));
    const third = await execution.invoke(spec, anInvocation());
    expect(third.functionError).toBeUndefined();
  });

  test('an exception between two invocations ends the process', async () => {
    const { value: pid, functionError } = await runAway('throwsAfterwards');
    expect(functionError).toBeUndefined();
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(execution.lines.join('\n')).toContain('"errorMessage":"afterwards"');
  });

  test.each([
    ['a NUL character', '\0', 'invalid argument'],
    ['too much', 'x'.repeat(200_000), 'argument list too long'],
  ])('a function with %s in its variables cannot be started', async (_what, A, reason) => {
    const code = 'export const handler = async () => 1;';
    const { value, id } = await run(code, execution, { variables: { A }, key: reason });
    const errorMessage = `RequestId: ${id} Error: fork/exec /var/task: ${reason}`;
    expect(value).toEqual({ errorType: 'Runtime.InvalidEntrypoint', errorMessage });
  });

  test('what a function started ends with it', async () => {
    const { logTail } = await runAway('startsAnother');
    const child = Number(/child (\d+)/.exec(logTail)?.[1]);
    expect(child).toBeGreaterThan(0);
    expect(isAlive(child)).toBe(false);
  });
});

describe('limits', () => {
  test('ten megabytes of output are logged in bounded lines, at the pace of the log', async () => {
    let bytes = 0;
    let waiting = 0;
    let most = 0;
    let longest = 0;
    const slow = anExecution({
      log: ({ text }) => {
        bytes += text.length;
        longest = Math.max(longest, text.length);
        most = Math.max(most, ++waiting);
        return new Promise((resolve) => setImmediate(resolve)).then(() => waiting--);
      },
    });
    const outcome = await runAway('floods', slow, { timeoutMs: 20_000 });
    expect(outcome.payload).toBe('null');
    expect(outcome.logTail.length).toBeLessThanOrEqual(4096);
    await slow.close();
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(longest).toBeLessThanOrEqual(262_144);
    // One read of a pipe at a time, not all of it.
    expect(most).toBeLessThan(5_000);
  });

  test('an answer of seven megabytes is refused, and the environment goes on', async () => {
    // One environment and no other: who comes next waits for it.
    await using single = anExecution({ most: 1 });
    const code = `let n = 0;
      export const handler = async () => (n++ ? n : 'x'.repeat(7_000_000));`;
    const { value, functionError } = await run(code, single);
    expect(functionError).toBe('Unhandled');
    expect(value).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect((await run(code, single)).value).toBe(2);
  });

  test('an answer of six megabytes passes', async () => {
    const { payload } = await run(`export const handler = async () => 'x'.repeat(6_291_454);`);
    expect(payload).toHaveLength(6_291_456);
  });

  test('a function that takes too much memory is killed', async () => {
    const { value, logTail, id } = await runAway('eats', execution, { memoryMb: 192 });
    expect(value).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${id} Error: Runtime exited with error: signal: killed`,
    });
    expect(logTail).toContain('\tMemory Size: 192 MB\tMax Memory Used: 192 MB\t');
    expect(logTail).toContain('\tStatus: error\tError Type: Runtime.OutOfMemory\t');
  });

  test('closing breaks off what runs and leaves no process', async () => {
    const closing = anExecution();
    const spec = aFunction(source('runaway'), { handler: 'index.runs' });
    const running = closing.invoke(spec, anInvocation());
    const broken = expect(running).rejects.toBeInstanceOf(ExecutionClosed);
    await expect.poll(() => closing.lines.some((line) => line.includes('running'))).toBe(true);
    await closing.close();
    await broken;
    const pid = Number(/running (\d+)/.exec(closing.lines.join('\n'))?.[1]);
    expect(isAlive(pid)).toBe(false);
    await expect(closing.invoke(spec, anInvocation())).rejects.toBeInstanceOf(ExecutionClosed);
  });

  test('a code folder that is not there is an error of the function', async () => {
    const spec = aSpec({}, { code: { kind: 'folder', path: '/nowhere/at/all' }, key: 'nowhere' });
    const { payload } = await execution.invoke(spec, anInvocation());
    expect(JSON.parse(payload).errorMessage).toMatch(/fork\/exec .*: no such file or directory$/);
  });
});

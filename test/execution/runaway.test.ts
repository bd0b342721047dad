/** Functions that do not behave: each gets what AWS gives it, and nothing is left of them. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { ExecutionClosed } from '../../src/execution/local.ts';
import { aFunction, anExecution, anInvocation, aSpec } from './an-execution.ts';

const execution = anExecution();
const impatient = anExecution({ patienceMs: 100 });
afterAll(() => Promise.all([execution.close(), impatient.close()]));

const PID = 'export const pid = process.pid; let n = 0;';

async function run(source: string, of = execution, changes: Parameters<typeof aFunction>[1] = {}) {
  const invocation = anInvocation();
  const outcome = await of.invoke(aFunction(source, changes), invocation);
  return { ...outcome, value: JSON.parse(outcome.payload), id: invocation.requestId };
}

const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

describe('time-outs', () => {
  test.each([
    ['waits', 'setInterval(() => {}, 1000); export const handler = () => new Promise(() => {});'],
    ['computes', 'export const handler = async () => { for (;;); };'],
  ])('a handler that %s for ever is killed', async (_what, source) => {
    const { value, functionError, id, logTail, durationMs } = await run(source, impatient);
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

  test('the next invocation gets a new environment', async () => {
    const source = `let n = 0; setInterval(() => {}, 1000);
      export const handler = () => n++ === 1 ? new Promise(() => {}) : Promise.resolve(process.pid);`;
    const pids: unknown[] = [];
    for (let i = 0; i < 3; i++) pids.push((await run(source, impatient)).value);
    expect(pids[1]).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(pids[0]).not.toBe(pids[2]);
    expect(isAlive(pids[0] as number)).toBe(false);
  });

  test('an init that never ends is tried again within the time of the invocation', async () => {
    const hurried = anExecution({ patienceMs: 10 });
    const { value } = await run('await new Promise(() => setInterval(() => {}, 9));', hurried);
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
    const source = `export const handler = () => { ${statement}; return new Promise(() => {}); };`;
    const { value, functionError, id, logTail } = await run(source);
    expect(functionError).toBe('Unhandled');
    const errorMessage = `RequestId: ${id} Error: ${message}`;
    expect(value).toEqual({ errorType: 'Runtime.ExitError', errorMessage });
    expect(logTail).toContain(`${errorMessage}\nRuntime.ExitError\n\nEND RequestId: ${id}\n`);
    expect(logTail).toContain('\tStatus: error\tError Type: Runtime.ExitError\t');
  });

  test('an uncaught exception is answered before the process ends', async () => {
    const source = `${PID} export const handler = () => {
      setTimeout(() => { throw new RangeError('late'); }, 1);
      return new Promise((resolve) => setTimeout(resolve, 2000)); };`;
    const { value, logTail } = await run(source);
    expect(value).toMatchObject({ errorType: 'RangeError', errorMessage: 'late' });
    expect(logTail).toContain('\tERROR\tUncaught Exception \t{"errorType":"RangeError"');
    expect(logTail).toContain('Runtime exited with error: exit status 129');
  });

  test('an unhandled rejection is answered before the process ends', async () => {
    const source = `export const handler = () => {
      Promise.reject(new Error('nobody cares'));
      return new Promise((resolve) => setTimeout(resolve, 2000)); };`;
    const { value, logTail } = await run(source);
    expect(value).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: nobody cares',
    });
    expect(logTail).toContain('\tERROR\tUnhandled Promise Rejection \t{');
  });

  test('a process that ends between two invocations is replaced', async () => {
    const source = `let n = 0; export const handler = async (event) => process.pid;`;
    const spec = aFunction(source);
    const first = Number((await execution.invoke(spec, anInvocation())).payload);
    process.kill(first, 'SIGKILL');
    const second = await execution.invoke(spec, anInvocation());
    // Either the end was noticed in time, or the invocation failed with it.
    if (second.functionError) expect(second.payload).toContain('signal: killed');
    else expect(second.payload).not.toBe(String(first));
    const third = await execution.invoke(spec, anInvocation());
    expect(third.functionError).toBeUndefined();
  });

  test('what a function started ends with it', async () => {
    const source = `import { spawn } from 'node:child_process';
      export const handler = async () => {
        const child = spawn('sleep', ['60']);
        console.log('child', child.pid);
        process.exit(3);
      };`;
    const { logTail } = await run(source);
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
    const source = `
      const line = 'x'.repeat(99);
      export const handler = async (event) => {
        for (let i = 0; i < 100_000; i++) console.log(line);
        process.stdout.write('y'.repeat(1_000_000) + '\\n');
      };`;
    const outcome = await slow.invoke(aFunction(source, { timeoutMs: 20_000 }), anInvocation());
    expect(outcome.payload).toBe('null');
    expect(outcome.logTail.length).toBeLessThanOrEqual(4096);
    await slow.close();
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(longest).toBeLessThanOrEqual(262_144);
    // One read of a pipe at a time, not all of it.
    expect(most).toBeLessThan(5_000);
  });

  test('an answer of seven megabytes is refused, and the environment goes on', async () => {
    const source = `let n = 0; export const handler = async () => n++ ? n : 'x'.repeat(7_000_000);`;
    const { value, functionError } = await run(source);
    expect(functionError).toBe('Unhandled');
    expect(value).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect((await run(source)).value).toBe(2);
  });

  test('an answer of six megabytes passes', async () => {
    const { payload } = await run(`export const handler = async () => 'x'.repeat(6_291_454);`);
    expect(payload).toHaveLength(6_291_456);
  });

  test('a function that takes too much memory is killed', async () => {
    const source = `export const handler = async () => {
      const kept = [];
      setInterval(() => kept.push(Buffer.alloc(40_000_000, 1)), 5);
      await new Promise(() => {}); };`;
    const { value, logTail, id } = await run(source, execution, { memoryMb: 192 });
    expect(value).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${id} Error: Runtime exited with error: signal: killed`,
    });
    expect(logTail).toContain('\tMemory Size: 192 MB\tMax Memory Used: 192 MB\t');
  });

  test('closing breaks off what runs and leaves no process', async () => {
    const closing = anExecution();
    const spec = aFunction(`console.log('pid', process.pid); setInterval(() => {}, 1000);
      export const handler = () => { console.log('running'); return new Promise(() => {}); };`);
    const running = closing.invoke(spec, anInvocation());
    const broken = expect(running).rejects.toBeInstanceOf(ExecutionClosed);
    await expect.poll(() => closing.lines.some((line) => line.endsWith('running'))).toBe(true);
    await closing.close();
    await broken;
    const pid = Number(/pid (\d+)/.exec(closing.lines.join('\n'))?.[1]);
    expect(isAlive(pid)).toBe(false);
    await expect(closing.invoke(spec, anInvocation())).rejects.toBeInstanceOf(ExecutionClosed);
  });

  test('a code folder that is not there is an error of the function', async () => {
    const spec = aSpec({}, { code: { kind: 'folder', path: '/nowhere/at/all' }, key: 'nowhere' });
    const { payload } = await execution.invoke(spec, anInvocation());
    expect(JSON.parse(payload).errorMessage).toMatch(/fork\/exec .*: no such file or directory$/);
  });
});

/** What Node.js handlers see and what becomes of what they do. */
import { afterAll, describe, expect, test } from 'vitest';
import { ARN, aFunction, anExecution, anInvocation, aSpec, aZip, source } from './an-execution.ts';

const execution = anExecution();
afterAll(() => execution.close());

/** One environment serves all of these: the event names what it does. */
const all = aFunction(source('handlers'));

async function run(what: string, spec = all) {
  const { payload, functionError } = await execution.invoke(spec, anInvocation({ do: what }));
  return { value: JSON.parse(payload), functionError };
}

describe('answers', () => {
  test.each([
    ['echo', { do: 'echo' }],
    ['nothing', null],
    ['callback', 'called'],
    ['done', 'done'],
    ['succeed', 'succeeded'],
    ['early', 'early'],
  ])('%s', async (what, value) => {
    expect(await run(what)).toEqual({ value, functionError: undefined });
  });

  test('a handler that returns no promise answers null up to Node.js 22', async () => {
    const spec = aFunction(`export const handler = () => 'no promise';`);
    const { payload } = await execution.invoke(spec, anInvocation());
    expect(payload).toBe('null');
  });

  test('a handler that returns no promise answers its value from Node.js 24 on', async () => {
    const source = `export const handler = ({ plus }) => ({ sum: 1 + plus });`;
    const spec = aFunction(source, { runtime: 'nodejs24.x' });
    const { payload } = await execution.invoke(spec, anInvocation({ plus: 2 }));
    expect(payload).toBe('{"sum":3}');
  });

  test('the context has no callbacks from Node.js 24 on', async () => {
    const source = `export const handler = (event, context) => Object.keys(context).sort();`;
    const spec = aFunction(source, { runtime: 'nodejs24.x' });
    const { payload } = await execution.invoke(spec, anInvocation());
    const names = JSON.parse(payload);
    expect(names).toContain('awsRequestId');
    for (const gone of ['callbackWaitsForEmptyEventLoop', 'done', 'succeed', 'fail']) {
      expect(names).not.toContain(gone);
    }
  });

  test('the context has the members of AWS', async () => {
    const invocation = anInvocation(
      { do: 'context' },
      { traceHeader: 'Root=1-5;Parent=6;Sampled=0', clientContext: '{"custom":\t{"a":"ü"}}' },
    );
    const { payload } = await execution.invoke(all, invocation);
    const { left, logStreamName, ...context } = JSON.parse(payload);
    expect(context).toEqual({
      callbackWaitsForEmptyEventLoop: true,
      functionName: 'f',
      functionVersion: '$LATEST',
      invokedFunctionArn: `${ARN}:live`,
      memoryLimitInMB: '256',
      awsRequestId: invocation.requestId,
      logGroupName: '/aws/lambda/f',
      clientContext: { custom: { a: 'ü' } },
      trace: 'Root=1-5;Parent=6;Sampled=0',
    });
    expect(left).toBeGreaterThan(1000);
    expect(left).toBeLessThanOrEqual(3000);
    expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  });

  test('a trace header of odd characters is told without them', async () => {
    const invocation = anInvocation({ do: 'context' }, { traceHeader: 'Root=é\n€;Sampled=0' });
    const { payload } = await execution.invoke(all, invocation);
    expect(JSON.parse(payload).trace).toBe('Root=???;Sampled=0');
  });

  test('the variables are those of AWS, and nothing of this process', async () => {
    const source = `export const handler = async () => ({ ...process.env, cwd: process.cwd() });`;
    const spec = aFunction(source, { variables: { MINE: 'yes', AWS_REGION: 'no', TZ: 'UTC' } });
    const { payload } = await execution.invoke(spec, anInvocation());
    const { TMPDIR, LAMBDA_TASK_ROOT, LAMBDA_RUNTIME_DIR, cwd, ...rest } = JSON.parse(payload);
    expect(cwd).toBe(LAMBDA_TASK_ROOT);
    expect(TMPDIR).toMatch(/tmp-\d+$/);
    expect(LAMBDA_RUNTIME_DIR).toBeTypeOf('string');
    expect(rest).toEqual({
      PATH: process.env.PATH,
      LANG: 'en_US.UTF-8',
      TZ: 'UTC',
      MINE: 'yes',
      LD_LIBRARY_PATH: `${cwd}:${cwd}/lib`,
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String),
      AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      _HANDLER: 'index.handler',
    });
  });

  test('the temporary folder is writable and private', async () => {
    const spec = aFunction(`
      import { readdirSync, writeFileSync } from 'node:fs';
      import { tmpdir } from 'node:os';
      export const handler = async () => {
        const before = readdirSync(tmpdir());
        writeFileSync(tmpdir() + '/x', 'x');
        return before;
      };`);
    const twice = [1, 2].map(() => execution.invoke(spec, anInvocation()));
    const answers = (await Promise.all(twice)).map(({ payload }) => payload);
    expect(answers).toEqual(['[]', '[]']);
  });

  test.each([
    ['app.handler', 'app.js', 'exports.handler = async () => 1;'],
    ['app.handler', 'app.cjs', 'exports.handler = async () => 1;'],
    ['src/deep/app.handler', 'src/deep/app.mjs', 'export const handler = async () => 1;'],
    ['app.api.get', 'app.mjs', 'export const api = { get: async () => 1 };'],
    ['app.handler', 'app.mjs', 'export default { handler: async () => 1 };'],
    ['layered/index.handler', '', ''],
  ])('%s is found in %s', async (handler, file, source) => {
    const layer = { 'nodejs/node_modules/layered/index.js': 'exports.handler = async () => 1;' };
    const spec = aSpec(file ? { [file]: source } : { x: '' }, { handler, layers: [aZip(layer)] });
    expect(await execution.invoke(spec, anInvocation())).toMatchObject({ payload: '1' });
  });

  test('a package.json decides what .js is', async () => {
    const files = {
      'package.json': '{"type":"module"}',
      'index.js': 'export const handler = async () => 1;',
    };
    expect(await execution.invoke(aSpec(files), anInvocation())).toMatchObject({ payload: '1' });
  });

  test('packages of layers are found by both module systems, the later layer wins', async () => {
    const layers = [1, 2].map((n) =>
      aZip({ 'nodejs/node_modules/thing/index.js': `exports.n = ${n}; exports.l${n} = 1;` }),
    );
    const source = `import { createRequire } from 'node:module'; import thing from 'thing';
      export const handler = async () => [thing, createRequire(import.meta.url)('thing')];`;
    const { payload } = await execution.invoke(aFunction(source, { layers }), anInvocation());
    expect(JSON.parse(payload)).toEqual([
      { n: 2, l2: 1 },
      { n: 2, l2: 1 },
    ]);
  });
});

describe('refusals', () => {
  test.each([
    ['throws', { errorType: 'TypeError', errorMessage: 'no' }],
    ['rejects', { errorType: 'RangeError', errorMessage: 'far' }],
    ['text', { errorType: 'string', errorMessage: 'text', trace: [] }],
    ['circle', { errorType: 'Error', errorMessage: 'Unable to stringify response body' }],
    ['big', { errorType: 'Error', errorMessage: 'Unable to stringify response body' }],
    ['failure', { errorType: 'Error', errorMessage: 'called back' }],
    ['fail', { errorType: 'Error', errorMessage: 'failed' }],
  ])('%s', async (what, error) => {
    const { value, functionError } = await run(what);
    expect(functionError).toBe('Unhandled');
    expect(value).toMatchObject(error);
    expect(value.trace).toBeInstanceOf(Array);
    expect(Object.keys(value)).toEqual(['errorType', 'errorMessage', 'trace']);
  });

  test('the trace is the stack, and the log has all that the error carries', async () => {
    const { value } = await run('rejects');
    expect(value.trace[0]).toBe('RangeError: far');
    const line = execution.lines.findLast((text) => text.includes('Invoke Error')) ?? '';
    expect(line).toMatch(/^\S+Z\t[0-9a-f-]{36}\tERROR\tInvoke Error \t\{/);
    const logged = JSON.parse(line.slice(line.indexOf('{')));
    expect(logged).toMatchObject({ errorType: 'RangeError', code: 'E_FAR', n: 1 });
    expect(logged.stack[0]).toBe('RangeError: far');
  });

  test('an environment is used again after an error of its handler', async () => {
    const spec = aFunction(
      `let n = 0; export const handler = async () => { throw new Error(++n); };`,
    );
    const messages: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { payload } = await execution.invoke(spec, anInvocation());
      messages.push(JSON.parse(payload).errorMessage);
    }
    expect(messages).toEqual(['1', '2', '3']);
  });

  test('an async handler that waits for nothing is told of', async () => {
    const spec = aFunction(source('handlers'), { handler: 'index.async' });
    const { value, functionError } = await run('never', spec);
    expect(functionError).toBe('Unhandled');
    expect(value).toMatchObject({ errorType: 'Runtime.NodeJsExit' });
  });

  test('a callback handler is refused from Node.js 24 on', async () => {
    const source = 'export const handler = (event, context, callback) => callback(null, 1);';
    const spec = aFunction(source, { runtime: 'nodejs24.x' });
    const { payload } = await execution.invoke(spec, anInvocation());
    expect(JSON.parse(payload).errorType).toBe('Runtime.CallbackHandlerDeprecated');
  });

  test.each([
    [
      'index.handler',
      'export const other = 1;',
      'HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'index.handler',
      'export const handler = 1;',
      'HandlerNotFound',
      'index.handler is not a function',
    ],
    [
      'other.handler',
      '',
      'ImportModuleError',
      /^Error: Cannot find module 'other'\nRequire stack:/,
    ],
    [
      'index.handler',
      'export const handler = (;',
      'UserCodeSyntaxError',
      "SyntaxError: Unexpected token ';'",
    ],
    ['../index.handler', '', 'MalformedHandlerName', /is not a valid handler name/],
    ['index', '', 'MalformedHandlerName', 'Bad handler'],
  ])('%s of %j', async (handler, source, type, message) => {
    const outcome = await execution.invoke(aFunction(source, { handler }), anInvocation());
    expect(outcome.functionError).toBe('Unhandled');
    const { errorType, errorMessage } = JSON.parse(outcome.payload);
    expect(errorType).toBe(`Runtime.${type}`);
    expect(errorMessage).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  test('a failed init is tried once more, and both are reported', async () => {
    const spec = aFunction(`console.log('init'); throw new Error('at the top');`);
    const from = execution.lines.length;
    const { payload } = await execution.invoke(spec, anInvocation());
    expect(JSON.parse(payload)).toMatchObject({ errorType: 'Error', errorMessage: 'at the top' });
    const lines = execution.lines.slice(from);
    expect(lines.filter((line) => line.includes('\tINFO\tinit'))).toHaveLength(2);
    const reports = lines.filter((line) => line.startsWith('INIT_REPORT'));
    const report = (phase: string) =>
      new RegExp(`^INIT_REPORT .*\tPhase: ${phase}\tStatus: error\tError Type: Error$`);
    expect(reports).toEqual([
      expect.stringMatching(report('init')),
      expect.stringMatching(report('invoke')),
    ]);
  });
});

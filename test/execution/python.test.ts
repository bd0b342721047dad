/** What Python handlers see and what becomes of what they do. */
import { afterAll, describe, expect, test } from 'vitest';
import { pythonPath } from '../../src/execution/runtimes.ts';
import { ARN, anExecution, anInvocation, aSpec, aZip } from './an-execution.ts';

const execution = anExecution();
afterAll(() => execution.close());

const APP = `
import logging, os, sys
from decimal import Decimal
def echo(event, context): return event
def context(event, context):
    return {
        "name": context.function_name, "version": context.function_version,
        "arn": context.invoked_function_arn, "memory": context.memory_limit_in_mb,
        "id": context.aws_request_id, "left": context.get_remaining_time_in_millis() > 1000,
        "custom": context.client_context.custom, "trace": os.environ["_X_AMZN_TRACE_ID"],
        "endpoint": os.environ["AWS_ENDPOINT_URL"], "d": Decimal("1.5"),
    }
def logs(event, context):
    print("printed\\ntwice"); print("no end", end="")
    logging.getLogger().warning("warned %s", 1)
    logging.getLogger().setLevel("INFO"); logging.info("told")
def raises(event, context): raise ValueError("wrong")
class Ошибка(Exception): pass
def raises_odd(event, context): raise Ошибка("a\\udcff")
def odd(event, context): return object()
def exits(event, context): sys.exit(2)
def layered(event, context):
    import thing
    return thing.N
def run(event, context): return globals()[event["do"]](event, context)
`;
const python = (await pythonPath()) !== undefined;
const app = aSpec(
  { 'pkg/app.py': APP, 'pkg/__init__.py': '' },
  {
    runtime: 'python3.12',
    handler: 'pkg/app.run',
    layers: [aZip({ 'python/thing.py': 'N = 7' })],
  },
);

async function run(what: string, changes = {}) {
  const invocation = anInvocation({ do: what }, changes);
  const outcome = await execution.invoke(app, invocation);
  return { ...outcome, value: JSON.parse(outcome.payload), id: invocation.requestId };
}

// Machines without Python have no Python runtimes: see runtimes.ts.
describe.runIf(python)('answers', () => {
  test('an event comes back', async () => {
    expect((await run('echo')).value).toEqual({ do: 'echo' });
  });

  test('the context has the members of AWS', async () => {
    const given = { traceHeader: 'Root=1', clientContext: '{"custom":{"a":"ü"}}' };
    const { value, id } = await run('context', given);
    expect(value).toEqual({
      name: 'f',
      version: '$LATEST',
      arn: `${ARN}:live`,
      memory: '256',
      id,
      left: true,
      custom: { a: 'ü' },
      trace: 'Root=1',
      endpoint: 'http://127.0.0.1:4566',
      d: 1.5,
    });
  });

  test('prints and logs are lines of the log', async () => {
    const { logTail, id } = await run('logs');
    expect(logTail).toContain('\nprinted\ntwice\nno end');
    expect(logTail).toMatch(new RegExp(`\\[WARNING\\]\t\\S+Z\t${id}\twarned 1\n`));
    expect(logTail).toMatch(new RegExp(`\\[INFO\\]\t\\S+Z\t${id}\ttold\n`));
  });

  test('packages of layers are found', async () => {
    expect((await run('layered')).value).toBe(7);
  });
});

describe.runIf(python)('refusals', () => {
  test('an exception has the shape of AWS', async () => {
    const { value, functionError, id, logTail } = await run('raises');
    expect(functionError).toBe('Unhandled');
    expect(value).toEqual({
      errorMessage: 'wrong',
      errorType: 'ValueError',
      requestId: id,
      stackTrace: [
        expect.stringMatching(/^ {2}File ".*\/pkg\/app.py", line \d+, in run\n/),
        expect.stringMatching(/^ {2}File ".*\/pkg\/app.py", line \d+, in raises\n/),
      ],
    });
    expect(logTail).toContain('\n[ERROR] ValueError: wrong\nTraceback (most recent call last):\n');
  });

  test('an exception may have any name and any message', async () => {
    const { value } = await run('raises_odd');
    expect(value).toMatchObject({ errorType: 'Ошибка', errorMessage: 'a\udcff' });
  });

  test('an answer that is not JSON', async () => {
    expect((await run('odd')).value).toMatchObject({
      errorType: 'Runtime.MarshalError',
      errorMessage: 'Unable to marshal response: Object of type object is not JSON serializable',
    });
  });

  test('an exit', async () => {
    const { value, id } = await run('exits');
    const errorMessage = `RequestId: ${id} Error: Runtime exited with error: exit status 2`;
    expect(value).toEqual({ errorType: 'Runtime.ExitError', errorMessage });
  });

  test.each([
    ['app.none', '', 'HandlerNotFound', "Handler 'none' missing on module 'app'"],
    ['nope.run', '', 'ImportModuleError', "Unable to import module 'nope': No module named 'nope'"],
    ['app.run', 'def (', 'UserCodeSyntaxError', /^Syntax error in module 'app': /],
    ['app', '', 'MalformedHandlerName', /^Bad handler 'app': not enough values to unpack/],
  ])('%s of %j', async (handler, source, type, message) => {
    const spec = aSpec({ 'app.py': source }, { runtime: 'python3.12', handler });
    const { payload } = await execution.invoke(spec, anInvocation());
    const { errorType, errorMessage } = JSON.parse(payload);
    expect(errorType).toBe(`Runtime.${type}`);
    if (typeof message === 'string') expect(errorMessage).toBe(message);
    else expect(errorMessage).toMatch(message);
  });
});

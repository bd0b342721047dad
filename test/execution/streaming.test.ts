/** Answers that begin before they are complete. */
import { afterAll, describe, expect, test } from 'vitest';
import { aFunction, anExecution, anInvocation, source } from './an-execution.ts';

const execution = anExecution();
afterAll(() => execution.close());
const streams = aFunction(source('streams'));

async function stream(what: string, of = execution) {
  const { contentType, body, end } = await of.stream(streams, anInvocation({ do: what }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { contentType, text: Buffer.concat(chunks).toString(), end: await end };
}

describe('answers', () => {
  test('parts come in their order', async () => {
    const { contentType, text, end } = await stream('parts');
    expect({ contentType, text }).toEqual({
      contentType: 'text/plain',
      text: 'one two {"three":3}',
    });
    expect(end.functionError).toBeUndefined();
    expect(end.logTail).toMatch(/^START .*\nEND .*\nREPORT /);
  });

  test('a status and headers stand before the body, as Function URLs expect', async () => {
    const { contentType, text } = await stream('http');
    expect(contentType).toBe('application/vnd.awslambda.http-integration-response');
    expect(text).toBe(`{"statusCode":201,"headers":{"a":"b"}}${'\0'.repeat(8)}body`);
  });

  test('more than six megabytes can be streamed', async () => {
    expect((await stream('much')).text).toHaveLength(8_000_000);
  });

  test('an answer in one piece is a stream of one', async () => {
    const spec = aFunction('export const handler = async () => 5;');
    const { contentType, body, end } = await execution.stream(spec, anInvocation());
    const chunks: string[] = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk).toString());
    expect({ contentType, chunks }).toEqual({ contentType: 'application/json', chunks: ['5'] });
    expect((await end).functionError).toBeUndefined();
  });

  test('who wants it in one piece gets a streamed answer whole', async () => {
    const { payload } = await execution.invoke(streams, anInvocation({ do: 'parts' }));
    expect(payload).toBe('one two {"three":3}');
  });
});

describe('refusals', () => {
  test('an error on the way ends the body and is told at the end', async () => {
    const { text, end } = await stream('fails');
    expect(text).toBe('begun');
    expect(end.functionError).toBe('Unhandled');
    expect(JSON.parse(end.error ?? '')).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'midway',
    });
  });

  test('an error before the first part', async () => {
    const { text, end } = await stream('failsAtOnce');
    expect(text).toBe('');
    expect(JSON.parse(end.error ?? '').errorType).toBe('RangeError');
  });

  test('the environment goes on after an error, and is gone after an exit', async () => {
    const { text, end } = await stream('exits');
    expect(text).toBe('begun');
    expect(JSON.parse(end.error ?? '')).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((await stream('parts')).text).toBe('one two {"three":3}');
  });
});

describe('limits', () => {
  test('a stream that never ends is cut off at the time-out', async () => {
    await using impatient = anExecution({ patienceMs: 150 });
    const { text, end } = await stream('hangs', impatient);
    expect(text).toBe('begun');
    expect(JSON.parse(end.error ?? '').errorType).toBe('Sandbox.Timedout');
  });

  test('a stream that nobody reads is cut off at the time-out too', async () => {
    await using impatient = anExecution({ patienceMs: 150 });
    const { end } = await impatient.stream(streams, anInvocation({ do: 'floods' }));
    expect(JSON.parse((await end).error ?? '').errorType).toBe('Sandbox.Timedout');
  });

  test('a streamed answer of more than six megabytes is too large in one piece', async () => {
    const { payload } = await execution.invoke(streams, anInvocation({ do: 'much' }));
    expect(JSON.parse(payload).errorType).toBe('Function.ResponseSizeTooLarge');
  });
});

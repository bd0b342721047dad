import { describe, expect, test } from 'vitest';
import type { Operations } from '../../../src/wire/types/lambda.ts';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction, zipOf } from './a-function.ts';

type Answer = Operations['InvokeWithResponseStream']['output'];

/** All bytes of an answer, in one text, and how it ended. */
async function read({ EventStream }: Answer) {
  const pieces: Uint8Array[] = [];
  const ends: object[] = [];
  for await (const { PayloadChunk, InvokeComplete } of EventStream ?? []) {
    if (PayloadChunk?.Payload) pieces.push(PayloadChunk.Payload);
    if (InvokeComplete) ends.push(InvokeComplete);
  }
  return { text: Buffer.concat(pieces).toString(), pieces: pieces.length, ends };
}

const STREAMING = `
  export const handler = awslambda.streamifyResponse(async (event, stream) => {
    console.log('asked for', event.pieces);
    for (let piece = 0; piece < event.pieces; piece += 1) {
      await new Promise((sent) => stream.write('piece ' + piece + ';', sent));
    }
    if (event.fails) throw new Error('no more');
    stream.end();
  });`;

const streaming = (name = 'index.mjs') => ({ Code: { ZipFile: zipOf({ [name]: STREAMING }) } });

describe('answers', () => {
  test('what a handler returns comes as a stream too', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async (event: { readonly id: number }) => ({ got: event.id }));
    const answer = await aws.call('lambda', 'InvokeWithResponseStream', {
      FunctionName: 'f',
      Payload: Buffer.from('{"id":7}'),
    });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.ResponseStreamContentType).toBe('application/vnd.amazon.eventstream');
    expect(await read(answer)).toEqual({ text: '{"got":7}', pieces: 1, ends: [{}] });
  });

  test('the end of the log comes with the end when it is asked for', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => 'done');
    const answer = await aws.call('lambda', 'InvokeWithResponseStream', {
      FunctionName: 'f',
      LogType: 'Tail',
    });
    const { ends } = await read(answer);
    const { LogResult = '' } = ends[0] as { readonly LogResult?: string };
    expect(Buffer.from(LogResult, 'base64').toString()).toMatch(/^START RequestId.*END RequestId/s);
  });

  test('a dry run runs nothing', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async () => 'done');
    const answer = await aws.call('lambda', 'InvokeWithResponseStream', {
      FunctionName: 'f',
      InvocationType: 'DryRun',
    });
    expect(answer.StatusCode).toBe(204);
    expect(f.received).toEqual([]);
  });

  test('what a handler streams comes, and then the end', async () => {
    await using aws = await startSuite();
    const { name } = await aFunction(aws, streaming());
    const answer = await aws.call('lambda', 'InvokeWithResponseStream', {
      FunctionName: name,
      Payload: Buffer.from('{"pieces":3}'),
    });
    const { text, ends } = await read(answer);
    expect(text).toBe('piece 0;piece 1;piece 2;');
    expect(ends).toEqual([{}]);
  });
});

describe('refusals', () => {
  test('a function that fails is told of at the end', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async () => 'done');
    f.fail(1, new TypeError('not this one'));
    const answer = await aws.call('lambda', 'InvokeWithResponseStream', { FunctionName: 'f' });
    const { text, ends } = await read(answer);
    expect(text).toBe('');
    expect(ends).toMatchObject([{ ErrorCode: 'Unhandled' }]);
    const { ErrorDetails = '' } = ends[0] as { readonly ErrorDetails?: string };
    expect(ErrorDetails).toContain('not this one');
  });

  test('a function that fails in the middle has said what it said', async () => {
    await using aws = await startSuite();
    const { name } = await aFunction(aws, streaming());
    const answer = await aws.call('lambda', 'InvokeWithResponseStream', {
      FunctionName: name,
      Payload: Buffer.from('{"pieces":2,"fails":true}'),
    });
    const { text, ends } = await read(answer);
    expect(text).toBe('piece 0;piece 1;');
    expect(ends).toMatchObject([{ ErrorCode: 'Unhandled' }]);
  });

  test('a function that is not there is refused before anything streams', async () => {
    await using aws = await startSuite();
    const refused = await aws.fails('lambda', 'InvokeWithResponseStream', { FunctionName: 'f' });
    expect(refused).toMatchObject({ code: 'ResourceNotFoundException', status: 404 });
    expect(refused.message).toMatch(/^Function not found: arn:aws:lambda:/);
  });
});

describe('limits', () => {
  test('a payload of more than 6 MB is refused', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => 'done');
    const refused = await aws.fails('lambda', 'InvokeWithResponseStream', {
      FunctionName: 'f',
      Payload: Buffer.from(`"${'x'.repeat(6_291_455)}"`),
    });
    expect(refused.status).toBe(413);
    expect(refused.message).toContain('is too large for the RequestResponse invocation type');
  });
});

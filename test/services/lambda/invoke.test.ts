import { describe, expect, test } from 'vitest';
import { nextTurn } from '../../../src/core/clock.ts';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction, zipOf } from './a-function.ts';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const parse = (payload: Uint8Array | undefined) =>
  JSON.parse(Buffer.from(payload ?? []).toString());
const text = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64').toString();

describe('answers', () => {
  test('a function answers with what it makes of its event', async () => {
    await using aws = await startSuite();
    await aws.lambda('double', async ({ n }: { n: number }) => ({ n: n * 2 }));
    const answer = await aws.call('lambda', 'Invoke', {
      FunctionName: 'double',
      Payload: bytes({ n: 21 }),
    });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.LogResult).toBeUndefined();
    expect(parse(answer.Payload)).toEqual({ n: 42 });
  });

  test('the answer is said to be JSON', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => 1);
    const url = `${aws.endpoint}/2015-03-31/functions/f/invocations`;
    const answer = await fetch(url, { method: 'POST', body: '{}' });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-amz-executed-version')).toBe('$LATEST');
  });

  test('a function that is invoked with nothing gets an empty object', async () => {
    await using aws = await startSuite();
    const { received } = await aws.lambda('f', async () => undefined);
    const answer = await aws.call('lambda', 'Invoke', { FunctionName: 'f' });
    expect(received).toEqual([{}]);
    expect(parse(answer.Payload)).toBeNull();
  });

  test('a function that throws is answered with 200, its error and its trace', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', () => {
      throw new TypeError('no such order');
    });
    const answer = await aws.call('lambda', 'Invoke', { FunctionName: 'f' });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(parse(answer.Payload)).toEqual({
      errorType: 'TypeError',
      errorMessage: 'no such order',
      trace: expect.arrayContaining(['TypeError: no such order']),
    });
  });

  test('the end of the log comes with the answer when it is asked for', async () => {
    await using aws = await startSuite();
    const code = 'exports.handler = async () => { console.log("seen"); return 1; };';
    await aFunction(aws, { Code: { ZipFile: zipOf({ 'index.js': code }) } });
    const answer = await aws.call('lambda', 'Invoke', { FunctionName: 'f', LogType: 'Tail' });
    expect(parse(answer.Payload)).toBe(1);
    const tail = text(answer.LogResult);
    expect(tail).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST\n/);
    expect(tail).toMatch(/\tINFO\tseen\n/);
    expect(tail).toMatch(/\nREPORT RequestId: /);
  });

  test('what a function writes stands in its log group', async () => {
    await using aws = await startSuite();
    const code = 'exports.handler = async (event) => console.error("order", event.id);';
    await aFunction(aws, { Code: { ZipFile: zipOf({ 'index.js': code }) } });
    await aws.call('lambda', 'Invoke', { FunctionName: 'f', Payload: bytes({ id: 7 }) });
    await aws.settled();
    const { events = [] } = await aws.call('logs', 'FilterLogEvents', {
      logGroupName: '/aws/lambda/f',
    });
    const lines = events.map(({ message = '' }) => message.trimEnd());
    expect(lines.some((line) => line.endsWith('\tERROR\torder 7'))).toBe(true);
    expect(events[0]?.logStreamName).toMatch(/^2026\/01\/15\/\[\$LATEST\][0-9a-f]{32}$/);
  });

  test('the client context reaches the function, and the request id is the answer’s', async () => {
    await using aws = await startSuite();
    const contexts: { awsRequestId: string; clientContext: unknown }[] = [];
    await aws.lambda('f', async (_, context) => void contexts.push(context));
    const ClientContext = Buffer.from('{"custom":{"a":"b"}}').toString('base64');
    await aws.call('lambda', 'Invoke', { FunctionName: 'f', ClientContext });
    expect(contexts[0]?.clientContext).toEqual({ custom: { a: 'b' } });
    expect(contexts[0]?.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('an event is taken at once and run after', async () => {
    await using aws = await startSuite();
    const { received } = await aws.lambda('f', async () => {});
    const Payload = bytes({ id: 1 });
    const taken = await aws.call('lambda', 'Invoke', {
      ...{ FunctionName: 'f', InvocationType: 'Event', Payload },
    });
    expect(taken.StatusCode).toBe(202);
    await aws.call('lambda', 'InvokeAsync', { FunctionName: 'f', InvokeArgs: bytes({ id: 2 }) });
    await aws.settled();
    expect(received).toEqual(expect.arrayContaining([{ id: 1 }, { id: 2 }]));
  });

  test('a dry run says whether it may, and runs nothing', async () => {
    await using aws = await startSuite();
    const { received } = await aws.lambda('f', async () => {});
    const answer = await aws.call('lambda', 'Invoke', {
      ...{ FunctionName: 'f', InvocationType: 'DryRun' },
    });
    expect(answer.StatusCode).toBe(204);
    await aws.settled();
    expect(received).toEqual([]);
  });

  test('a function that brings no SDK along finds the one of the project', async () => {
    await using aws = await startSuite();
    const code = `
      import { SQSClient, ListQueuesCommand } from '@aws-sdk/client-sqs';
      const sqs = new SQSClient();
      export const handler = async () => (await sqs.send(new ListQueuesCommand())).QueueUrls;`;
    await aws.call('sqs', 'CreateQueue', { QueueName: 'seen' });
    await aFunction(aws, { Code: { ZipFile: zipOf({ 'index.mjs': code }) } });
    const answer = await aws.call('lambda', 'Invoke', { FunctionName: 'f' });
    expect(parse(answer.Payload)).toEqual([`${aws.endpoint}/000000000000/seen`]);
  });

  test('what a function sends is a child of its invocation in the trace', async () => {
    await using aws = await startSuite();
    const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', { QueueName: 'out' });
    const code = `
      exports.handler = async ({ QueueUrl }) => {
        const headers = {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AmazonSQS.SendMessage',
          'x-amzn-trace-id': process.env._X_AMZN_TRACE_ID,
        };
        const body = JSON.stringify({ QueueUrl, MessageBody: 'done' });
        const sent = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body });
        return (await sent.json()).MessageId;
      };`;
    await aFunction(aws, { Code: { ZipFile: zipOf({ 'index.js': code }) } });
    const Payload = bytes({ QueueUrl });
    const answer = await aws.call('lambda', 'Invoke', { FunctionName: 'f', Payload });
    const messageId = parse(answer.Payload);
    await aws.settled();
    const trace = await (await fetch(`${aws.endpoint}/_millrace/v1/trace/${messageId}`)).json();
    const [invocation] = (trace as { ancestors: { arn: string; id: string }[] }).ancestors;
    expect(invocation?.arn).toBe('arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST');
  });
});

describe('refusals', () => {
  test('a function that does not exist is named with its qualifier', async () => {
    await using aws = await startSuite();
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:nobody';
    const refused = await aws.fails('lambda', 'Invoke', { FunctionName: 'nobody' });
    expect(refused).toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
      message: `Function not found: ${arn}:$LATEST`,
    });
    const alias = await aws.fails('lambda', 'Invoke', { FunctionName: 'nobody:live' });
    expect(alias.message).toBe(`Cannot find alias arn: ${arn}:live`);
  });

  test('a payload that is no JSON is not handed on', async () => {
    await using aws = await startSuite();
    const { received } = await aws.lambda('f', async () => {});
    const refused = await aws.fails('lambda', 'Invoke', {
      ...{ FunctionName: 'f', Payload: Buffer.from('{oops') },
    });
    expect(refused).toMatchObject({ code: 'InvalidRequestContentException', status: 400 });
    expect(refused.message).toMatch(/^Could not parse request body into json: /);
    expect(received).toEqual([]);
  });

  test('a payload that is not UTF-8 is refused, and never changed', async () => {
    await using aws = await startSuite();
    const { received } = await aws.lambda('f', async () => 1);
    const Payload = Buffer.from([0x22, 0xff, 0x22]);
    const refused = await aws.fails('lambda', 'Invoke', { FunctionName: 'f', Payload });
    expect(refused).toMatchObject({
      code: 'InvalidRequestContentException',
      status: 400,
      message:
        'Could not parse request body into json: Could not parse payload into json: Invalid UTF-8',
    });
    expect(received).toEqual([]);
  });

  test('a client context that is no JSON is not handed on', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => {});
    const ClientContext = Buffer.from('{oops').toString('base64');
    const refused = await aws.fails('lambda', 'Invoke', { FunctionName: 'f', ClientContext });
    expect(refused.code).toBe('InvalidRequestContentException');
  });

  test('a function without concurrency is throttled and says why', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => {}, { reservedConcurrency: 0 });
    const refused = await aws.fails('lambda', 'Invoke', { FunctionName: 'f' });
    expect(refused).toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      message: 'Rate Exceeded.',
    });
  });

  test('another account needs the function’s policy to invoke it', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => 1);
    const FunctionName = 'arn:aws:lambda:us-east-1:000000000000:function:f';
    const stranger = aws.as({ account: '222222222222' });
    const refused = await stranger.fails('lambda', 'Invoke', { FunctionName });
    expect(refused).toMatchObject({ code: 'AccessDeniedException', status: 403 });
    await aws.call('lambda', 'AddPermission', {
      FunctionName: 'f',
      StatementId: 'them',
      Action: 'lambda:InvokeFunction',
      Principal: '222222222222',
    });
    const answer = await stranger.call('lambda', 'Invoke', { FunctionName });
    expect(parse(answer.Payload)).toBe(1);
  });
});

describe('limits', () => {
  test('six megabytes are taken and a byte more is not', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async (event: string) => event.length);
    const most = 6_291_456;
    const fits = Buffer.from(`"${'x'.repeat(most - 2)}"`);
    const answer = await aws.call('lambda', 'Invoke', { FunctionName: 'f', Payload: fits });
    expect(parse(answer.Payload)).toBe(most - 2);
    const Payload = Buffer.from(`"${'x'.repeat(most - 1)}"`);
    const refused = await aws.fails('lambda', 'Invoke', { FunctionName: 'f', Payload });
    expect(refused).toMatchObject({ code: 'RequestEntityTooLargeException', status: 413 });
  });

  test('an event has a megabyte at most', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => {});
    const refused = await aws.fails('lambda', 'Invoke', {
      FunctionName: 'f',
      InvocationType: 'Event',
      Payload: Buffer.from(`"${'x'.repeat(1_048_575)}"`),
    });
    expect(refused).toMatchObject({ code: 'RequestEntityTooLargeException', status: 413 });
    expect(refused.message).toBe(
      '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    );
  });

  test('no more run at once than are reserved', async () => {
    await using aws = await startSuite();
    const gate = Promise.withResolvers<void>();
    const { received } = await aws.lambda('f', () => gate.promise, { reservedConcurrency: 2 });
    const invoke = () => aws.call('lambda', 'Invoke', { FunctionName: 'f' });
    const running = [invoke(), invoke()];
    while (received.length < 2) await nextTurn();
    const refused = await aws.fails('lambda', 'Invoke', { FunctionName: 'f' });
    expect(refused.code).toBe('TooManyRequestsException');
    gate.resolve();
    await Promise.all(running);
    expect((await invoke()).StatusCode).toBe(200);
  });
});

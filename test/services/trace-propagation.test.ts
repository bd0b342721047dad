/**
 * X-Ray's header on its way through the server, hop by hop, as AWS passes it on:
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-services.html
 */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { readTraceHeader } from '../../src/core/trace-header.ts';
import { currentTraceHeader } from '../../src/execution/in-process.ts';
import { carryTrace } from '../../src/testing/carry-trace.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { listen } from './events/listener.ts';
import { EVERYTHING, openQueue, put, sendsTo } from './events/receivers.ts';
import { anEndpoint, aTopic, confirmed } from './sns/a-topic.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const HEADER = `Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`;

const OPEN_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*' }],
});

function wiring({ endpoint, region }: Suite) {
  return { endpoint, region, credentials: { accessKeyId: '000000000000', secretAccessKey: 't' } };
}

type Asked = { readonly request: { readonly headers: Record<string, string> } };
type Next = (asked: Asked) => Promise<unknown>;

interface Middlewares {
  add(middleware: (next: Next) => Next, options: { readonly step: string }): void;
}

/** A client whose requests carry the header. */
function traced<Client extends SNSClient | SQSClient>(client: Client, header = HEADER): Client {
  // The two clients have no type of their middlewares in common.
  const stack = client.middlewareStack as unknown as Middlewares;
  const carrying =
    (next: Next): Next =>
    (asked) => {
      asked.request.headers['X-Amzn-Trace-Id'] = header;
      return next(asked);
    };
  stack.add(carrying, { step: 'build' });
  return client;
}

/** A function that keeps the headers that it was run under. */
async function aTracedFunction(aws: Suite) {
  const headers: string[] = [];
  const { arn, feedFrom } = await aws.lambda('traced', () => {
    headers.push(currentTraceHeader() ?? '');
  });
  await aws.call('lambda', 'AddPermission', {
    ...{ FunctionName: 'traced', StatementId: 's', Action: 'lambda:InvokeFunction' },
    Principal: '*',
  });
  const roots = () => headers.map((header) => readTraceHeader(header).get('Root'));
  return { arn, feedFrom, headers, roots };
}

test('a rule passes it on to queues, topics, functions and API destinations', async () => {
  await using aws = await startSuite();
  await using endpoint = await listen();
  const worker = await aTracedFunction(aws);
  const queue = await openQueue(aws, 'inbox');
  const topic = await aTopic(aws, 'news', { Policy: OPEN_POLICY });
  const behind = await openQueue(aws, 'behind');
  await topic.subscribe('sqs', behind.arn);
  const arns = [queue.arn, topic.arn, worker.arn, await endpoint.destination(aws)];
  for (const [at, Arn] of arns.entries()) await sendsTo(aws, `r${at}`, EVERYTHING, { Arn });
  await put(aws, {}, { TraceHeader: HEADER });
  await aws.settled();
  for (const { messages } of [queue, behind]) {
    expect((await messages()).map(({ Attributes }) => Attributes?.AWSTraceHeader)).toEqual([
      HEADER,
    ]);
  }
  expect(worker.roots()).toEqual([ROOT]);
  expect(endpoint.heard[0]?.headers['x-amzn-trace-id']).toBe(HEADER);
});

test('a topic passes it on to queues, functions and HTTP endpoints', async () => {
  await using aws = await startSuite();
  await using endpoint = await anEndpoint();
  const worker = await aTracedFunction(aws);
  const topic = await aTopic(aws);
  const queue = await openQueue(aws, 'inbox');
  await topic.subscribe('sqs', queue.arn);
  await topic.subscribe('lambda', worker.arn);
  await confirmed(aws, topic, endpoint);
  const Message = 'hello';
  await traced(new SNSClient(wiring(aws))).send(
    new PublishCommand({ TopicArn: topic.arn, Message }),
  );
  await aws.settled();
  expect((await queue.messages())[0]?.Attributes?.AWSTraceHeader).toBe(HEADER);
  expect(worker.roots()).toEqual([ROOT]);
  expect(endpoint.posts[0]?.headers['x-amzn-trace-id']).toBe(HEADER);
});

test('a queue hands it to the function it feeds, and what that sends goes on in it', async () => {
  await using aws = await startSuite();
  const [first, second] = [await openQueue(aws, 'first'), await openQueue(aws, 'second')];
  const sqs = new SQSClient(wiring(aws));
  carryTrace(sqs);
  const next = { QueueUrl: second.url, MessageBody: 'on' };
  const worker = await aws.lambda('worker', () => sqs.send(new SendMessageCommand(next)));
  await worker.feedFrom(first.arn);
  const asked = new SendMessageCommand({ QueueUrl: first.url, MessageBody: 'hello' });
  await traced(new SQSClient(wiring(aws))).send(asked);
  await aws.settled();
  const header = readTraceHeader((await second.messages())[0]?.Attributes?.AWSTraceHeader);
  expect(header.get('Root')).toBe(ROOT);
  expect(header.get('Parent')).not.toBe('53995c3f42cd8ad8');
  expect(header.get('Sampled')).toBe('1');
});

test('a batch of several traces begins its own, one of a single trace stays in it', async () => {
  await using aws = await startSuite();
  const queue = await openQueue(aws, 'inbox');
  const worker = await aTracedFunction(aws);
  await worker.feedFrom(queue.arn, { BatchSize: 2, MaximumBatchingWindowInSeconds: 5 });
  const other = 'Root=1-5759e988-aaaaaaaaaaaaaaaaaaaaaaaa;Sampled=1';
  const send = (header: string) =>
    traced(new SQSClient(wiring(aws)), header).send(
      new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'hello' }),
    );
  for (const header of [HEADER, other]) await send(header);
  await aws.settled();
  expect(worker.roots()).toEqual([expect.not.stringMatching(ROOT)]);
  for (const header of [HEADER, HEADER]) await send(header);
  await aws.settled();
  expect(worker.roots()[1]).toBe(ROOT);
});

test('one with what no header may have stays inside, and hinders no delivery', async () => {
  await using aws = await startSuite();
  await using endpoint = await listen();
  await sendsTo(aws, 'r', EVERYTHING, { Arn: await endpoint.destination(aws) });
  await put(aws, {}, { TraceHeader: 'Root=1;\r\nX-Other: yes' });
  await aws.settled();
  expect(endpoint.heard).toHaveLength(1);
  expect(endpoint.heard[0]?.headers).not.toHaveProperty('x-amzn-trace-id');
});

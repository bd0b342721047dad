/**
 * What the tests of SNS say over and over: a topic, queues and HTTP endpoints that subscribe to
 * it, and what arrived there.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sns } from '../../../src/services/sns/index.ts';
import { sqs } from '../../../src/services/sqs/index.ts';
import type { AwsOptions } from '../../../src/testing/index.ts';
import type * as Sns from '../../../src/wire/types/sns.ts';
import type * as Sqs from '../../../src/wire/types/sqs.ts';
import { type Input, type Suite, startSuite } from '../../sdk/suite.ts';

export function startSns(options: AwsOptions = {}): Promise<Suite> {
  return startSuite({ services: [sns, sqs], ...options });
}

type Attributes = Readonly<Record<string, string>>;
type Options<Operation extends keyof Sns.Operations> = Partial<Input<'sns', Operation & string>>;

export interface ATopic {
  readonly arn: string;
  publish(message: string, options?: Options<'Publish'>): Promise<Sns.PublishResponse>;
  /** Subscribes; answers with the subscription's ARN. */
  subscribe(protocol: string, endpoint: string, attributes?: Attributes): Promise<string>;
  attributes(): Promise<Attributes>;
  set(name: string, value: string): Promise<object>;
}

export async function aTopic(
  aws: Suite,
  name = 'news',
  attributes: Attributes = {},
): Promise<ATopic> {
  const Attributes = name.endsWith('.fifo') ? { FifoTopic: 'true', ...attributes } : attributes;
  const { TopicArn = '' } = await aws.call('sns', 'CreateTopic', { Name: name, Attributes });
  return {
    arn: TopicArn,
    publish: (message, options = {}) =>
      aws.call('sns', 'Publish', { TopicArn, Message: message, ...options }),
    subscribe: async (protocol, endpoint, attributes = {}) => {
      const { SubscriptionArn = '' } = await aws.call('sns', 'Subscribe', {
        TopicArn,
        Protocol: protocol,
        Endpoint: endpoint,
        Attributes: attributes,
        ReturnSubscriptionArn: true,
      });
      return SubscriptionArn;
    },
    attributes: async () =>
      (await aws.call('sns', 'GetTopicAttributes', { TopicArn })).Attributes ?? {},
    set: (AttributeName, AttributeValue) =>
      aws.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName, AttributeValue }),
  };
}

export interface AQueue {
  readonly url: string;
  readonly arn: string;
  /** Up to ten messages with all their attributes; they are deleted. */
  messages(): Promise<readonly Sqs.Message[]>;
  bodies(): Promise<readonly string[]>;
}

/** A queue that every topic of the account may send to. */
export async function aQueue(
  aws: Suite,
  name = 'inbox',
  attributes: Attributes = {},
): Promise<AQueue> {
  const arn = `arn:aws:sqs:${aws.region}:${aws.account}:${name}`;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
    },
  });
  const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', {
    QueueName: name,
    Attributes: { Policy, ...fifo, ...attributes },
  });
  const messages = async () => {
    const { Messages = [] } = await aws.call('sqs', 'ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    for (const { ReceiptHandle = '' } of Messages) {
      await aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
    }
    return Messages;
  };
  return {
    url: QueueUrl,
    arn,
    messages,
    bodies: async () => (await messages()).map(({ Body = '' }) => Body),
  };
}

/** A topic with one queue subscribed. */
export async function aTopicAndQueue(aws: Suite, attributes: Attributes = {}) {
  const topic = await aTopic(aws);
  const queue = await aQueue(aws);
  const subscription = await topic.subscribe('sqs', queue.arn, attributes);
  return { topic, queue, subscription };
}

export const RAW = { RawMessageDelivery: 'true' };

/** The one message in the queue, out of its envelope. */
export async function envelopeIn(queue: AQueue): Promise<Readonly<Record<string, unknown>>> {
  const [body, ...others] = await queue.bodies();
  if (body === undefined || others.length > 0) throw new Error(`${others.length} others came.`);
  return JSON.parse(body);
}

export interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

export interface AnEndpoint {
  readonly url: string;
  readonly posts: Post[];
  /** Statuses of the next answers; then 200. */
  readonly answers: number[];
  /** JSON bodies of posts of a type. */
  letters(type: string): readonly Readonly<Record<string, string>>[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** An HTTP server in this process, on loopback. */
export async function anEndpoint(): Promise<AnEndpoint> {
  const posts: Post[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    posts.push({ headers: request.headers, body, path: request.url ?? '' });
    response.writeHead(answers.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    posts,
    answers,
    letters: (type) =>
      posts
        .filter(({ headers }) => headers['x-amz-sns-message-type'] === type)
        .map(({ body }) => JSON.parse(body)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Subscribes the endpoint and says yes for it; answers with the subscription's ARN. */
export async function confirmed(
  aws: Suite,
  topic: ATopic,
  endpoint: AnEndpoint,
  attributes: Attributes = {},
): Promise<string> {
  const arn = await topic.subscribe('http', endpoint.url, attributes);
  await aws.settled();
  const Token = endpoint.letters('SubscriptionConfirmation').at(-1)?.Token ?? '';
  await aws.call('sns', 'ConfirmSubscription', { TopicArn: topic.arn, Token });
  endpoint.posts.length = 0;
  return arn;
}

/** What a plain HTTP path of the server answers. */
export async function get(aws: Suite, path: string, method = 'GET', body?: object) {
  const response = await fetch(aws.endpoint + path, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) };
}

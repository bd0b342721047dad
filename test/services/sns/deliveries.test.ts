/** What happens between a topic and its subscribers when they do not take what they get. */
import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import {
  type AnEndpoint,
  type AQueue,
  type ATopic,
  anEndpoint,
  aQueue,
  aTopic,
  aTopicAndQueue,
  confirmed,
  envelopeIn,
  RAW,
  startSns,
} from './a-topic.ts';

const redrive = (queue: AQueue) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queue.arn }),
});
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

async function startHttp(attributes: Readonly<Record<string, string>> = {}) {
  const aws = await startSns();
  const endpoint = await anEndpoint();
  const topic = await aTopic(aws);
  const arn = await confirmed(aws, topic, endpoint, attributes);
  return {
    ...{ aws, endpoint, topic, arn },
    [Symbol.asyncDispose]: async () => {
      await endpoint[Symbol.asyncDispose]();
      await aws[Symbol.asyncDispose]();
    },
  };
}

/** Seconds between the posts that publishing one message leads to. */
async function rhythm(aws: Suite, topic: ATopic, endpoint: AnEndpoint): Promise<readonly number[]> {
  const moments: number[] = [];
  const push = endpoint.posts.push.bind(endpoint.posts);
  endpoint.posts.push = (...posts) => {
    moments.push(aws.clock.now() / 1000);
    return push(...posts);
  };
  await topic.publish('hello');
  await aws.settled();
  return moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
}

describe('HTTP', () => {
  test('an endpoint gets the envelope and the headers of SNS', async () => {
    await using at = await startHttp();
    const { MessageId } = await at.topic.publish('hello');
    await at.aws.settled();
    const [post] = at.endpoint.posts;
    expect(post?.headers).toMatchObject({
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': MessageId,
      'x-amz-sns-topic-arn': at.topic.arn,
      'x-amz-sns-subscription-arn': at.arn,
    });
    expect(post?.headers).not.toHaveProperty('x-amz-sns-rawdelivery');
    expect(JSON.parse(post?.body ?? '')).toMatchObject({ MessageId, Message: 'hello' });
  });

  test('raw delivery posts the message itself and says so', async () => {
    await using at = await startHttp(RAW);
    await at.topic.publish('{"a":1}', { MessageAttributes: { x: text('y') } });
    await at.aws.settled();
    const [post] = at.endpoint.posts;
    expect(post?.body).toBe('{"a":1}');
    expect(post?.headers['x-amz-sns-rawdelivery']).toBe('true');
  });

  test('headerContentType names the content type', async () => {
    const policy = { requestPolicy: { headerContentType: 'application/json' } };
    await using at = await startHttp({ ...RAW, DeliveryPolicy: JSON.stringify(policy) });
    await at.topic.publish('{}');
    await at.aws.settled();
    expect(at.endpoint.posts[0]?.headers['content-type']).toBe('application/json');
  });

  test('an error of the server is tried three times again, 20 s apart', async () => {
    await using at = await startHttp();
    at.endpoint.answers.push(500, 503, 429, 500);
    expect(await rhythm(at.aws, at.topic, at.endpoint)).toEqual([20, 20, 20]);
  });

  test('a retry that succeeds is the last, with the same message id', async () => {
    await using at = await startHttp();
    at.endpoint.answers.push(500);
    expect(await rhythm(at.aws, at.topic, at.endpoint)).toEqual([20]);
    const ids = at.endpoint.posts.map(({ headers }) => headers['x-amz-sns-message-id']);
    expect(new Set(ids).size).toBe(1);
  });

  test("a delivery policy sets the rhythm: AWS's own example", async () => {
    const healthyRetryPolicy = {
      ...{ minDelayTarget: 1, maxDelayTarget: 60, numRetries: 50 },
      ...{ numNoDelayRetries: 3, numMinDelayRetries: 2, numMaxDelayRetries: 35 },
      backoffFunction: 'geometric',
    };
    await using at = await startHttp({ DeliveryPolicy: JSON.stringify({ healthyRetryPolicy }) });
    at.endpoint.answers.push(...new Array<number>(60).fill(500));
    const seconds = await rhythm(at.aws, at.topic, at.endpoint);
    expect(seconds).toHaveLength(50);
    expect(seconds.slice(0, 6)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(seconds[14]).toBe(60);
    expect(seconds.at(-1)).toBe(60);
  });

  test('no policy goes on for more than an hour', async () => {
    const healthyRetryPolicy = { minDelayTarget: 600, maxDelayTarget: 600, numRetries: 100 };
    await using at = await startHttp({ DeliveryPolicy: JSON.stringify({ healthyRetryPolicy }) });
    at.endpoint.answers.push(...new Array<number>(20).fill(500));
    expect(await rhythm(at.aws, at.topic, at.endpoint)).toEqual(new Array(6).fill(600));
  });

  test('maxReceivesPerSecond spreads messages out', async () => {
    const policy = { throttlePolicy: { maxReceivesPerSecond: 2 } };
    await using at = await startHttp({ ...RAW, DeliveryPolicy: JSON.stringify(policy) });
    for (const message of ['1', '2', '3', '4']) await at.topic.publish(message);
    const counts: number[] = [];
    for (let step = 0; step < 4; step += 1) {
      await at.aws.clock.advance('500ms');
      counts.push(at.endpoint.posts.length);
    }
    expect(counts).toEqual([2, 3, 4, 4]);
    expect(at.endpoint.posts.map(({ body }) => body)).toEqual(['1', '2', '3', '4']);
  });

  test('a refusal is not tried again and rests in the dead-letter queue', async () => {
    await using at = await startHttp();
    const dead = await aQueue(at.aws, 'dead');
    const { RedrivePolicy: AttributeValue } = redrive(dead);
    await at.aws.call('sns', 'SetSubscriptionAttributes', {
      SubscriptionArn: at.arn,
      AttributeName: 'RedrivePolicy',
      AttributeValue,
    });
    at.endpoint.answers.push(404);
    expect(await rhythm(at.aws, at.topic, at.endpoint)).toEqual([]);
    const letter = await envelopeIn(dead);
    expect(letter).toEqual(JSON.parse(at.endpoint.posts[0]?.body ?? ''));
  });

  test('a server that never recovers leaves the message in the dead-letter queue', async () => {
    await using aws = await startSns();
    await using endpoint = await anEndpoint();
    const topic = await aTopic(aws);
    const dead = await aQueue(aws, 'dead');
    await confirmed(aws, topic, endpoint, { ...RAW, ...redrive(dead) });
    endpoint.answers.push(500, 500, 500, 500);
    await topic.publish('hello', { MessageAttributes: { x: text('y') } });
    await aws.settled();
    expect(endpoint.posts).toHaveLength(4);
    const [letter] = await dead.messages();
    expect(letter?.Body).toBe('hello');
    expect(letter?.MessageAttributes).toEqual({ x: text('y') });
  });

  test('one endpoint that is down does not hold up the others', async () => {
    await using aws = await startSns();
    await using down = await anEndpoint();
    await using up = await anEndpoint();
    const topic = await aTopic(aws);
    await confirmed(aws, topic, down);
    await confirmed(aws, topic, up);
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn, RAW);
    down.answers.push(500);
    await topic.publish('hello');
    expect(await queue.bodies()).toEqual(['hello']);
    await aws.clock.advance('1s');
    expect(up.posts).toHaveLength(1);
    expect(down.posts).toHaveLength(1);
    await aws.settled();
    expect(down.posts).toHaveLength(2);
  });
});

describe('queues', () => {
  test('a queue that is gone sends its messages to the dead-letter queue at once', async () => {
    await using aws = await startSns();
    const dead = await aQueue(aws, 'dead');
    const { topic, queue } = await aTopicAndQueue(aws, { ...RAW, ...redrive(dead) });
    await aws.call('sqs', 'DeleteQueue', { QueueUrl: queue.url });
    await topic.publish('hello', { MessageAttributes: { x: text('y') } });
    const [letter] = await dead.messages();
    expect(letter?.Body).toBe('hello');
    expect(letter?.MessageAttributes).toEqual({ x: text('y') });
  });

  test('a queue whose policy does not let SNS send is as good as gone', async () => {
    await using aws = await startSns();
    const dead = await aQueue(aws, 'dead');
    const { topic, queue } = await aTopicAndQueue(aws, redrive(dead));
    const Attributes = { Policy: '' };
    await aws.call('sqs', 'SetQueueAttributes', { QueueUrl: queue.url, Attributes });
    await topic.publish('hello');
    expect(await queue.bodies()).toEqual([]);
    expect((await envelopeIn(dead)).Message).toBe('hello');
  });

  test('a policy may let in one topic and no other', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, RAW);
    const other = await aTopic(aws, 'other');
    await other.subscribe('sqs', queue.arn, RAW);
    const Statement = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue.arn,
      Condition: { ArnLike: { 'aws:SourceArn': topic.arn } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await aws.call('sqs', 'SetQueueAttributes', { QueueUrl: queue.url, Attributes: { Policy } });
    await topic.publish('from news');
    await other.publish('from other');
    expect(await queue.bodies()).toEqual(['from news']);
  });

  test('ten attributes go raw into a queue, eleven into the dead-letter queue', async () => {
    await using aws = await startSns();
    const dead = await aQueue(aws, 'dead');
    const { topic, queue } = await aTopicAndQueue(aws, { ...RAW, ...redrive(dead) });
    const attributes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, text('x')]));
    await topic.publish('ten', { MessageAttributes: attributes(10) });
    await topic.publish('eleven', { MessageAttributes: attributes(11) });
    expect(await queue.bodies()).toEqual(['ten']);
    const letter = await envelopeIn(dead);
    expect(letter.Message).toBe('eleven');
    expect(Object.keys(letter.MessageAttributes as object)).toHaveLength(11);
  });

  test('messages for a FIFO queue that is gone keep their order as dead letters', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo');
    const dead = await aQueue(aws, 'dead.fifo');
    const gone = `arn:aws:sqs:${aws.region}:${aws.account}:gone.fifo`;
    await topic.subscribe('sqs', gone, { ...RAW, ...redrive(dead) });
    for (const id of ['1', '2', '3']) {
      await topic.publish(id, { MessageGroupId: 'g', MessageDeduplicationId: id });
    }
    const letters = await dead.messages();
    expect(letters.map(({ Body }) => Body)).toEqual(['1', '2', '3']);
    expect(letters[0]?.Attributes?.MessageGroupId).toBe('g');
  });
});

import { describe, expect, test } from 'vitest';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';

describe('answers', () => {
  test('a queue has a URL on the host that the client used', async () => {
    await using aws = await startSqs();
    const { QueueUrl } = await aws.call('sqs', 'CreateQueue', { QueueName: 'orders' });
    expect(QueueUrl).toBe(`${aws.endpoint}/${aws.account}/orders`);
    const found = await aws.call('sqs', 'GetQueueUrl', { QueueName: 'orders' });
    expect(found).toEqual({ QueueUrl });
  });

  test('a queue is made once, however often it is asked for with the same values', async () => {
    await using aws = await startSqs();
    const attributes = { VisibilityTimeout: '10', DelaySeconds: '0' };
    const first = await aQueue(aws, 'orders', attributes);
    await first.send('still here');
    const again = await aQueue(aws, 'orders', { DelaySeconds: '0' });
    expect(again.url).toBe(first.url);
    const tags = { team: 'blue' };
    await aws.call('sqs', 'CreateQueue', { QueueName: 'orders', tags });
    expect(await again.bodies()).toEqual(['still here']);
    expect(await aws.call('sqs', 'ListQueueTags', { QueueUrl: first.url })).toEqual({});
  });

  test('attributes that are JSON are compared by what they say', async () => {
    await using aws = await startSqs();
    const dead = await aQueue(aws, 'dead');
    const one = `{"maxReceiveCount":3,"deadLetterTargetArn":"${dead.arn}"}`;
    const other = `{ "deadLetterTargetArn": "${dead.arn}", "maxReceiveCount": 3 }`;
    const { url } = await aQueue(aws, 'orders', { RedrivePolicy: one });
    expect((await aQueue(aws, 'orders', { RedrivePolicy: other })).url).toBe(url);
  });

  test('every form of queue URL that is in use finds the queue', async () => {
    await using aws = await startSqs();
    const { url } = await aQueue(aws);
    const { account, region } = aws;
    const forms = [
      url,
      'orders',
      `http://elsewhere:1234/${account}/orders`,
      `https://sqs.${region}.amazonaws.com/${account}/orders`,
      `http://${region}.queue.localhost.localstack.cloud:4566/${account}/orders`,
      `http://localhost:4566/queue/${region}/${account}/orders`,
      'http://localhost:4566/orders',
      '/orders',
    ];
    for (const QueueUrl of forms) {
      const { MessageId } = await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' });
      expect(MessageId).toBeDefined();
    }
    expect((await aws.call('sqs', 'GetQueueAttributes', { QueueUrl: url })).Attributes).toBe(
      undefined,
    );
  });

  test('a region in the URL goes before the one that signed', async () => {
    await using aws = await startSqs();
    await aQueue(aws.as({ region: 'eu-west-1' }), 'europe');
    const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${aws.account}/europe`;
    await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' });
  });

  test('queues are listed by prefix, and nothing is listed as nothing', async () => {
    await using aws = await startSqs();
    expect(await aws.call('sqs', 'ListQueues', {})).toEqual({});
    for (const name of ['b', 'a-2', 'a-1']) await aQueue(aws, name);
    const url = (name: string) => `${aws.endpoint}/${aws.account}/${name}`;
    expect(await aws.call('sqs', 'ListQueues', {})).toEqual({
      QueueUrls: [url('a-1'), url('a-2'), url('b')],
    });
    expect(await aws.call('sqs', 'ListQueues', { QueueNamePrefix: 'a-' })).toEqual({
      QueueUrls: [url('a-1'), url('a-2')],
    });
    expect(await aws.as({ region: 'eu-west-1' }).call('sqs', 'ListQueues', {})).toEqual({});
    expect(await aws.as({ account: '999999999999' }).call('sqs', 'ListQueues', {})).toEqual({});
  });

  test('a long list comes in pages', async () => {
    await using aws = await startSqs();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await aQueue(aws, name);
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await aws.call('sqs', 'ListQueues', {
        MaxResults: 2,
        ...(NextToken !== undefined && { NextToken }),
      });
      names.push(...(page.QueueUrls ?? []).map((url) => url.slice(-1)));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('a dead-letter queue knows whose dead letters it takes', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 3);
    const sources = await aws.call('sqs', 'ListDeadLetterSourceQueues', { QueueUrl: dead.url });
    expect(sources).toEqual({ queueUrls: [queue.url] });
    const none = await aws.call('sqs', 'ListDeadLetterSourceQueues', { QueueUrl: queue.url });
    expect(none).toEqual({ queueUrls: [] });
  });

  test('a deleted queue is gone with all in it; the next knows none of its handles', async () => {
    await using aws = await startSqs();
    const before = await aQueue(aws);
    await before.send('old');
    const message = await before.one();
    await aws.call('sqs', 'DeleteQueue', { QueueUrl: before.url });
    const gone = await aws.fails('sqs', 'ReceiveMessage', { QueueUrl: before.url });
    expect(gone.code).toBe('QueueDoesNotExist');

    const after = await aQueue(aws);
    expect(await after.counts()).toEqual([0, 0, 0]);
    const { code } = await aws.fails('sqs', 'DeleteMessage', {
      QueueUrl: after.url,
      ReceiptHandle: message.ReceiptHandle,
    });
    expect(code).toBe('ReceiptHandleIsInvalid');
  });

  test('a name is free at once, unless the cool-down times of AWS are wanted', async () => {
    await using aws = await startSqs({ settings: { queueCooldowns: true } });
    const { url } = await aQueue(aws);
    await aws.call('sqs', 'DeleteQueue', { QueueUrl: url });
    await aws.clock.advance('59s');
    const early = await aws.fails('sqs', 'CreateQueue', { QueueName: 'orders' });
    expect(early).toMatchObject({
      code: 'QueueDeletedRecently',
      message:
        'You must wait 60 seconds after deleting a queue before you can create another with ' +
        'the same name.',
    });
    await aws.clock.advance('1s');
    expect((await aQueue(aws)).url).toBe(url);
  });
});

describe('refusals', () => {
  test('a queue with another value is in the way', async () => {
    await using aws = await startSqs();
    await aQueue(aws, 'orders', { VisibilityTimeout: '10' });
    const Attributes = { VisibilityTimeout: '11' };
    const failure = await aws.fails('sqs', 'CreateQueue', { QueueName: 'orders', Attributes });
    expect(failure).toMatchObject({
      code: 'QueueNameExists',
      message:
        'A queue already exists with the same name and a different value for attribute ' +
        'VisibilityTimeout',
    });
  });

  test('a queue that is not there does not exist', async () => {
    await using aws = await startSqs();
    const missing = { code: 'QueueDoesNotExist', message: 'The specified queue does not exist.' };
    const byName = await aws.fails('sqs', 'GetQueueUrl', { QueueName: 'nowhere' });
    expect(byName).toMatchObject(missing);
    for (const QueueUrl of ['nowhere', 'http://x/1/nowhere', `${aws.endpoint}/`]) {
      const failure = await aws.fails('sqs', 'DeleteQueue', { QueueUrl });
      expect(failure).toMatchObject({ ...missing, status: 400 });
    }
  });

  test('SDKs that know the older code see it', async () => {
    await using aws = await startSqs();
    const { reported } = await aws.fails('sqs', 'GetQueueUrl', { QueueName: 'nowhere' });
    const expected =
      process.env.SDK === 'boto3' ? 'AWS.SimpleQueueService.NonExistentQueue' : reported;
    expect(reported).toBe(expected);
  });

  test.each([
    ['a.b', {}, 'Can only include alphanumeric characters, hyphens, or underscores.'],
    ['a'.repeat(81), {}, '1 to 80 in length'],
    ['orders.fifo', {}, 'Can only include alphanumeric characters'],
    ['orders', { FifoQueue: 'true' }, 'must end with .fifo suffix'],
    [`${'a'.repeat(76)}.fifo`, { FifoQueue: 'true' }, 'be 1 to 80 in length'],
  ])('the name %s with %j will not do', async (QueueName, Attributes, reason) => {
    await using aws = await startSqs();
    const failure = await aws.fails('sqs', 'CreateQueue', { QueueName, Attributes });
    expect(failure.code).toBe('InvalidParameterValue');
    expect(failure.message).toContain(reason);
  });

  test('FifoQueue is true or not there at all', async () => {
    await using aws = await startSqs();
    const Attributes = { FifoQueue: 'false' };
    const failure = await aws.fails('sqs', 'CreateQueue', { QueueName: 'orders', Attributes });
    expect(failure).toMatchObject({
      code: 'InvalidAttributeName',
      message: 'Unknown Attribute FifoQueue.',
    });
  });

  test('a token that is made up, or from another question, is no token', async () => {
    await using aws = await startSqs();
    for (const name of ['a', 'b', 'c']) await aQueue(aws, name);
    const { NextToken } = await aws.call('sqs', 'ListQueues', { MaxResults: 1 });
    const other = { MaxResults: 1, QueueNamePrefix: 'c', NextToken };
    for (const input of [other, { MaxResults: 1, NextToken: 'made-up' }]) {
      const { code } = await aws.fails('sqs', 'ListQueues', input);
      expect(code).toBe('InvalidParameterValue');
    }
  });
});

describe('limits', () => {
  test('a name may have 80 characters, the suffix included', async () => {
    await using aws = await startSqs();
    await aQueue(aws, 'a'.repeat(80));
    await aQueue(aws, `${'a'.repeat(75)}.fifo`);
  });

  test.each([0, 1001])('a page of %d queues is refused', async (MaxResults) => {
    await using aws = await startSqs();
    const { code } = await aws.fails('sqs', 'ListQueues', { MaxResults });
    expect(code).toBe('InvalidParameterValue');
  });
});

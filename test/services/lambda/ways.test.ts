/** Messages and records that came to a function or did not: why. */
import { describe, expect, test } from 'vitest';
import type { Way, Why } from '../../../src/admin-api/index.ts';
import { looked } from '../../admin/asked.ts';
import { journalOfSuite } from '../../sdk/facts.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:orders';
const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

async function waysOf(aws: Suite, id: string | undefined): Promise<readonly Way[]> {
  return (await looked<Why>(aws, 'why', { id })).ways;
}

async function wayOf(aws: Suite, id: string | undefined): Promise<Way | undefined> {
  const ways = await waysOf(aws, id);
  expect(ways).toHaveLength(1);
  return ways[0];
}

async function withQueue(attributes: Readonly<Record<string, string>> = {}) {
  const aws = await startSuite();
  const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', {
    QueueName: 'orders',
    Attributes: attributes,
  });
  const send = async (MessageBody: string) =>
    (await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody })).MessageId;
  return { aws, QueueUrl, send };
}

const filtered = (...patterns: readonly object[]) => ({
  FilterCriteria: { Filters: patterns.map((one) => ({ Pattern: JSON.stringify(one) })) },
});

describe('a message of a queue', () => {
  test('was handed to the function', async () => {
    const { aws, send } = await withQueue();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    const uuid = await f.feedFrom(QUEUE);
    const id = await send('{"n":1}');
    await aws.settled();
    expect(await wayOf(aws, id)).toEqual({
      arn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${uuid}`,
      name: 'f',
      kind: 'mapping',
      targets: [f.arn],
      verdict: 'delivered',
      because: 'The function ran with it, and it is done.',
      attempts: [
        {
          atMs: expect.any(Number),
          target: `${f.arn}:$LATEST`,
          outcome: 'ok',
          note: expect.stringMatching(/^\d+ ms$/),
        },
      ],
    });
  });

  test('was dropped by the filter, and by which condition', async () => {
    const { aws, send } = await withQueue();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    const UUID = await f.feedFrom(QUEUE, filtered({ body: { n: [1] } }));
    const id = await send('{"n":2}');
    await aws.settled();
    expect(await wayOf(aws, id)).toMatchObject({
      verdict: 'not-matched',
      because: 'body.n is 2; wanted is [1].',
      mismatch: { path: 'body.n', wanted: '[1]', found: [2], nearness: 0 },
      attempts: [],
    });
    await aws.call('lambda', 'UpdateEventSourceMapping', { UUID, FilterCriteria: {} });
    await aws.settled();
    expect(await wayOf(aws, id)).toMatchObject({
      verdict: 'not-matched',
      because: 'The filter of the mapping dropped it; it has been changed since.',
    });
  });

  test('waits: the mapping is disabled', async () => {
    const { aws, send } = await withQueue();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    await f.feedFrom(QUEUE, { Enabled: false });
    await aws.settled();
    const id = await send('a');
    expect(await wayOf(aws, id)).toMatchObject({
      verdict: 'disabled',
      because: 'The mapping takes nothing: it is Disabled.',
    });
  });

  test('waits: the function is gone', async () => {
    const { aws, send } = await withQueue();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    await f.feedFrom(QUEUE);
    await aws.settled();
    await aws.call('lambda', 'DeleteFunction', { FunctionName: 'f' });
    const id = await send('a');
    expect(await wayOf(aws, id)).toMatchObject({
      verdict: 'disabled',
      because: `The function ${f.arn} does not exist.`,
    });
  });

  test('comes again after a run that failed, and then is a dead letter', async () => {
    const { aws, send, QueueUrl } = await withQueue();
    await using _ = aws;
    await aws.call('sqs', 'CreateQueue', { QueueName: 'letters' });
    await aws.call('sqs', 'SetQueueAttributes', {
      QueueUrl,
      Attributes: {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: QUEUE.replace('orders', 'letters'),
          maxReceiveCount: 2,
        }),
      },
    });
    const f = await aws.lambda('f', () => 'done');
    f.fail(9, new TypeError('no such order'));
    await f.feedFrom(QUEUE);
    await aws.settled();
    const id = await send('a');
    await aws.clock.advance('1s');
    const [way] = await waysOf(aws, id);
    expect(way).toMatchObject({ verdict: 'retrying', attempts: [{ outcome: 'TypeError' }] });
    expect(way?.because).toMatch(/^It comes again after 1 run \(TypeError: no such order\)\.$/);
    await aws.settled();
    await aws.clock.advance('1m');
    const [ended] = await waysOf(aws, id);
    expect(ended).toMatchObject({ verdict: 'dead-lettered', attempts: [{}, {}] });
    expect(ended?.because).toMatch(/^Given up after 2 runs .* and put into sqs:letters\.$/);
  });

  test('was taken by somebody else, or has not been received', async () => {
    const { aws, send, QueueUrl } = await withQueue();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    const taken = await send('a');
    const { Messages = [] } = await aws.call('sqs', 'ReceiveMessage', { QueueUrl });
    const ReceiptHandle = Messages[0]?.ReceiptHandle ?? '';
    await aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
    const { MessageId: late } = await aws.call('sqs', 'SendMessage', {
      ...{ QueueUrl, MessageBody: 'b', DelaySeconds: 600 },
    });
    await f.feedFrom(QUEUE);
    await aws.clock.advance('1s');
    expect(await wayOf(aws, taken)).toMatchObject({
      verdict: 'not-then',
      because: 'Another consumer received it and confirmed it.',
    });
    expect(await wayOf(aws, late)).toMatchObject({
      verdict: 'retrying',
      because: 'It waits in orders to be received.',
    });
  });

  test('that a topic made is known by what happened to it', async () => {
    const { aws, QueueUrl } = await withQueue();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    await f.feedFrom(QUEUE, filtered({ body: { n: [1] } }));
    const { TopicArn = '' } = await aws.call('sns', 'CreateTopic', { Name: 'news' });
    const Allow = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [Allow] });
    await aws.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
    await aws.call('sns', 'Subscribe', {
      ...{ TopicArn, Protocol: 'sqs', Endpoint: QUEUE },
      Attributes: { RawMessageDelivery: 'true' },
    });
    const { MessageId } = await aws.call('sns', 'Publish', { TopicArn, Message: '{"n":1}' });
    await aws.settled();
    const trace = await aws.stack.traces.trace(MessageId ?? '');
    const message = trace?.tree.children[0]?.id;
    expect(await wayOf(aws, message)).toMatchObject({ kind: 'mapping', verdict: 'delivered' });
  });
});

describe('a record of a stream', () => {
  async function withStream() {
    const aws = await startSuite();
    await aws.call('kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 });
    const put = async (text: string) => {
      const { ShardId, SequenceNumber } = await aws.call('kinesis', 'PutRecord', {
        ...{ StreamName: 's', Data: new TextEncoder().encode(text), PartitionKey: 'k' },
      });
      return `${ShardId}:${SequenceNumber}`;
    };
    return { aws, put };
  }

  test('was handed over, or dropped by the filter', async () => {
    const { aws, put } = await withStream();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    const StartingPosition = 'TRIM_HORIZON' as const;
    await f.feedFrom(STREAM, { StartingPosition, ...filtered({ data: { n: [1] } }) });
    const [good, bad] = [await put('{"n":1}'), await put('{"n":2}')];
    await aws.settled();
    expect(await wayOf(aws, good)).toMatchObject({ verdict: 'delivered', attempts: [{}] });
    expect(await wayOf(aws, bad)).toMatchObject({
      verdict: 'not-matched',
      because: 'data.n is 2; wanted is [1].',
    });
  });

  test('was given up', async () => {
    const { aws, put } = await withStream();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    f.fail(9);
    await f.feedFrom(STREAM, { StartingPosition: 'TRIM_HORIZON', MaximumRetryAttempts: 1 });
    const id = await put('a');
    await aws.settled();
    const way = await wayOf(aws, id);
    expect(way).toMatchObject({ verdict: 'lost', attempts: [{}, {}] });
    expect(way?.because).toMatch(/^Given up after 2 runs .* and lost\.$/);
  });

  test('was written before the mapping began', async () => {
    const { aws, put } = await withStream();
    await using _ = aws;
    const id = await put('a');
    await aws.clock.advance('1s');
    const f = await aws.lambda('f', () => 'done');
    await f.feedFrom(STREAM, { StartingPosition: 'LATEST' });
    await aws.settled();
    expect(await wayOf(aws, id)).toMatchObject({
      verdict: 'not-then',
      because:
        'The mapping would take it, and has not: ' +
        'it was made or changed after the record had been written.',
    });
  });

  test('of a table was filtered out by what was in it', async () => {
    await using aws = await startSuite();
    const { TableDescription } = await aws.call('dynamodb', 'CreateTable', {
      TableName: 'orders',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    await aws.settled();
    const f = await aws.lambda('f', () => 'done');
    const wanted = { eventName: ['INSERT'], dynamodb: { NewImage: { n: { N: ['1'] } } } };
    await f.feedFrom(TableDescription?.LatestStreamArn ?? '', {
      ...{ StartingPosition: 'TRIM_HORIZON', ...filtered(wanted) },
    });
    const changed = async (n: string) => {
      const Item = { id: { S: n }, n: { N: n } };
      await aws.call('dynamodb', 'PutItem', { TableName: 'orders', Item });
      await aws.settled();
      const facts = await journalOfSuite(aws);
      return facts.findLast(({ kind, note }) => kind === 'publish' && note === 'INSERT')?.id;
    };
    expect(await wayOf(aws, await changed('2'))).toMatchObject({
      verdict: 'not-matched',
      because: 'dynamodb.NewImage.n.N is "2"; wanted is ["1"].',
      mismatch: { nearness: 0.5 },
    });
    expect(await wayOf(aws, await changed('1'))).toMatchObject({ verdict: 'delivered' });
  });

  test('is told apart by mapping', async () => {
    const { aws, put } = await withStream();
    await using _ = aws;
    const StartingPosition = 'TRIM_HORIZON' as const;
    const [f, g] = [await aws.lambda('f', () => 1), await aws.lambda('g', () => 1)];
    const h = await aws.lambda('h', () => 1);
    await f.feedFrom(STREAM, { StartingPosition });
    await g.feedFrom(STREAM, { StartingPosition, ...filtered({ data: ['x'] }) });
    h.fail(9);
    await h.feedFrom(STREAM, { StartingPosition, MaximumRetryAttempts: 0 });
    const id = await put('a');
    await aws.settled();
    const ways = await waysOf(aws, id);
    expect(ways.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'h lost',
      'f delivered',
      'g not-matched',
    ]);
  });

  test('stands behind one that fails again and again', async () => {
    const { aws, put } = await withStream();
    await using _ = aws;
    const f = await aws.lambda('f', () => 'done');
    await f.feedFrom(STREAM, { StartingPosition: 'TRIM_HORIZON', BatchSize: 1 });
    await aws.settled();
    f.fail(99);
    await put('poison');
    const behind = await put('behind');
    await aws.clock.advance('1s');
    expect(await wayOf(aws, behind)).toMatchObject({
      verdict: 'retrying',
      because:
        'The mapping has not come to it: it may stand behind a batch that fails again and again.',
    });
  });
});

/** Faults as tests ask for them, through SDK clients. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, test, vi } from 'vitest';
import { type Aws, type AwsOptions, startAws } from '../../src/testing/index.ts';

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const RULE = 'arn:aws:events:us-east-1:000000000000:rule/orders';

/** A rule that hands events to `orders`, and what it cannot hand over to `dead`. */
async function withRule(options: AwsOptions = {}): Promise<Aws> {
  const aws = await startAws({ settings: { enforcePolicies: false }, ...options });
  const sqs = aws.client(SQSClient);
  for (const QueueName of ['orders', 'dead']) await sqs.send(new CreateQueueCommand({ QueueName }));
  const events = aws.client(EventBridgeClient);
  const EventPattern = '{"source":["shop"]}';
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern }));
  const DeadLetterConfig = { Arn: arn('dead') };
  const RetryPolicy = { MaximumRetryAttempts: 2 };
  const target = { Id: 'q', Arn: arn('orders'), DeadLetterConfig, RetryPolicy };
  await events.send(new PutTargetsCommand({ Rule: 'orders', Targets: [target] }));
  return aws;
}

async function put(aws: Aws): Promise<string> {
  const entry = { Source: 'shop', DetailType: 'OrderPlaced', Detail: '{}' };
  const command = new PutEventsCommand({ Entries: [entry] });
  const { Entries } = await aws.client(EventBridgeClient).send(command);
  return Entries?.[0]?.EventId ?? '';
}

async function countIn(aws: Aws, QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
  const { Attributes } = await aws.client(SQSClient).send(asked);
  return Number(Attributes?.ApproximateNumberOfMessages);
}

async function facts(aws: Aws, id: string): Promise<readonly string[]> {
  const trace = await aws.trace(id);
  return (trace?.tree.facts ?? []).map(({ kind, outcome }) => `${kind} ${outcome ?? ''}`.trim());
}

describe('of the API', () => {
  test('an operation is refused with the code, until the fault has had its times', async () => {
    await using aws = await startAws();
    const dynamodb = aws.client(DynamoDBClient, { maxAttempts: 1 });
    const error = 'ProvisionedThroughputExceededException';
    const fault = aws.faults.api({ service: 'dynamodb', operation: 'ListTables', error, times: 2 });
    const list = () => dynamodb.send(new ListTablesCommand({}));
    await expect(list()).rejects.toMatchObject({
      name: error,
      $metadata: { httpStatusCode: 400 },
      message: expect.stringContaining('a fault was asked for'),
    });
    await expect(list()).rejects.toMatchObject({ name: error });
    await expect(list()).resolves.toMatchObject({ TableNames: [] });
    expect(fault).toMatchObject({ hits: 2, misses: 0 });
  });

  test('SDKs try errors of the server again, and what is refused changes nothing', async () => {
    await using aws = await startAws();
    const sqs = aws.client(SQSClient);
    await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    aws.faults.api({ service: 'sqs', error: 'ServiceUnavailable', times: 1 });
    await sqs.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'b' }));
    expect(await countIn(aws, 'q')).toBe(1);
    const fault = aws.faults.api({ error: 'InternalError' });
    const once = aws.client(SQSClient, { maxAttempts: 1 });
    const send = new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'b' });
    await expect(once.send(send)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    fault.remove();
    expect(await countIn(aws, 'q')).toBe(1);
  });

  test('an answer is late in real time', async () => {
    await using aws = await startAws();
    aws.faults.api({ service: 'dynamodb', delay: 40 });
    const before = Date.now();
    await aws.client(DynamoDBClient).send(new ListTablesCommand({}));
    expect(Date.now() - before).toBeGreaterThanOrEqual(39);
  });

  test('nobody waits for a late answer when the server ends', async () => {
    const aws = await startAws();
    aws.faults.api({ delay: '10m' });
    const late = aws.client(DynamoDBClient).send(new ListTablesCommand({}));
    late.catch(() => {});
    await expect.poll(() => aws.stack.faults.list()[0]?.hits).toBe(1);
    await aws[Symbol.asyncDispose]();
  });
});

describe('of deliveries', () => {
  test('a hand-over fails, is tried again by the policy, and arrives', async () => {
    await using aws = await withRule();
    aws.faults.delivery(RULE, { error: 'TIMEOUT', times: 1 });
    const id = await put(aws);
    expect(await countIn(aws, 'orders')).toBe(0);
    await aws.settled();
    expect(await countIn(aws, 'orders')).toBe(1);
    expect(await facts(aws, id)).toEqual([
      ...['publish', 'match', 'deliver TIMEOUT', 'retry TIMEOUT', 'deliver ok'],
    ]);
  });

  test('what always fails ends in the dead-letter queue after all tries', async () => {
    await using aws = await withRule();
    const fault = aws.faults.delivery(arn('orders'), { error: 'THROTTLING' });
    await put(aws);
    await aws.settled();
    expect(await countIn(aws, 'orders')).toBe(0);
    const receive = { QueueUrl: 'dead', MessageAttributeNames: ['All'] };
    const { Messages } = await aws.client(SQSClient).send(new ReceiveMessageCommand(receive));
    const attributes = Messages?.[0]?.MessageAttributes;
    expect(attributes?.ERROR_CODE?.StringValue).toBe('THROTTLING');
    expect(attributes?.RETRY_ATTEMPTS?.StringValue).toBe('2');
    expect(fault.hits).toBe(3);
  });

  test('a hand-over is late by so much, which is no attempt', async () => {
    await using aws = await withRule();
    aws.faults.delivery(`${RULE}*`, { delay: '30s' });
    const fault = aws.faults.delivery(RULE, { error: 'TIMEOUT' });
    const id = await put(aws);
    await aws.clock.advance('29s');
    expect(await facts(aws, id)).toEqual(['publish', 'match', 'retry FAULT_DELAY']);
    await aws.clock.advance('1s');
    expect((await facts(aws, id)).slice(3)).toEqual(['deliver TIMEOUT', 'retry TIMEOUT']);
    await aws.settled();
    expect(await countIn(aws, 'dead')).toBe(1);
    expect(fault.hits).toBe(3);
  });

  test('a hand-over is doubled: the target has it twice, from one event', async () => {
    await using aws = await withRule();
    aws.faults.delivery(RULE, { duplicate: true, delay: '5s' });
    const id = await put(aws);
    expect(await countIn(aws, 'orders')).toBe(1);
    await aws.settled();
    expect(await countIn(aws, 'orders')).toBe(2);
    const told = await facts(aws, id);
    expect(told.slice(2)).toEqual(['deliver ok', 'retry FAULT_DUPLICATE', 'deliver ok']);
  });

  test('deliveries that keep an order keep it, late or doubled', async () => {
    await using aws = await startAws({ settings: { enforcePolicies: false } });
    const sqs = aws.client(SQSClient);
    const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    await sqs.send(new CreateQueueCommand({ QueueName: 'q.fifo', Attributes: fifo }));
    const sns = aws.client(SNSClient);
    const topic = { FifoTopic: 'true', ContentBasedDeduplication: 'true' };
    const create = new CreateTopicCommand({ Name: 't.fifo', Attributes: topic });
    const { TopicArn } = await sns.send(create);
    const Endpoint = arn('q.fifo');
    const subscribe = { TopicArn, Protocol: 'sqs', Endpoint, ReturnSubscriptionArn: true };
    const { SubscriptionArn = '' } = await sns.send(new SubscribeCommand(subscribe));
    aws.faults.delivery(SubscriptionArn, { delay: '10s', times: 1 });
    aws.faults.delivery(SubscriptionArn, { duplicate: true, times: 2 });
    for (const Message of ['1', '2', '3', '4']) {
      await sns.send(new PublishCommand({ TopicArn, Message, MessageGroupId: 'g' }));
    }
    await aws.settled();
    const receive = { QueueUrl: 'q.fifo', MaxNumberOfMessages: 10 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(receive));
    const said = Messages.map(({ Body }) => JSON.parse(Body ?? '{}').Message);
    expect(said).toEqual(['1', '2', '3', '4']);
  });

  test('functions get what was doubled twice, and what was late later', async () => {
    await using aws = await startAws({ settings: { enforcePolicies: false } });
    const ship = await aws.lambda('ship', async () => 'shipped');
    const events = aws.client(EventBridgeClient);
    await events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["shop"]}' }));
    const Targets = [{ Id: 'f', Arn: ship.arn }];
    await events.send(new PutTargetsCommand({ Rule: 'r', Targets }));
    aws.faults.delivery(ship.arn, { duplicate: true, times: 1 });
    await put(aws);
    await aws.settled();
    expect(ship.received).toHaveLength(2);
  });
});

describe('chance', () => {
  const hits = async (seed?: number) => {
    await using aws = await withRule(seed === undefined ? {} : { faultSeed: seed });
    aws.faults.delivery(RULE, { duplicate: true, probability: 0.5 });
    for (let event = 0; event < 20; event += 1) await put(aws);
    await aws.settled();
    const seen: number[] = [];
    for (const { id, hits, misses } of aws.stack.faults.list()) {
      expect(id).toBe('fault-1');
      seen.push(hits, misses);
    }
    return [...seen, await countIn(aws, 'orders')];
  };

  test('a seed repeats a run', async () => {
    const [struck = 0, spared, arrived] = await hits(7);
    expect(struck + (spared ?? 0)).toBe(20);
    expect(arrived).toBe(20 + struck);
    expect(await hits(7)).toEqual([struck, spared, arrived]);
  });

  test('a seed that nobody has chosen is printed, and FAULT_SEED takes it', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    try {
      const first = await hits();
      const said = written.mock.calls.map(([text]) => String(text)).join('');
      const seed = /FAULT_SEED=(\d+)/.exec(said)?.[1] ?? '';
      expect(seed).not.toBe('');
      vi.stubEnv('FAULT_SEED', seed);
      written.mockClear();
      expect(await hits()).toEqual(first);
      expect(written).not.toHaveBeenCalled();
      vi.stubEnv('FAULT_SEED', 'soon');
      await expect(startAws()).rejects.toThrow('A seed of faults is a whole number, not soon.');
    } finally {
      vi.unstubAllEnvs();
      written.mockRestore();
    }
  });
});

describe('refusals', () => {
  test('names that AWS does not have, and faults that do nothing, are told at once', async () => {
    await using aws = await startAws();
    const { faults } = aws;
    expect(() => faults.api({ service: 'sqz', error: 'X' })).toThrow('There is no service sqz');
    expect(() => faults.api({ service: 'sqs', operation: 'PutItem', error: 'X' })).toThrow(
      'sqs has no operation PutItem.',
    );
    expect(() => faults.api({ operation: 'Nothing', error: 'X' })).toThrow('Nothing');
    expect(() => faults.delivery(RULE, {})).toThrow('A fault does something');
    expect(aws.stack.faults.on).toBe(false);
  });
});

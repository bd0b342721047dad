import { describe, expect, test } from 'vitest';
import { journalOfSuite } from '../../sdk/facts.ts';
import type { Suite } from '../../sdk/suite.ts';
import { ARN, iterator, StreamName, text, withStream } from './streams-kit.ts';

const RoleArn = 'arn:aws:iam::000000000000:role/events';

async function withRule(target: object = {}): Promise<Suite> {
  const aws = await withStream(4);
  await aws.call('events', 'PutRule', { Name: 'r', EventPattern: '{"source":["shop"]}' });
  const Targets = [{ Id: '1', Arn: ARN, RoleArn, ...target }];
  await aws.call('events', 'PutTargets', { Rule: 'r', Targets });
  return aws;
}

async function publish(aws: Suite, detail: object): Promise<string> {
  const Entries = [{ Source: 'shop', DetailType: 'Sold', Detail: JSON.stringify(detail) }];
  const { Entries: answers = [] } = await aws.call('events', 'PutEvents', { Entries });
  await aws.settled();
  return answers[0]?.EventId ?? '';
}

async function records(aws: Suite) {
  const all = [];
  for (const shard of [0, 1, 2, 3]) {
    const ShardIterator = await iterator(aws, shard);
    const { Records } = await aws.call('kinesis', 'GetRecords', { ShardIterator });
    all.push(...Records);
  }
  return all;
}

describe('answers', () => {
  test('an event becomes a record whose key is the id of the event', async () => {
    await using aws = await withRule();
    const event = await publish(aws, { customer: 'c1' });
    const [record, ...others] = await records(aws);
    expect(others).toEqual([]);
    expect(record?.PartitionKey).toBe(event);
    expect(JSON.parse(text(record?.Data ?? new Uint8Array()))).toMatchObject({
      id: event,
      detail: { customer: 'c1' },
    });
  });

  test('or what the rule reads from it', async () => {
    await using aws = await withRule({
      KinesisParameters: { PartitionKeyPath: '$.detail.customer' },
      InputPath: '$.detail',
    });
    await publish(aws, { customer: 'c1' });
    const event = await publish(aws, {});
    const keys = (await records(aws)).map(({ PartitionKey }) => PartitionKey);
    expect(keys.sort()).toEqual(['c1', event].sort());
    const data = (await records(aws)).map(({ Data }) => text(Data));
    expect(data.sort()).toEqual(['{"customer":"c1"}', '{}']);
  });

  test('the journal says under which id the event goes on', async () => {
    await using aws = await withRule();
    await publish(aws, {});
    const facts = await journalOfSuite(aws);
    const delivered = facts.find(({ kind }) => kind === 'deliver');
    expect(delivered).toMatchObject({ target: ARN, outcome: 'ok', produced: expect.any(String) });
  });

  test('a record that came behind the end of its shard is put into a child', async () => {
    await using aws = await withRule();
    const { StreamDescriptionSummary } = await aws.call('kinesis', 'DescribeStreamSummary', {
      StreamName,
    });
    const to = { StreamName, TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' } as const;
    await aws.call('kinesis', 'UpdateShardCount', to);
    // What a delivery commits that has looked at the stream before its shards were closed.
    const log = `kinesis/${StreamDescriptionSummary.StreamId}/0`;
    const body = `i${aws.stack.ids.uuid()}tlate`;
    const record = { atMs: aws.clock.now(), key: 'k', body };
    await aws.stack.storage.commit([{ kind: 'append', log, record }]);
    expect(await records(aws)).toEqual([]);
    await aws.clock.advance('1s');
    const found = [];
    for (const shard of [4, 5]) {
      const ShardIterator = await iterator(aws, shard);
      found.push(...(await aws.call('kinesis', 'GetRecords', { ShardIterator })).Records);
    }
    expect(found.map(({ Data }) => text(Data))).toEqual(['late']);
  });
});

describe('refusals', () => {
  test('what cannot be put goes to the dead letters', async () => {
    const queue = 'arn:aws:sqs:us-east-1:000000000000:dead';
    await using aws = await withRule({ DeadLetterConfig: { Arn: queue } });
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: queue }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', {
      QueueName: 'dead',
      Attributes: { Policy },
    });
    await aws.call('kinesis', 'DeleteStream', { StreamName });
    await publish(aws, {});
    const { Messages = [] } = await aws.call('sqs', 'ReceiveMessage', {
      QueueUrl,
      MessageAttributeNames: ['All'],
    });
    expect(Messages[0]?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: 'NO_RESOURCE' },
    });
  });

  test('an ARN of something else than a stream, and a target without a role', async () => {
    await using aws = await withRule();
    const put = (target: object) =>
      aws.fails('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: '2', ...target }] });
    const queue = await put({ Arn: ARN.replace('stream/', 'queue/'), RoleArn });
    expect(queue.code).toBe('ValidationException');
    expect(await put({ Arn: ARN })).toMatchObject({
      code: 'ValidationException',
      message: `RoleArn is required for target ${ARN}.`,
    });
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aQueue, aTopic, envelopeIn, RAW, startSns } from './a-topic.ts';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

describe('FIFO', () => {
  const group = (MessageGroupId: string, MessageDeduplicationId: string) => ({
    MessageGroupId,
    MessageDeduplicationId,
  });

  async function aFifo(aws: Awaited<ReturnType<typeof startSns>>, attributes = {}) {
    const topic = await aTopic(aws, 'news.fifo', attributes);
    const queue = await aQueue(aws, 'inbox.fifo');
    await topic.subscribe('sqs', queue.arn, RAW);
    return { topic, queue };
  }

  test('messages keep their order, group and deduplication id', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aFifo(aws);
    const sequences: string[] = [];
    for (const id of ['1', '2', '3']) {
      const { SequenceNumber = '' } = await topic.publish(id, group('g', id));
      sequences.push(SequenceNumber);
    }
    const messages = await queue.messages();
    expect(messages.map(({ Body }) => Body)).toEqual(['1', '2', '3']);
    expect(messages[1]?.Attributes).toMatchObject(group('g', '2'));
    for (const sequence of sequences) expect(sequence).toMatch(/^1\d{19}$/);
    expect([...sequences].sort()).toEqual(sequences);
    expect(new Set(sequences).size).toBe(3);
  });

  test('concurrent messages of a group arrive in the order of their sequence numbers', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aFifo(aws);
    const ids = Array.from({ length: 10 }, (_, index) => String(index));
    const answers = await Promise.all(ids.map((id) => topic.publish(id, group('g', id))));
    const sequences = answers.map(({ SequenceNumber = '' }) => SequenceNumber);
    const inOrder = [...ids].sort((a, b) =>
      (sequences[Number(a)] ?? '') < (sequences[Number(b)] ?? '') ? -1 : 1,
    );
    expect(await queue.bodies()).toEqual(inOrder);
  });

  test('the envelope has the sequence number and no signature', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo');
    const queue = await aQueue(aws, 'inbox.fifo');
    await topic.subscribe('sqs', queue.arn);
    const { SequenceNumber } = await topic.publish('hello', group('g', '1'));
    const envelope = await envelopeIn(queue);
    expect(envelope).toMatchObject({ Message: 'hello', SequenceNumber });
    expect(envelope).not.toHaveProperty('Signature');
  });

  test('a message that is published again is accepted and not delivered', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aFifo(aws);
    const first = await topic.publish('one', group('g', '1'));
    const again = await topic.publish('other', group('h', '1'));
    expect(again).toEqual(first);
    expect(await queue.bodies()).toEqual(['one']);
    await aws.clock.advance('5m');
    expect(await topic.publish('one', group('g', '1'))).not.toEqual(first);
    expect(await queue.bodies()).toEqual(['one']);
  });

  test('of two callers who publish the same at once, one message comes to be', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aFifo(aws);
    const calls = Array.from({ length: 8 }, () => topic.publish('one', group('g', '1')));
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ MessageId }) => MessageId)).size).toBe(1);
    expect(await queue.bodies()).toEqual(['one']);
  });

  test('with FifoThroughputScope MessageGroup an id counts within its group', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo', { FifoThroughputScope: 'MessageGroup' });
    const queue = await aQueue(aws, 'inbox');
    await topic.subscribe('sqs', queue.arn, RAW);
    await topic.publish('one', group('g', '1'));
    await topic.publish('two', group('g', '1'));
    await topic.publish('three', group('h', '1'));
    expect([...(await queue.bodies())].sort()).toEqual(['one', 'three']);
  });

  test('content-based deduplication takes the hash of the body', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aFifo(aws, { ContentBasedDeduplication: 'true' });
    const first = await topic.publish('one', { MessageGroupId: 'g' });
    const MessageAttributes = { n: text('x') };
    expect(await topic.publish('one', { MessageGroupId: 'g', MessageAttributes })).toEqual(first);
    const [message] = await queue.messages();
    const digest = createHash('sha256').update('one').digest('hex');
    expect(message?.Attributes?.MessageDeduplicationId).toBe(digest);
  });

  test('old deduplication ids are let go of', async () => {
    await using aws = await startSns();
    const { topic } = await aFifo(aws);
    const rows = async () => {
      const { storage, settings, clock } = aws.stack;
      const created = Date.parse('2026-01-15T10:00:00Z');
      expect(clock.nowMs()).toBeGreaterThanOrEqual(created);
      const place = `${settings.account}/${settings.region}/news.fifo/${created}`;
      return (await storage.scan('sns/deduplication', place)).length;
    };
    await topic.publish('one', group('g', '1'));
    await aws.clock.advance('4m');
    await topic.publish('two', group('g', '2'));
    expect(await rows()).toBe(2);
    await aws.clock.advance('1m');
    expect(await rows()).toBe(1);
    await aws.clock.advance('10m');
    expect(await rows()).toBe(0);
    await topic.publish('three', group('g', '3'));
    await aws.clock.advance('10m');
    expect(await rows()).toBe(0);
  });

  test('a standard queue may subscribe too', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo');
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn, RAW);
    await topic.publish('hello', group('g', '1'));
    expect(await queue.bodies()).toEqual(['hello']);
  });

  test('a batch keeps its order and drops what it repeats', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aFifo(aws);
    const { Successful = [] } = await aws.call('sns', 'PublishBatch', {
      TopicArn: topic.arn,
      PublishBatchRequestEntries: ['1', '2', '3', '1'].map((id, index) => ({
        Id: `entry-${index}`,
        Message: `${id} of entry ${index}`,
        ...group('g', id),
      })),
    });
    expect(await queue.bodies()).toEqual(['1 of entry 0', '2 of entry 1', '3 of entry 2']);
    expect(Successful[3]?.MessageId).toBe(Successful[0]?.MessageId);
    expect(Successful[3]?.SequenceNumber).toBe(Successful[0]?.SequenceNumber);
  });
});

import { expect, test } from 'vitest';
import type { Content } from '../../../src/admin-api/index.ts';
import { recordLike } from '../../../src/services/lambda/published-records.ts';

function published(form: Content['form'], arn: string, content: unknown, note?: string): Content {
  const about = { id: 'shardId-000000000000:7', form, arn, atMs: 1_500, preview: '', content };
  return { ...about, ...(note !== undefined && { note }) };
}

test('a message with its attributes, as a function would get it', () => {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:orders';
  const content = {
    MessageBody: '{"n":1}',
    MessageGroupId: 'g',
    MessageAttributes: {
      kind: { DataType: 'String', StringValue: 'urgent' },
      raw: { DataType: 'Binary', BinaryValue: 'AQ==' },
    },
  };
  expect(recordLike(published('message', arn, content))).toMatchObject({
    body: '{"n":1}',
    attributes: { MessageGroupId: 'g', SentTimestamp: '1500' },
    messageAttributes: {
      kind: { stringValue: 'urgent', dataType: 'String' },
      raw: { binaryValue: 'AQ==', dataType: 'Binary' },
    },
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'us-east-1',
  });
});

test('a record of a stream', () => {
  const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
  const content = { Data: 'YQ==', PartitionKey: 'k' };
  expect(recordLike(published('record', arn, content))).toMatchObject({
    kinesis: { data: 'YQ==', partitionKey: 'k', sequenceNumber: '7' },
    eventID: 'shardId-000000000000:7',
  });
});

test.each([
  ['INSERT', { Keys: {}, NewImage: {} }, undefined],
  ['MODIFY', { Keys: {}, NewImage: {}, OldImage: {} }, undefined],
  ['REMOVE', { Keys: {}, OldImage: {} }, undefined],
  ['REMOVE', { Keys: {} }, 'REMOVE'],
])('a change of a table: %s', (eventName, content, note) => {
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/x';
  const record = recordLike(published('change', arn, content, note));
  expect(record).toMatchObject({ eventName, eventSource: 'aws:dynamodb', dynamodb: content });
});

test('nothing where the content is not kept, or where no mapping feeds from it', () => {
  expect(recordLike(published('message', 'arn:aws:sqs:::q', null))).toBeUndefined();
  expect(recordLike(published('event', 'arn:aws:events:::event-bus/b', {}))).toBeUndefined();
});

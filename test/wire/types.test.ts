/** The promise of the types: what AWS's model does not have does not compile. */
import { expect, expectTypeOf, test } from 'vitest';
import { AwsError, faults } from '../../src/core/errors.ts';
import type { Services } from '../../src/wire/types/index.ts';
import type * as Sns from '../../src/wire/types/sns.ts';
import type * as Sqs from '../../src/wire/types/sqs.ts';

test('a misspelt member does not compile', () => {
  const input: Sqs.Operations['SendMessage']['input'] = { QueueUrl: 'u', MessageBody: 'b' };
  expectTypeOf(input).toEqualTypeOf<Sqs.SendMessageRequest>();
  // @ts-expect-error -- it is MessageBody
  const misspelt: Sqs.SendMessageRequest = { QueueUrl: 'u', MessageBodi: 'b' };
  // @ts-expect-error -- MessageBody is required
  const incomplete: Sqs.SendMessageRequest = { QueueUrl: 'u' };
  // @ts-expect-error -- an answer of the same kind
  const answer: Sqs.SendMessageResult = { MesageId: 'm' };
  expect([misspelt, incomplete, answer]).toHaveLength(3);
});

test('an answer to an operation that answers nothing has no members', () => {
  const empty: Sqs.Operations['DeleteMessage']['output'] = {};
  // @ts-expect-error -- DeleteMessage answers nothing
  const full: Sqs.Operations['DeleteMessage']['output'] = { MessageId: 'm' };
  expect([empty, full]).toHaveLength(2);
});

test('a foreign error code does not compile', () => {
  const fault = faults<Sqs.ErrorCode>();
  expect(fault('QueueDoesNotExist', 'gone')).toBeInstanceOf(AwsError);
  // @ts-expect-error -- that is SNS's
  expect(fault('TopicLimitExceeded', 'full')).toBeInstanceOf(AwsError);
});

test('codes are those on the wire, operation by operation', () => {
  expectTypeOf<'NotFound'>().toExtend<Sns.Operations['Publish']['errors']>();
  expectTypeOf<'NotFoundException'>().not.toExtend<Sns.ErrorCode>();
  expectTypeOf<'QueueNameExists'>().not.toExtend<Sqs.Operations['SendMessage']['errors']>();
});

test('moments are numbers, blobs are bytes, maps and lists are readonly', () => {
  type Entry = NonNullable<Services['events']['PutEvents']['input']['Entries']>[number];
  expectTypeOf<Entry['Time']>().toEqualTypeOf<number | undefined>();
  type Attribute = Sqs.MessageAttributeValue;
  expectTypeOf<Attribute['BinaryValue']>().toEqualTypeOf<Uint8Array | undefined>();
  const message: Sqs.SendMessageRequest = { QueueUrl: 'u', MessageBody: 'b' };
  // @ts-expect-error -- inputs are readonly
  const change = () => (message.MessageBody = 'c');
  expect(change).toBeTypeOf('function');
});

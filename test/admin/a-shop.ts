/** A stack in which there is something of everything that the admin API shows. */
import type { Suite } from '../sdk/suite.ts';
import { openQueue, put, sendsTo } from '../services/events/receivers.ts';

export interface AShop {
  /** Values for the parameters of paths. */
  readonly values: Readonly<Record<string, string>>;
}

const TRUST = { FunctionName: 'ship', StatementId: 's', Action: 'lambda:InvokeFunction' };

export async function aShop(aws: Suite): Promise<AShop> {
  const dead = await openQueue(aws, 'dead');
  const deadLetterTargetArn = dead.arn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
  const inbox = await openQueue(aws, 'inbox', { RedrivePolicy });
  const worker = await aws.lambda<{ readonly Records?: readonly { readonly body?: string }[] }>(
    'ship',
    ({ Records }) => {
      if (Records?.some(({ body }) => body?.includes('broken')))
        throw new Error('order 7 is broken');
      return { done: true };
    },
  );
  await aws.call('lambda', 'AddPermission', { ...TRUST, Principal: '*' });
  await worker.feedFrom(inbox.arn);
  await sendsTo(aws, 'orders', { source: ['com.shop'] }, { Arn: inbox.arn });
  const { TopicArn = '' } = await aws.call('sns', 'CreateTopic', { Name: 'news' });
  await aws.call('sns', 'Subscribe', { TopicArn, Protocol: 'lambda', Endpoint: worker.arn });
  await aws.call('sns', 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: 'a@example.com' });
  const bus = `arn:aws:events:${aws.region}:${aws.account}:event-bus/default`;
  const archive = await archived(aws, bus);
  await aTable(aws);
  const id = await put(aws, { order: 1 });
  await put(aws, { order: 'broken' });
  await put(aws, {}, { Source: 'com.other' });
  await aws.call('sns', 'Publish', { TopicArn, Message: 'hello', Subject: 'news' });
  const { QueueUrl } = await aws.call('sqs', 'CreateQueue', {
    QueueName: 'waiting.fifo',
    Attributes: FIFO,
  });
  const waiting = { QueueUrl: QueueUrl ?? '', MessageBody: 'wait', MessageGroupId: 'g' };
  await aws.call('sqs', 'SendMessage', { ...waiting, MessageDeduplicationId: '1' });
  await aws.settled();
  await aws.call('lambda', 'Invoke', {
    FunctionName: 'ship',
    Payload: new TextEncoder().encode('{}'),
  });
  await aws.call('events', 'StartReplay', {
    ReplayName: 'again',
    EventSourceArn: archive,
    EventStartTime: aws.clock.now() - 3_600_000,
    EventEndTime: aws.clock.now(),
    Destination: { Arn: bus },
  });
  await aws.settled();
  const values = { id, archive, bus, queue: dead.arn };
  return { values };
}

const FIFO = { FifoQueue: 'true' };

async function archived(aws: Suite, EventSourceArn: string): Promise<string> {
  const input = { ArchiveName: 'everything', EventSourceArn, RetentionDays: 7 };
  return (await aws.call('events', 'CreateArchive', input)).ArchiveArn ?? '';
}

async function aTable(aws: Suite): Promise<void> {
  await aws.call('dynamodb', 'CreateTable', {
    TableName: 'items',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  });
  await aws.call('dynamodb', 'PutItem', { TableName: 'items', Item: { id: { S: 'a' } } });
}

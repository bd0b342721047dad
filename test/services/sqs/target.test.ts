import { expect, test } from 'vitest';
import { type Parcel, Refused } from '../../../src/delivery/targets.ts';
import type { Suite } from '../../sdk/suite.ts';
import { type AQueue, aQueue, startSqs } from './a-queue.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:news';

interface Changes {
  readonly payload?: Partial<Parcel['payload']>;
  readonly delivery?: Partial<Parcel['delivery']>;
}

/** Hands a parcel of SNS over, as the delivery engine does. */
async function handOver(aws: Suite, arn: string, { payload, delivery }: Changes = {}) {
  const target = aws.stack.targets.get('sqs');
  const handover = await target?.handOver(aws.stack, {
    principal: 'sns.amazonaws.com',
    payload: { body: 'news', ...payload },
    delivery: {
      origin: 'sns',
      cause: 'event-1',
      sourceArn: TOPIC,
      account: aws.account,
      region: aws.region,
      to: { kind: 'sqs', arn },
      sinceMs: aws.clock.now(),
      hops: 1,
      ...delivery,
    },
  });
  if (!handover) throw new Error('nobody takes parcels for queues');
  await aws.stack.storage.commit(handover.writes);
  return handover;
}

const refusalOf = async (handover: Promise<unknown>): Promise<Refused> => {
  const cause = await handover.catch((thrown: unknown) => thrown);
  if (cause instanceof Refused) return cause;
  throw new Error('it was taken');
};

/** Lets SNS send, but only for the one topic. */
const admit = (queue: AQueue) =>
  queue.set({
    Policy: JSON.stringify({
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queue.arn,
        Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } },
      },
    }),
  });

test('a parcel is a message in the queue', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws, 'orders', { DelaySeconds: '5' });
  await admit(queue);
  const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793';
  const { produced } = await handOver(aws, queue.arn, {
    delivery: { traceHeader },
    payload: {
      attributes: {
        city: { DataType: 'String', StringValue: 'Bern' },
        blob: { DataType: 'Binary', BinaryValue: 'AAE=' },
      },
    },
  });
  expect(await queue.bodies()).toEqual([]);
  await aws.clock.advance('5s');
  const message = await queue.one();
  expect(message).toMatchObject({ MessageId: produced, Body: 'news' });
  expect(message.MessageAttributes).toEqual({
    city: { DataType: 'String', StringValue: 'Bern' },
    blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1]) },
  });
  expect(message.Attributes?.AWSTraceHeader).toBe(traceHeader);
  expect(message.Attributes?.SenderId).toMatch(/^AIDA[0-9A-Z]{17}$/);
});

test('a queue whose policy names neither the service nor the source refuses', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  const closed = await refusalOf(handOver(aws, queue.arn));
  expect(closed).toMatchObject({ code: 'NO_PERMISSIONS', retryable: false });
  await admit(queue);
  await handOver(aws, queue.arn);
  const other = { delivery: { sourceArn: `${TOPIC}-2` } };
  expect((await refusalOf(handOver(aws, queue.arn, other))).code).toBe('NO_PERMISSIONS');
  expect(await queue.counts()).toEqual([1, 0, 0]);
});

test('where policies are not enforced, every service may send', async () => {
  await using aws = await startSqs({ settings: { enforcePolicies: false } });
  const queue = await aQueue(aws);
  await handOver(aws, queue.arn);
  expect(await queue.bodies()).toEqual(['news']);
});

test('a queue that is not there refuses', async () => {
  await using aws = await startSqs();
  for (const arn of ['arn:aws:sqs:us-east-1:000000000000:nowhere', 'nonsense']) {
    expect((await refusalOf(handOver(aws, arn))).code).toBe('NO_RESOURCE');
  }
});

test('a FIFO queue wants a group and an id, from the payload or from the target', async () => {
  await using aws = await startSqs({ settings: { enforcePolicies: false } });
  const queue = await aQueue(aws, 'orders.fifo');
  const groupless = await refusalOf(handOver(aws, queue.arn));
  expect(groupless.message).toContain('MessageGroupId');
  const idless = await refusalOf(handOver(aws, queue.arn, { payload: { group: 'g' } }));
  expect(idless.message).toContain('ContentBasedDeduplication');
  expect(idless.code).toBe('SDK_CLIENT_ERROR');

  for (const body of ['one', 'two']) {
    await handOver(aws, queue.arn, { payload: { body, group: 'g', dedupId: 'd' } });
  }
  expect((await queue.one()).Attributes).toMatchObject({
    MessageDeduplicationId: 'd',
    MessageGroupId: 'g',
  });
  await queue.set({ ContentBasedDeduplication: 'true' });
  const to = { kind: 'sqs', arn: queue.arn, params: { MessageGroupId: 'h' } };
  await handOver(aws, queue.arn, { delivery: { to } });
  expect((await queue.one()).Attributes?.MessageGroupId).toBe('h');
});

test('a standard queue takes a group for fair shares, and no deduplication', async () => {
  await using aws = await startSqs({ settings: { enforcePolicies: false } });
  const queue = await aQueue(aws);
  const payload = { group: 'g', dedupId: 'd' };
  for (let times = 0; times < 2; times += 1) await handOver(aws, queue.arn, { payload });
  const messages = await queue.receive({
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  expect(messages.map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(['g', 'g']);
  expect(messages[0]?.Attributes).not.toHaveProperty('MessageDeduplicationId');
});

test('what no client could send, no service can deliver', async () => {
  await using aws = await startSqs({ settings: { enforcePolicies: false } });
  const queue = await aQueue(aws, 'orders', { MaximumMessageSize: '1024' });
  for (const body of ['', 'x'.repeat(1025), 'a\u0000']) {
    const refused = await refusalOf(handOver(aws, queue.arn, { payload: { body } }));
    expect(refused).toMatchObject({ code: 'SDK_CLIENT_ERROR', retryable: false });
  }
  expect(await queue.counts()).toEqual([0, 0, 0]);
});

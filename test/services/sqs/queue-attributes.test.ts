import { describe, expect, test } from 'vitest';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';

describe('answers', () => {
  test('a new queue has AWS defaults, all of them texts', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    expect(await queue.attributes()).toEqual({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      CreatedTimestamp: '1768471200',
      DelaySeconds: '0',
      LastModifiedTimestamp: '1768471200',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:orders',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    });
  });

  test('a new FIFO queue says so', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo');
    expect(await queue.attributes()).toMatchObject({
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'queue',
      FifoQueue: 'true',
      FifoThroughputLimit: 'perQueue',
    });
  });

  test('only what is asked for is answered', async () => {
    await using aws = await startSqs();
    const { url } = await aQueue(aws);
    const AttributeNames = ['QueueArn', 'RedrivePolicy', 'Policy'] as const;
    const asked = { QueueUrl: url, AttributeNames };
    expect(await aws.call('sqs', 'GetQueueAttributes', asked)).toEqual({
      Attributes: { QueueArn: 'arn:aws:sqs:us-east-1:000000000000:orders' },
    });
    expect(await aws.call('sqs', 'GetQueueAttributes', { QueueUrl: url })).toEqual({});
  });

  test('messages are counted as visible, in flight or delayed', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    await queue.send('b');
    await queue.send('c', { DelaySeconds: 60 });
    expect(await queue.counts()).toEqual([2, 0, 1]);
    await queue.receive();
    expect(await queue.counts()).toEqual([1, 1, 1]);
    await aws.clock.advance('30s');
    expect(await queue.counts()).toEqual([2, 0, 1]);
    await aws.clock.advance('30s');
    expect(await queue.counts()).toEqual([3, 0, 0]);
  });

  test('a change is seen at once, and dated', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await aws.clock.advance('10s');
    await queue.set({ VisibilityTimeout: '7', MaximumMessageSize: '2048' });
    expect(await queue.attributes()).toMatchObject({
      CreatedTimestamp: '1768471200',
      LastModifiedTimestamp: '1768471210',
      MaximumMessageSize: '2048',
      VisibilityTimeout: '7',
    });
  });

  test('a new visibility timeout is for later receives', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { VisibilityTimeout: '10' });
    await queue.send('a');
    await queue.receive();
    await queue.set({ VisibilityTimeout: '100' });
    await aws.clock.advance('10s');
    expect(await queue.bodies()).toEqual(['a']);
    await aws.clock.advance('99s');
    expect(await queue.bodies()).toEqual([]);
    await aws.clock.advance('1s');
    expect(await queue.bodies()).toEqual(['a']);
  });

  test('a new delay is for later messages of a standard queue', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { DelaySeconds: '60' });
    await queue.send('before');
    await queue.set({ DelaySeconds: '0' });
    await queue.send('after');
    expect(await queue.bodies()).toEqual(['after']);
  });

  test('a new delay is for the waiting messages of a FIFO queue too', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', {
      DelaySeconds: '60',
      ContentBasedDeduplication: 'true',
    });
    await queue.send('before', { MessageGroupId: 'g' });
    await aws.clock.advance('10s');
    await queue.set({ DelaySeconds: '20' });
    expect(await queue.bodies()).toEqual([]);
    await aws.clock.advance('10s');
    expect(await queue.bodies()).toEqual(['before']);
  });

  test('an empty value takes a policy away', async () => {
    await using aws = await startSqs();
    const { queue } = await withDeadLetters(aws, 3);
    expect((await queue.attributes()).RedrivePolicy).toBeDefined();
    await queue.set({ RedrivePolicy: '', Policy: '' });
    expect(await queue.attributes()).not.toHaveProperty('RedrivePolicy');
    expect(await queue.attributes()).not.toHaveProperty('Policy');
  });

  test('either kind of encryption ends the other', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { KmsMasterKeyId: 'alias/aws/sqs' });
    expect(await queue.attributes()).toMatchObject({
      KmsDataKeyReusePeriodSeconds: '300',
      KmsMasterKeyId: 'alias/aws/sqs',
      SqsManagedSseEnabled: 'false',
    });
    await queue.set({ SqsManagedSseEnabled: 'true' });
    expect(await queue.attributes()).not.toHaveProperty('KmsMasterKeyId');
    await queue.set({ KmsMasterKeyId: 'alias/mine', KmsDataKeyReusePeriodSeconds: '60' });
    expect((await queue.attributes()).SqsManagedSseEnabled).toBe('false');
    await queue.set({ KmsMasterKeyId: '' });
    expect((await queue.attributes()).SqsManagedSseEnabled).toBe('true');
  });

  test('high throughput is a matter of attributes', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo');
    const high = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
    await queue.set({ ...high, FifoQueue: 'true' });
    expect(await queue.attributes()).toMatchObject(high);
  });
});

describe('refusals', () => {
  test.each(['Colour', 'QueueArn', 'CreatedTimestamp', 'ApproximateNumberOfMessages', 'All'])(
    '%s cannot be set',
    async (name) => {
      await using aws = await startSqs();
      const { url } = await aQueue(aws);
      const Attributes = { [name]: '1' };
      const failure = await aws.fails('sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes });
      expect(failure).toMatchObject({
        code: 'InvalidAttributeName',
        message: `Unknown Attribute ${name}.`,
      });
    },
  );

  test('an attribute that no queue has cannot be asked for', async () => {
    await using aws = await startSqs();
    const { url } = await aQueue(aws);
    const asked = { QueueUrl: url, AttributeNames: ['Colour'] };
    expect(await aws.fails('sqs', 'GetQueueAttributes', asked)).toMatchObject({
      code: 'InvalidAttributeName',
      message: 'Unknown Attribute Colour.',
    });
  });

  test.each([
    ['DelaySeconds', ['-1', '901', 'x', '1.5', '']],
    ['KmsDataKeyReusePeriodSeconds', ['59', '86401']],
    ['MaximumMessageSize', ['1023', '1048577']],
    ['MessageRetentionPeriod', ['59', '1209601']],
    ['ReceiveMessageWaitTimeSeconds', ['-1', '21']],
    ['VisibilityTimeout', ['-1', '43201']],
    ['SqsManagedSseEnabled', ['yes']],
    ['Policy', ['{', '{}', '{"Statement":[{"Effect":"Maybe"}]}']],
    ['RedriveAllowPolicy', ['[]', '{}', '{"redrivePermission":"some"}']],
  ] as const)('%s cannot be any of %j', async (name, values) => {
    await using aws = await startSqs();
    const { url } = await aQueue(aws);
    for (const value of values) {
      const Attributes = { [name]: value };
      const failure = await aws.fails('sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes });
      expect(failure).toMatchObject({
        code: 'InvalidAttributeValue',
        message: `Invalid value for the parameter ${name}.`,
      });
    }
  });

  test('a standard queue has nothing of a FIFO queue', async () => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    for (const [name, value] of [
      ['DeduplicationScope', 'queue'],
      ['FifoThroughputLimit', 'perQueue'],
    ] as const) {
      const Attributes = { [name]: value };
      const { message } = await aws.fails('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
      expect(message).toBe(`You can specify the ${name} only when FifoQueue is set to true.`);
    }
    const Attributes = { ContentBasedDeduplication: 'true' };
    const { message } = await aws.fails('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
    expect(message).toBe('Unknown Attribute ContentBasedDeduplication.');
  });

  test('a queue stays of the type that it is', async () => {
    await using aws = await startSqs();
    const standard = await aQueue(aws);
    const fifo = await aQueue(aws, 'orders.fifo');
    for (const [QueueUrl, FifoQueue] of [
      [standard.url, 'true'],
      [fifo.url, 'false'],
    ]) {
      const Attributes = { FifoQueue };
      expect(await aws.fails('sqs', 'SetQueueAttributes', { QueueUrl, Attributes })).toMatchObject({
        code: 'InvalidAttributeValue',
        message:
          'Invalid value for the parameter FifoQueue. Reason: ' +
          'Modifying queue type is not supported.',
      });
    }
  });

  test('throughput per group wants deduplication per group', async () => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws, 'orders.fifo');
    const Attributes = { FifoThroughputLimit: 'perMessageGroupId' };
    const failure = await aws.fails('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
    expect(failure.code).toBe('InvalidAttributeValue');
    expect(failure.message).toContain('allowed only when the value for DeduplicationScope is');
  });

  test('two kinds of encryption at once are one too many', async () => {
    await using aws = await startSqs();
    const Attributes = { KmsMasterKeyId: 'alias/aws/sqs', SqsManagedSseEnabled: 'true' };
    const failure = await aws.fails('sqs', 'CreateQueue', { QueueName: 'orders', Attributes });
    expect(failure.code).toBe('InvalidAttributeValue');
  });
});

describe('redrive policies', () => {
  test('a redrive policy has a number, also where a text was set', async () => {
    await using aws = await startSqs();
    const dead = await aQueue(aws, 'dead');
    const policy = (count: string) =>
      `{"deadLetterTargetArn":"${dead.arn}","maxReceiveCount":${count}}`;
    const queue = await aQueue(aws, 'orders', { RedrivePolicy: policy('"3"') });
    expect((await queue.attributes()).RedrivePolicy).toBe(policy('3'));
    for (const count of ['3', '"3"']) {
      expect((await aQueue(aws, 'orders', { RedrivePolicy: policy(count) })).url).toBe(queue.url);
    }
    await queue.set({ RedrivePolicy: policy('"4"') });
    expect((await queue.attributes()).RedrivePolicy).toBe(policy('4'));
  });

  const arn = 'arn:aws:sqs:us-east-1:000000000000:dead';
  test.each([
    ['no', 'Redrive policy is not a valid JSON map.'],
    ['{}', 'Redrive policy does not contain mandatory attribute: '],
    [`{"deadLetterTargetArn":"${arn}"}`, 'mandatory attribute: maxReceiveCount.'],
    ['{"maxReceiveCount":1}', 'mandatory attribute: deadLetterTargetArn.'],
    [
      `{"deadLetterTargetArn":"${arn}","maxReceiveCount":0}`,
      'Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.',
    ],
    [`{"deadLetterTargetArn":"${arn}","maxReceiveCount":1001}`, 'maxReceiveCount: 1001'],
    [`{"deadLetterTargetArn":"${arn}","maxReceiveCount":"many"}`, 'maxReceiveCount: many'],
    [`{"deadLetterTargetArn":"${arn}","maxReceiveCount":1,"a":2}`, 'Only following attributes'],
    ['{"deadLetterTargetArn":"dead","maxReceiveCount":1}', 'deadLetterTargetArn'],
    [`{"deadLetterTargetArn":"${arn}2","maxReceiveCount":1}`, 'Dead letter target does not exist.'],
    [
      `{"deadLetterTargetArn":"${arn.replace('us-east-1', 'eu-west-1')}","maxReceiveCount":1}`,
      'Dead letter target does not exist.',
    ],
    [`{"deadLetterTargetArn":"${arn}.fifo","maxReceiveCount":1}`, 'must be same type of queue'],
  ])('%s is none', async (RedrivePolicy, reason) => {
    await using aws = await startSqs();
    await aQueue(aws, 'dead');
    await aQueue(aws, 'dead.fifo');
    const Attributes = { RedrivePolicy };
    const failure = await aws.fails('sqs', 'CreateQueue', { QueueName: 'orders', Attributes });
    expect(failure.code).toBe('InvalidParameterValue');
    expect(failure.message).toContain(
      `Value ${RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: `,
    );
    expect(failure.message).toContain(reason);
  });

  test('a dead-letter queue may choose whose dead letters it takes', async () => {
    await using aws = await startSqs();
    const dead = await aQueue(aws, 'dead');
    const orders = await aQueue(aws);
    const other = await aQueue(aws, 'other');
    const policy = { deadLetterTargetArn: dead.arn, maxReceiveCount: 1 };
    const Attributes = { RedrivePolicy: JSON.stringify(policy) };
    const refused = async (QueueUrl: string) =>
      (await aws.fails('sqs', 'SetQueueAttributes', { QueueUrl, Attributes })).code;

    await dead.set({ RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    expect(await refused(orders.url)).toBe('InvalidParameterValue');
    const byQueue = { redrivePermission: 'byQueue', sourceQueueArns: [orders.arn] };
    await dead.set({ RedriveAllowPolicy: JSON.stringify(byQueue) });
    await orders.set(Attributes);
    expect(await refused(other.url)).toBe('InvalidParameterValue');
    await dead.set({ RedriveAllowPolicy: '{"redrivePermission":"allowAll"}' });
    await other.set(Attributes);
    await dead.set({ RedriveAllowPolicy: '' });
    expect(await dead.attributes()).not.toHaveProperty('RedriveAllowPolicy');
  });

  test('at most ten sources are named', async () => {
    await using aws = await startSqs();
    const dead = await aQueue(aws, 'dead');
    const sources = (count: number) => ({
      redrivePermission: 'byQueue',
      sourceQueueArns: Array.from({ length: count }, (_, index) => `${dead.arn}-${index}`),
    });
    await dead.set({ RedriveAllowPolicy: JSON.stringify(sources(10)) });
    const Attributes = { RedriveAllowPolicy: JSON.stringify(sources(11)) };
    const failure = await aws.fails('sqs', 'SetQueueAttributes', {
      QueueUrl: dead.url,
      Attributes,
    });
    expect(failure.code).toBe('InvalidAttributeValue');
  });
});

describe('limits', () => {
  test.each([
    ['DelaySeconds', ['0', '900']],
    ['MaximumMessageSize', ['1024', '1048576']],
    ['MessageRetentionPeriod', ['60', '1209600']],
    ['ReceiveMessageWaitTimeSeconds', ['0', '20']],
    ['VisibilityTimeout', ['0', '43200']],
  ] as const)('%s may be any of %j', async (name, values) => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (const value of values) {
      await queue.set({ [name]: value });
      expect((await queue.attributes())[name]).toBe(value);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { ARN, bytes, withStream } from './streams-kit.ts';

function policy(resource: string, action: string): string {
  const Principal = { AWS: 'arn:aws:iam::111111111111:root' };
  const statement = { Effect: 'Allow', Principal, Action: action, Resource: resource };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

describe('answers', () => {
  test('a policy lets another account do what it names', async () => {
    await using aws = await withStream();
    const abroad = aws.as({ account: '111111111111' });
    const record = { StreamARN: ARN, PartitionKey: 'k', Data: bytes('a') };
    expect(await abroad.fails('kinesis', 'PutRecord', record)).toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`perform: kinesis:PutRecord on resource: ${ARN}`),
    });
    const Policy = policy(ARN, 'kinesis:PutRecord');
    await aws.call('kinesis', 'PutResourcePolicy', { ResourceARN: ARN, Policy });
    const got = await aws.call('kinesis', 'GetResourcePolicy', { ResourceARN: ARN });
    expect(got.Policy).toBe(Policy);
    await abroad.call('kinesis', 'PutRecord', record);
    const { code } = await abroad.fails('kinesis', 'DeleteStream', { StreamARN: ARN });
    expect(code).toBe('AccessDeniedException');
    await aws.call('kinesis', 'DeleteResourcePolicy', { ResourceARN: ARN });
    expect((await abroad.fails('kinesis', 'PutRecord', record)).code).toBe('AccessDeniedException');
  });

  test('a consumer has one of its own', async () => {
    await using aws = await withStream();
    const consumer = { StreamARN: ARN, ConsumerName: 'c' };
    const { Consumer } = await aws.call('kinesis', 'RegisterStreamConsumer', consumer);
    const { ConsumerARN } = Consumer;
    const abroad = aws.as({ account: '111111111111' });
    const refused = await abroad.fails('kinesis', 'DescribeStreamConsumer', { ConsumerARN });
    expect(refused.code).toBe('AccessDeniedException');
    const Policy = policy(ConsumerARN, 'kinesis:DescribeStreamConsumer');
    await aws.call('kinesis', 'PutResourcePolicy', { ResourceARN: ConsumerARN, Policy });
    await abroad.call('kinesis', 'DescribeStreamConsumer', { ConsumerARN });
  });
});

describe('refusals', () => {
  test('what is no policy, and one that is not there', async () => {
    await using aws = await withStream();
    const broken = { ResourceARN: ARN, Policy: '{' };
    expect((await aws.fails('kinesis', 'PutResourcePolicy', broken)).code).toBe(
      'InvalidArgumentException',
    );
    for (const operation of ['GetResourcePolicy', 'DeleteResourcePolicy'] as const) {
      const { code } = await aws.fails('kinesis', operation, { ResourceARN: ARN });
      expect(code).toBe('ResourceNotFoundException');
    }
  });
});

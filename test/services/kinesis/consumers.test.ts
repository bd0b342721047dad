import { describe, expect, test } from 'vitest';
import { ARN, StreamName, startWith, withStream } from './streams-kit.ts';

const register = (ConsumerName: string) => ({ StreamARN: ARN, ConsumerName });

describe('answers', () => {
  test('a consumer is registered, described and deregistered', async () => {
    await using aws = await withStream();
    const { Consumer } = await aws.call('kinesis', 'RegisterStreamConsumer', register('c'));
    const seconds = aws.clock.now() / 1000;
    const made = {
      ConsumerName: 'c',
      ConsumerARN: `${ARN}/consumer/c:${seconds}`,
      ConsumerCreationTimestamp: aws.clock.now(),
    };
    expect(Consumer).toEqual({ ...made, ConsumerStatus: 'CREATING' });
    const { ConsumerARN } = Consumer;
    for (const input of [{ ConsumerARN }, register('c')]) {
      const described = await aws.call('kinesis', 'DescribeStreamConsumer', input);
      expect(described.ConsumerDescription).toEqual({
        ...made,
        ConsumerStatus: 'ACTIVE',
        StreamARN: ARN,
      });
    }
    await aws.call('kinesis', 'DeregisterStreamConsumer', { ConsumerARN });
    expect((await aws.fails('kinesis', 'DescribeStreamConsumer', { ConsumerARN })).code).toBe(
      'ResourceNotFoundException',
    );
  });

  test('consumers are listed by name, in pages', async () => {
    await using aws = await withStream();
    for (const name of ['b', 'c', 'a']) {
      await aws.call('kinesis', 'RegisterStreamConsumer', register(name));
    }
    const first = { StreamARN: ARN, MaxResults: 2, StreamCreationTimestamp: aws.clock.now() };
    const one = await aws.call('kinesis', 'ListStreamConsumers', first);
    expect(one.Consumers?.map(({ ConsumerName }) => ConsumerName)).toEqual(['a', 'b']);
    const { NextToken = '' } = one;
    const two = await aws.call('kinesis', 'ListStreamConsumers', { StreamARN: ARN, NextToken });
    expect(two.Consumers?.map(({ ConsumerName }) => ConsumerName)).toEqual(['c']);
    expect(two.NextToken).toBeUndefined();
  });

  test('one that is registered again has another ARN', async () => {
    await using aws = await withStream();
    const { Consumer: one } = await aws.call('kinesis', 'RegisterStreamConsumer', register('c'));
    await aws.call('kinesis', 'DeregisterStreamConsumer', register('c'));
    await aws.clock.advance('3s');
    const { Consumer: two } = await aws.call('kinesis', 'RegisterStreamConsumer', register('c'));
    expect(two.ConsumerARN).not.toBe(one.ConsumerARN);
    const { ConsumerARN } = one;
    expect((await aws.fails('kinesis', 'DescribeStreamConsumer', { ConsumerARN })).code).toBe(
      'ResourceNotFoundException',
    );
  });
});

describe('refusals', () => {
  test('a name that is taken, a stream that is not there, and too few names', async () => {
    await using aws = await withStream();
    await aws.call('kinesis', 'RegisterStreamConsumer', register('c'));
    expect(await aws.fails('kinesis', 'RegisterStreamConsumer', register('c'))).toMatchObject({
      code: 'ResourceInUseException',
      message: 'Consumer c under stream s already exists for account 000000000000.',
    });
    const elsewhere = { StreamARN: `${ARN}x`, ConsumerName: 'c' };
    const missing = await aws.fails('kinesis', 'RegisterStreamConsumer', elsewhere);
    expect(missing.code).toBe('ResourceNotFoundException');
    for (const input of [{}, { ConsumerName: 'c' }, { StreamARN: ARN }]) {
      const { code } = await aws.fails('kinesis', 'DescribeStreamConsumer', input);
      expect(code).toBe('InvalidArgumentException');
    }
    const unknown = await aws.fails('kinesis', 'DescribeStreamConsumer', register('x'));
    expect(unknown.code).toBe('ResourceNotFoundException');
    const token = { StreamARN: ARN, NextToken: 'nonsense' };
    expect((await aws.fails('kinesis', 'ListStreamConsumers', token)).code).toBe(
      'InvalidArgumentException',
    );
  });
});

describe('limits', () => {
  test('a stream has so many consumers', async () => {
    await using aws = await withStream(1, { 'kinesis.consumersPerStream': 2 });
    await aws.call('kinesis', 'RegisterStreamConsumer', register('a'));
    await aws.call('kinesis', 'RegisterStreamConsumer', register('b'));
    const { code } = await aws.fails('kinesis', 'RegisterStreamConsumer', register('c'));
    expect(code).toBe('LimitExceededException');
  });

  test('five of them are CREATING at once', async () => {
    await using aws = await startWith({ 'kinesis.transitionMs': 1_000 });
    await aws.call('kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
    await aws.settled();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await aws.call('kinesis', 'RegisterStreamConsumer', register(name));
    }
    const described = await aws.call('kinesis', 'DescribeStreamConsumer', register('a'));
    expect(described.ConsumerDescription.ConsumerStatus).toBe('CREATING');
    const { code } = await aws.fails('kinesis', 'RegisterStreamConsumer', register('f'));
    expect(code).toBe('LimitExceededException');
    await aws.clock.advance('1s');
    await aws.call('kinesis', 'RegisterStreamConsumer', register('f'));
  });
});

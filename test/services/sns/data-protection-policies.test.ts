import { describe, expect, test } from 'vitest';
import { aTopic, startSns } from './a-topic.ts';

const POLICY = JSON.stringify({ Name: 'p', Version: '2021-06-01', Statement: [] });

describe('answers', () => {
  test('a policy is kept, shown and taken away', async () => {
    await using aws = await startSns();
    const { arn: ResourceArn } = await aTopic(aws);
    const shown = () => aws.call('sns', 'GetDataProtectionPolicy', { ResourceArn });
    expect((await shown()).DataProtectionPolicy).toBeUndefined();
    const input = { ResourceArn, DataProtectionPolicy: POLICY };
    await aws.call('sns', 'PutDataProtectionPolicy', input);
    expect(await shown()).toEqual({ DataProtectionPolicy: POLICY });
    await aws.call('sns', 'PutDataProtectionPolicy', { ResourceArn, DataProtectionPolicy: '' });
    expect((await shown()).DataProtectionPolicy).toBeUndefined();
  });

  test('a topic is created with one', async () => {
    await using aws = await startSns();
    const input = { Name: 'news', DataProtectionPolicy: POLICY };
    const { TopicArn: ResourceArn = '' } = await aws.call('sns', 'CreateTopic', input);
    expect(await aws.call('sns', 'GetDataProtectionPolicy', { ResourceArn })).toEqual({
      DataProtectionPolicy: POLICY,
    });
  });
});

describe('refusals', () => {
  test('what is no policy, or for no standard topic', async () => {
    await using aws = await startSns();
    const { arn } = await aTopic(aws);
    const fifo = await aTopic(aws, 'news.fifo');
    const put = (ResourceArn: string, DataProtectionPolicy: string) =>
      aws.fails('sns', 'PutDataProtectionPolicy', { ResourceArn, DataProtectionPolicy });
    expect((await put(arn, '{')).message).toBe('Invalid parameter: DataProtectionPolicy');
    expect((await put(arn, '{}')).message).toBe('Invalid parameter: DataProtectionPolicy');
    expect((await put(fifo.arn, POLICY)).message).toBe('Invalid parameter: ResourceArn');
    expect((await put(`${arn}x`, POLICY)).code).toBe('NotFoundException');
  });
});

describe('limits', () => {
  test('a policy has up to 30,720 characters', async () => {
    await using aws = await startSns();
    const { arn: ResourceArn } = await aTopic(aws);
    const padded = (length: number) => POLICY + ' '.repeat(length - POLICY.length);
    const input = { ResourceArn, DataProtectionPolicy: padded(30_720) };
    await aws.call('sns', 'PutDataProtectionPolicy', input);
    const long = { ResourceArn, DataProtectionPolicy: padded(30_721) };
    const refused = await aws.fails('sns', 'PutDataProtectionPolicy', long);
    expect(refused.message).toBe('Invalid parameter: DataProtectionPolicy');
  });
});

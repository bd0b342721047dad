import { expect, test } from 'vitest';
import { AwsError } from '../../src/core/errors.ts';
import { startSuite } from '../sdk/suite.ts';

const as = { account: '111111111111', region: 'eu-west-1', principalArn: 'arn:aws:iam::1:root' };

test('an operation asked for inside does what it does for the account that is named', async () => {
  await using aws = await startSuite();
  await aws.stack.invoke('sqs', 'CreateQueue', { QueueName: 'inside' }, as);
  const there = aws.as({ account: as.account, region: as.region });
  const { QueueUrl = '' } = await there.call('sqs', 'GetQueueUrl', { QueueName: 'inside' });
  expect(QueueUrl).toBe(`${aws.endpoint}/111111111111/inside`);
  const { QueueUrls = [] } = await aws.call('sqs', 'ListQueues', {});
  expect(QueueUrls).toEqual([]);
});

test('what the operation refuses is thrown in its own words', async () => {
  await using aws = await startSuite();
  const asked = aws.stack.invoke('sqs', 'GetQueueUrl', { QueueName: 'nobody' }, as);
  await expect(asked).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
});

test('an operation that is not built is named', async () => {
  await using aws = await startSuite();
  const asked = aws.stack.invoke('sqs', 'SendFlowers', {}, as);
  await expect(asked).rejects.toThrow('millrace has not built sqs:SendFlowers yet.');
  await expect(asked).rejects.toBeInstanceOf(AwsError);
});

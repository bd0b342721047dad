import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

describe('answers', () => {
  test('a log group has the ARN and the moment it was made', async () => {
    await using aws = await startSuite();
    await aws.call('logs', 'CreateLogGroup', {
      logGroupName: '/aws/events/a',
      tags: { team: 'x' },
    });
    const { logGroups } = await aws.call('logs', 'DescribeLogGroups', {});
    expect(logGroups).toEqual([
      {
        logGroupName: '/aws/events/a',
        arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/a:*',
        logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/a',
        creationTime: aws.clock.now(),
        logGroupClass: 'STANDARD',
        metricFilterCount: 0,
        storedBytes: 0,
      },
    ]);
  });

  test('groups are listed by prefix or by a part of the name, page by page', async () => {
    await using aws = await startSuite();
    for (const logGroupName of ['app/a', 'app/b', 'app/c', 'other']) {
      await aws.call('logs', 'CreateLogGroup', { logGroupName });
    }
    const names = async (input: object) =>
      (await aws.call('logs', 'DescribeLogGroups', input)).logGroups?.map(
        ({ logGroupName }) => logGroupName,
      );
    expect(await names({ logGroupNamePrefix: 'app/' })).toEqual(['app/a', 'app/b', 'app/c']);
    expect(await names({ logGroupNamePattern: 'the' })).toEqual(['other']);
    const first = await aws.call('logs', 'DescribeLogGroups', { limit: 3 });
    expect(first.logGroups).toHaveLength(3);
    expect(await names({ limit: 3, nextToken: first.nextToken })).toEqual(['other']);
  });

  test('accounts and Regions do not see each other', async () => {
    await using aws = await startSuite();
    await aws.call('logs', 'CreateLogGroup', { logGroupName: 'mine' });
    const elsewhere = aws.as({ region: 'eu-west-1' });
    const others = aws.as({ account: '111111111111' });
    expect((await elsewhere.call('logs', 'DescribeLogGroups', {})).logGroups).toEqual([]);
    expect((await others.call('logs', 'DescribeLogGroups', {})).logGroups).toEqual([]);
  });

  test('a deleted group is empty when it is made again', async () => {
    await using aws = await startSuite();
    const group = { logGroupName: 'g' };
    const stream = { ...group, logStreamName: 's' };
    await aws.call('logs', 'CreateLogGroup', group);
    await aws.call('logs', 'CreateLogStream', stream);
    const logEvents = [{ timestamp: aws.clock.now(), message: 'old' }];
    await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    await aws.call('logs', 'DeleteLogGroup', group);
    await aws.call('logs', 'CreateLogGroup', group);
    expect((await aws.call('logs', 'DescribeLogStreams', group)).logStreams).toEqual([]);
    await aws.call('logs', 'CreateLogStream', stream);
    expect((await aws.call('logs', 'GetLogEvents', stream)).events).toEqual([]);
  });

  test('retention hides what is too old, and frees its room within a day', async () => {
    await using aws = await startSuite();
    const group = { logGroupName: 'g' };
    const stream = { ...group, logStreamName: 's' };
    await aws.call('logs', 'CreateLogGroup', group);
    await aws.call('logs', 'CreateLogStream', stream);
    await aws.call('logs', 'PutRetentionPolicy', { ...group, retentionInDays: 3 });
    const logEvents = [{ timestamp: aws.clock.now(), message: 'soon gone' }];
    await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    await aws.clock.advance('3d');
    expect((await aws.call('logs', 'GetLogEvents', stream)).events).toHaveLength(1);
    await aws.clock.advance('1s');
    expect((await aws.call('logs', 'GetLogEvents', stream)).events).toEqual([]);
    await aws.clock.advance('1d');
    const { logGroups } = await aws.call('logs', 'DescribeLogGroups', {});
    expect(logGroups?.[0]).toMatchObject({ retentionInDays: 3, storedBytes: 0 });
  });

  test('without a retention policy events stay', async () => {
    await using aws = await startSuite();
    const group = { logGroupName: 'g' };
    await aws.call('logs', 'CreateLogGroup', group);
    await aws.call('logs', 'PutRetentionPolicy', { ...group, retentionInDays: 1 });
    await aws.call('logs', 'DeleteRetentionPolicy', group);
    const stream = { ...group, logStreamName: 's' };
    await aws.call('logs', 'CreateLogStream', stream);
    const logEvents = [{ timestamp: aws.clock.now(), message: 'kept' }];
    await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    await aws.clock.advance('10d');
    expect((await aws.call('logs', 'GetLogEvents', stream)).events).toHaveLength(1);
    const { logGroups } = await aws.call('logs', 'DescribeLogGroups', {});
    expect(logGroups?.[0]?.retentionInDays).toBeUndefined();
  });
});

describe('refusals', () => {
  test('a group that exists is not made again', async () => {
    await using aws = await startSuite();
    await aws.call('logs', 'CreateLogGroup', { logGroupName: 'g' });
    expect(await aws.fails('logs', 'CreateLogGroup', { logGroupName: 'g' })).toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
      status: 400,
    });
  });

  test('a group that is not there cannot be deleted', async () => {
    await using aws = await startSuite();
    expect(await aws.fails('logs', 'DeleteLogGroup', { logGroupName: 'g' })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
  });

  test('a protected group is deleted only after its protection', async () => {
    await using aws = await startSuite();
    const group = { logGroupName: 'g' };
    await aws.call('logs', 'CreateLogGroup', { ...group, deletionProtectionEnabled: true });
    expect(await aws.fails('logs', 'DeleteLogGroup', group)).toMatchObject({
      code: 'ValidationException',
    });
    await aws.call('logs', 'PutLogGroupDeletionProtection', {
      logGroupIdentifier: 'g',
      deletionProtectionEnabled: false,
    });
    await aws.call('logs', 'DeleteLogGroup', group);
  });

  test('a token is good for its own question only', async () => {
    await using aws = await startSuite();
    for (const logGroupName of ['a', 'b']) {
      await aws.call('logs', 'CreateLogGroup', { logGroupName });
    }
    const { nextToken } = await aws.call('logs', 'DescribeLogGroups', { limit: 1 });
    const wrong = { limit: 1, nextToken, logGroupNamePrefix: 'a' };
    expect(await aws.fails('logs', 'DescribeLogGroups', wrong)).toMatchObject({
      code: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    });
  });

  test('prefix and pattern exclude each other', async () => {
    await using aws = await startSuite();
    const both = { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' };
    expect(await aws.fails('logs', 'DescribeLogGroups', both)).toMatchObject({
      code: 'InvalidParameterException',
    });
  });
});

describe('limits', () => {
  test('a retention is one of the lengths that AWS offers', async () => {
    await using aws = await startSuite();
    await aws.call('logs', 'CreateLogGroup', { logGroupName: 'g' });
    const input = { logGroupName: 'g', retentionInDays: 2 };
    expect(await aws.fails('logs', 'PutRetentionPolicy', input)).toMatchObject({
      code: 'InvalidParameterException',
    });
  });
});

import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const group = { logGroupName: 'g' };

async function withGroup(): Promise<Suite> {
  const aws = await startSuite();
  await aws.call('logs', 'CreateLogGroup', group);
  return aws;
}

async function put(aws: Suite, logStreamName: string, timestamp: number): Promise<void> {
  await aws.call('logs', 'CreateLogStream', { ...group, logStreamName });
  const logEvents = [{ timestamp, message: 'hello' }];
  await aws.call('logs', 'PutLogEvents', { ...group, logStreamName, logEvents });
}

describe('answers', () => {
  test('a stream knows its first and its last event', async () => {
    await using aws = await withGroup();
    const now = aws.clock.now();
    await put(aws, 's', now - 5000);
    await aws.clock.advance('1s');
    const logEvents = [{ timestamp: now, message: 'again' }];
    await aws.call('logs', 'PutLogEvents', { ...group, logStreamName: 's', logEvents });
    const { logStreams } = await aws.call('logs', 'DescribeLogStreams', group);
    expect(logStreams).toEqual([
      {
        logStreamName: 's',
        arn: 'arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s',
        creationTime: now,
        firstEventTimestamp: now - 5000,
        lastEventTimestamp: now,
        lastIngestionTime: now + 1000,
        storedBytes: 10,
      },
    ]);
  });

  test('streams are listed by name or by their last event, both ways', async () => {
    await using aws = await withGroup();
    const now = aws.clock.now();
    await put(aws, 'a', now);
    await put(aws, 'b', now - 2000);
    await put(aws, 'c', now - 1000);
    const names = async (input: object) =>
      (await aws.call('logs', 'DescribeLogStreams', { ...group, ...input })).logStreams?.map(
        (stream) => stream.logStreamName,
      );
    expect(await names({})).toEqual(['a', 'b', 'c']);
    expect(await names({ descending: true, limit: 2 })).toEqual(['c', 'b']);
    expect(await names({ orderBy: 'LastEventTime' })).toEqual(['b', 'c', 'a']);
    expect(await names({ logStreamNamePrefix: 'b' })).toEqual(['b']);
  });

  test('a descending list goes on where its page ended', async () => {
    await using aws = await withGroup();
    for (const name of ['a', 'b', 'c']) await put(aws, name, aws.clock.now());
    const input = { ...group, descending: true, limit: 2 };
    const { nextToken } = await aws.call('logs', 'DescribeLogStreams', input);
    const second = await aws.call('logs', 'DescribeLogStreams', { ...input, nextToken });
    expect(second.logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['a']);
    expect(second.nextToken).toBeUndefined();
  });

  test('a deleted stream is gone', async () => {
    await using aws = await withGroup();
    await put(aws, 's', aws.clock.now());
    await aws.call('logs', 'DeleteLogStream', { ...group, logStreamName: 's' });
    expect((await aws.call('logs', 'DescribeLogStreams', group)).logStreams).toEqual([]);
  });
});

describe('refusals', () => {
  test('a stream that exists is not made again', async () => {
    await using aws = await withGroup();
    const stream = { ...group, logStreamName: 's' };
    await aws.call('logs', 'CreateLogStream', stream);
    expect(await aws.fails('logs', 'CreateLogStream', stream)).toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'The specified log stream already exists',
    });
  });

  test('streams need a group that is there', async () => {
    await using aws = await startSuite();
    const stream = { ...group, logStreamName: 's' };
    expect(await aws.fails('logs', 'CreateLogStream', stream)).toMatchObject({
      code: 'ResourceNotFoundException',
    });
    expect(await aws.fails('logs', 'DescribeLogStreams', group)).toMatchObject({
      code: 'ResourceNotFoundException',
    });
    expect(await aws.fails('logs', 'DescribeLogStreams', {})).toMatchObject({
      code: 'InvalidParameterException',
    });
  });

  test('a stream that is not there is told apart from its group', async () => {
    await using aws = await withGroup();
    const stream = { ...group, logStreamName: 's' };
    expect(await aws.fails('logs', 'DeleteLogStream', stream)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
  });

  test('a prefix cannot be combined with the order of the last event', async () => {
    await using aws = await withGroup();
    const input = { ...group, logStreamNamePrefix: 'a', orderBy: 'LastEventTime' };
    expect(await aws.fails('logs', 'DescribeLogStreams', input)).toMatchObject({
      code: 'InvalidParameterException',
    });
  });
});

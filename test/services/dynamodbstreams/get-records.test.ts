import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aStream, image, insertion } from './a-stream.ts';
import { iteratorOf, read, shardsOf } from './reading.ts';

const HOUR = 3_600_000;
const HORIZON = { ShardIteratorType: 'TRIM_HORIZON' };

describe('answers', () => {
  test('a record has its images, sizes and whole seconds, and bytes where binary is', async () => {
    await using aws = await startSuite();
    const { arn, put } = await aStream(aws.stack);
    const keys = image({ id: { S: 'a' } }, 3);
    const before = image({ id: { S: 'a' }, n: { N: '1' } }, 6);
    const deep = { L: [{ M: { b: { B: 'AAE=' } } }, { BS: ['/w=='] }] };
    const after = image({ id: { S: 'a' }, deep }, 20);
    await aws.clock.advance(1_234);
    await put({ name: 'MODIFY', keys, before, after, causes: [] });
    await put({ name: 'REMOVE', keys, before: after, expired: true, causes: [] });
    const { records } = await read(aws, await iteratorOf(aws, arn));
    const bytes = {
      L: [{ M: { b: { B: Uint8Array.of(0, 1) } } }, { BS: [Uint8Array.of(255)] }],
    };
    expect(records[0]).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(aws.clock.now() / 1000) * 1000,
        Keys: { id: { S: 'a' } },
        NewImage: { id: { S: 'a' }, deep: bytes },
        OldImage: { id: { S: 'a' }, n: { N: '1' } },
        SequenceNumber: '100000000000000000100',
        SizeBytes: 29,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    expect(records[1]?.userIdentity).toEqual({
      Type: 'Service',
      PrincipalId: 'dynamodb.amazonaws.com',
    });
    expect(records[1]?.dynamodb?.NewImage).toBeUndefined();
  });

  test.each([
    ['KEYS_ONLY', undefined, undefined, 3],
    ['NEW_IMAGE', 'new', undefined, 8],
    ['OLD_IMAGE', undefined, 'old', 7],
  ] as const)('a stream of %s shows just that', async (view, after, before, size) => {
    await using aws = await startSuite();
    const { arn, put } = await aStream(aws.stack, 'orders', view);
    const keys = image({ id: { S: 'a' } }, 3);
    const images = { after: image({ v: { S: 'new' } }, 5), before: image({ v: { S: 'old' } }, 4) };
    await put({ name: 'MODIFY', keys, ...images, causes: [] });
    const { records } = await read(aws, await iteratorOf(aws, arn));
    const shown = records[0]?.dynamodb;
    expect(shown?.NewImage?.v?.S).toBe(after);
    expect(shown?.OldImage?.v?.S).toBe(before);
    expect([shown?.SizeBytes, shown?.StreamViewType]).toEqual([size, view]);
  });

  test('iterators lead through an open shard, and on when it is empty', async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    await insert('a', 'b', 'c');
    const first = await read(aws, await iteratorOf(aws, arn), 2);
    const second = await read(aws, first.next ?? '');
    const third = await read(aws, second.next ?? '');
    expect([first.ids, second.ids, third.ids]).toEqual([['a', 'b'], ['c'], []]);
    await insert('d');
    expect((await read(aws, third.next ?? '')).ids).toEqual(['d']);
  });

  test('a closed shard ends, and its child goes on where it ended', async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    await insert('a', 'b');
    await aws.clock.advance(4 * HOUR);
    await insert('c');
    const [parent, child] = await shardsOf(aws, arn);
    const of = (ShardId = '') => iteratorOf(aws, arn, { ShardId, ...HORIZON });
    const first = await read(aws, await of(parent?.ShardId), 1);
    expect(first.next).toBeDefined();
    expect(await read(aws, first.next ?? '')).toMatchObject({ ids: ['b'], next: undefined });
    expect((await read(aws, await of(child?.ShardId))).ids).toEqual(['c']);
    const end = { ShardId: parent?.ShardId, ShardIteratorType: 'LATEST' };
    const last = await read(aws, await iteratorOf(aws, arn, end));
    expect(last).toMatchObject({ ids: [], next: undefined });
  });
});

describe('refusals', () => {
  test('an iterator that is no longer good, or never was', async () => {
    await using aws = await startSuite();
    const { arn } = await aStream(aws.stack);
    const ShardIterator = await iteratorOf(aws, arn);
    const fails = (input: object) => aws.fails('dynamodbstreams', 'GetRecords', { ...input });
    expect((await fails({ ShardIterator: 'made-up' })).code).toBe('ValidationException');
    await aws.clock.advance(15 * 60_000 - 1);
    expect((await read(aws, ShardIterator)).ids).toEqual([]);
    await aws.clock.advance(1);
    expect((await fails({ ShardIterator })).code).toBe('ExpiredIteratorException');
  });

  test('what was trimmed between the iterator and its use', async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    await insert('a');
    await aws.clock.advance(24 * HOUR - 1);
    const [parent] = await shardsOf(aws, arn);
    const ShardIterator = await iteratorOf(aws, arn, { ShardId: parent?.ShardId, ...HORIZON });
    expect((await read(aws, ShardIterator)).ids).toEqual(['a']);
    await aws.clock.advance(2);
    const { code, message } = await aws.fails('dynamodbstreams', 'GetRecords', { ShardIterator });
    expect(code).toBe('TrimmedDataAccessException');
    expect(message).toBe(
      'The operation attempted to read past the oldest stream record in a shard.',
    );
    expect((await read(aws, await iteratorOf(aws, arn, { ShardId: parent?.ShardId }))).ids).toEqual(
      [],
    );
  });
});

describe('limits', () => {
  test('an answer holds a thousand records', async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    await insert(...Array.from({ length: 1_001 }, (_, at) => `${at}`));
    const first = await read(aws, await iteratorOf(aws, arn));
    expect(first.ids).toHaveLength(1_000);
    expect((await read(aws, first.next ?? '')).ids).toEqual(['1000']);
    const over = { ShardIterator: first.next ?? '', Limit: 1_001 };
    expect((await aws.fails('dynamodbstreams', 'GetRecords', over)).code).toBe(
      'ValidationException',
    );
  });

  test('an answer holds a megabyte, but at least one record', async () => {
    await using aws = await startSuite();
    const { arn, put } = await aStream(aws.stack);
    const large = { text: { S: 'x'.repeat(600_000) } };
    await put(insertion('a', large), insertion('b', large));
    const first = await read(aws, await iteratorOf(aws, arn));
    expect(first.ids).toEqual(['a']);
    expect((await read(aws, first.next ?? '')).ids).toEqual(['b']);
  });
});

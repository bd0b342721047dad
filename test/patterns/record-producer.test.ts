import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  type PutRecordsCommandInput,
} from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordProducer } from '../../src/patterns/record-producer.ts';
import { type Aws, startAws } from '../../src/testing/index.ts';

let aws: Aws;
let client: KinesisClient;
let requests: number[];

beforeEach(async () => {
  aws = await startAws();
  client = aws.client(KinesisClient, { maxAttempts: 1 });
  await client.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 1 }));
  await aws.settled();
  requests = [];
  client.middlewareStack.add(
    (next) => (given) => {
      const { Records } = given.input as Partial<PutRecordsCommandInput>;
      if (Records) requests.push(Records.length);
      return next(given);
    },
    { step: 'initialize' },
  );
});
afterEach(() => aws[Symbol.asyncDispose]());

const producer = (options = {}) => recordProducer({ client, stream: 'clicks', ...options });

/** Refuses a record for each key, as often as it is in the list. */
function refusing(...keys: string[]) {
  client.middlewareStack.add(
    (next) => async (given) => {
      const answer = await next(given);
      const { Records = [] } = given.input as Partial<PutRecordsCommandInput>;
      const output = answer.output as { Records: object[] };
      for (const [at, { PartitionKey = '' }] of Records.entries()) {
        const found = keys.indexOf(PartitionKey);
        if (found < 0) continue;
        keys.splice(found, 1);
        output.Records[at] = { ErrorCode: 'ProvisionedThroughputExceededException' };
      }
      return answer;
    },
    { step: 'initialize' },
  );
}

async function received(): Promise<readonly string[]> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      ...{ StreamName: 'clicks', ShardId: 'shardId-000000000000' },
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => Buffer.from(Data ?? []).toString());
}

test('records are JSON, or the bytes that they are', async () => {
  const records = [
    { key: 'a', data: { at: 1 } },
    { key: 'b', data: Buffer.from('raw') },
    { key: 'c', data: undefined },
  ];
  const { put, refused } = await producer().putAll(records);
  expect(put.map(({ record }) => record)).toEqual(records);
  expect(put[0]).toMatchObject({ shardId: 'shardId-000000000000' });
  expect(put[0]?.sequenceNumber).toMatch(/^\d+$/);
  expect(refused).toEqual([]);
  expect(await received()).toEqual(['{"at":1}', 'raw', 'null']);
});

test('requests hold 500 records and no more than 5 MB', async () => {
  const records = (count: number, data: unknown) =>
    Array.from({ length: count }, (_, at) => ({ key: `k${at}`, data }));
  await producer().putAll(records(501, 1));
  await producer().putAll(records(6, 'x'.repeat(1_000_000)));
  expect(requests).toEqual([500, 1, 5, 1]);
});

test('refused records alone are tried again', async () => {
  refusing('a', 'a', 'c');
  const waits: number[] = [];
  const patient = producer({ backoff: async (attempt: number) => void waits.push(attempt) });
  const { put, refused } = await patient.putAll(['a', 'b', 'c'].map((key) => ({ key, data: key })));
  expect(put.map(({ record }) => record.key)).toEqual(['b', 'c', 'a']);
  expect(refused).toEqual([]);
  expect(requests).toEqual([3, 2, 1]);
  expect(waits).toEqual([1, 2]);
});

test('what is refused after the last retry is answered', async () => {
  refusing('a', 'a', 'a');
  const record = { key: 'a', data: 1 };
  expect(await producer({ retries: 1 }).putAll([record])).toEqual({
    put: [],
    refused: [{ record, code: 'ProvisionedThroughputExceededException', message: '' }],
  });
});

test('a stream may be named by its ARN, and one that is not there throws', async () => {
  const stream = `arn:aws:kinesis:${aws.region}:000000000000:stream/clicks`;
  expect((await producer({ stream }).putAll([{ key: 'a', data: 1 }])).put).toHaveLength(1);
  await expect(producer({ stream: 'none' }).putAll([{ key: 'a', data: 1 }])).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

/** The same records as JSON, as CBOR, and through a client that speaks HTTP/2. */
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, test } from 'vitest';
import { readCbor } from '../../../src/wire/documents/cbor-read.ts';
import { CborTag } from '../../../src/wire/documents/cbor-values.ts';
import { writeCbor } from '../../../src/wire/documents/cbor-write.ts';
import type { Suite } from '../../sdk/suite.ts';
import { bytes, iterator, put, read, StreamName, withStream } from './streams-kit.ts';

const CBOR = 'application/x-amz-cbor-1.1';
const JSON_1_1 = 'application/x-amz-json-1.1';

async function post(aws: Suite, operation: string, type: string, body: string | Uint8Array) {
  const answer = await fetch(aws.endpoint, {
    method: 'POST',
    headers: { 'content-type': type, 'x-amz-target': `Kinesis_20131202.${operation}` },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  expect(answer.headers.get('content-type')).toBe(type);
  return new Uint8Array(await answer.arrayBuffer());
}

test('JSON has data as base64 and moments as seconds', async () => {
  await using aws = await withStream();
  await aws.clock.advance('123ms');
  const Data = Buffer.from([0, 200, 65]).toString('base64');
  const record = { StreamName, PartitionKey: 'k', Data };
  await post(aws, 'PutRecord', JSON_1_1, JSON.stringify(record));
  const input = JSON.stringify({ ShardIterator: await iterator(aws, 0) });
  const answer = JSON.parse(Buffer.from(await post(aws, 'GetRecords', JSON_1_1, input)).toString());
  expect(answer.Records).toEqual([
    {
      SequenceNumber: expect.stringMatching(/^\d{56}$/),
      ApproximateArrivalTimestamp: aws.clock.now() / 1000,
      Data,
      PartitionKey: 'k',
    },
  ]);
});

test('CBOR has data as bytes and moments as milliseconds', async () => {
  await using aws = await withStream();
  await aws.clock.advance('123ms');
  const Data = new Uint8Array([0, 200, 65]);
  const put = writeCbor({ StreamName, PartitionKey: 'k', Data });
  const stored = readCbor(await post(aws, 'PutRecord', CBOR, put)) as { SequenceNumber: string };
  const input = writeCbor({ ShardIterator: await iterator(aws, 0) });
  const answer = readCbor(await post(aws, 'GetRecords', CBOR, input));
  expect(answer).toMatchObject({
    Records: [
      {
        SequenceNumber: stored.SequenceNumber,
        ApproximateArrivalTimestamp: new CborTag(1, aws.clock.now()),
        PartitionKey: 'k',
      },
    ],
    MillisBehindLatest: 0,
  });
  const { Records } = answer as { Records: { Data: Uint8Array }[] };
  expect([...(Records[0]?.Data ?? [])]).toEqual([...Data]);
});

test('a refusal comes in the encoding of its request', async () => {
  await using aws = await withStream();
  const input = { ShardIterator: 'nonsense' };
  const json = await post(aws, 'GetRecords', JSON_1_1, JSON.stringify(input));
  const cbor = await post(aws, 'GetRecords', CBOR, writeCbor(input));
  const refusal = { __type: 'InvalidArgumentException', message: 'Invalid ShardIterator.' };
  expect(JSON.parse(Buffer.from(json).toString())).toEqual(refusal);
  expect(readCbor(cbor)).toEqual(refusal);
});

test('clients of HTTP/1 and of HTTP/2 share a stream', async () => {
  await using aws = await withStream();
  await put(aws, 'k', 'two'); // The suite's JavaScript client speaks HTTP/2, as by default.
  const { endpoint, region } = aws;
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
  const requestHandler = new NodeHttpHandler();
  const client = new KinesisClient({ endpoint, region, credentials, requestHandler });
  const record = { StreamName, PartitionKey: 'k', Data: bytes('one') };
  await client.send(new PutRecordCommand(record));
  client.destroy();
  expect(await read(aws, 0)).toEqual(['two', 'one']);
});

test('JSON that is cut from the log says what CBOR says', async () => {
  await using aws = await withStream(1);
  const data = ['text', '', '"quoted" \\ and\u2028', 'nul \0', '\ud83d\ude00'].map(bytes);
  const keys = ['k', '"', '\\', '\u2028 é', '\ud83d\ude00'];
  for (const [index, Data] of [...data, new Uint8Array([255, 254])].entries()) {
    await aws.call('kinesis', 'PutRecord', { StreamName, PartitionKey: keys[index] ?? 'x', Data });
  }
  const KeyId = 'alias/aws/kinesis';
  await aws.call('kinesis', 'StartStreamEncryption', { StreamName, EncryptionType: 'KMS', KeyId });
  await put(aws, 'encrypted');
  const input = { ShardIterator: await iterator(aws, 0) };
  const json = JSON.parse(
    Buffer.from(await post(aws, 'GetRecords', JSON_1_1, JSON.stringify(input))).toString(),
  ) as { readonly Records: readonly Record<string, string | number>[] };
  const cbor = readCbor(await post(aws, 'GetRecords', CBOR, writeCbor(input))) as {
    readonly Records: readonly Record<string, string | Uint8Array | CborTag>[];
  };
  expect(json.Records).toHaveLength(7);
  const told = cbor.Records.map(({ Data, ApproximateArrivalTimestamp: at, ...record }) => ({
    ...record,
    ApproximateArrivalTimestamp: Number((at as CborTag).value) / 1000,
    Data: Buffer.from(Data as Uint8Array).toString('base64'),
  }));
  expect(json.Records).toEqual(told);
  expect(Object.keys(json)).toEqual(['Records', 'NextShardIterator', 'MillisBehindLatest']);
});

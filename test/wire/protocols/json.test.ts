import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../src/core/errors.ts';
import { readCbor } from '../../../src/wire/documents/cbor-read.ts';
import { CborTag } from '../../../src/wire/documents/cbor-values.ts';
import { writeCbor } from '../../../src/wire/documents/cbor-write.ts';
import { detect, encodeAnswer, encodeError } from '../../../src/wire/wire.ts';
import { headerOf, inputOf, jsonRequest, refusalOf, request } from '../requests.ts';

function refusedAs(target: string, body: unknown): unknown {
  const { status, body: text } = refusalOf(jsonRequest(target, body));
  expect(status).toBe(400);
  return JSON.parse(String(text));
}

function answerOf(target: string, output: object) {
  const routed = detect(jsonRequest(target, {}));
  if (!routed) throw new Error('Not routed.');
  return encodeAnswer(routed, output, 'a-request-id');
}

describe('an input', () => {
  test('holds what the model knows, and nothing else', () => {
    const body = { QueueUrl: 'u', MessageBody: 'b', DelaySeconds: null, Nonsense: { deep: [1] } };
    const input = inputOf(jsonRequest('AmazonSQS.SendMessage', body));
    expect(input).toEqual({ QueueUrl: 'u', MessageBody: 'b' });
    expect(Object.keys(input)).toEqual(['QueueUrl', 'MessageBody']);
  });

  test('has moments in milliseconds, from numbers, fractions and texts', () => {
    const at = (Time: unknown) => {
      const entry = { Source: 's', DetailType: 'd', Detail: '{}', Time };
      const input = inputOf(jsonRequest('AWSEvents.PutEvents', { Entries: [entry] }));
      return (input as { Entries: { Time: number }[] }).Entries[0]?.Time;
    };
    expect(at(1_700_000_000)).toBe(1_700_000_000_000);
    expect(at(1_700_000_000.123)).toBe(1_700_000_000_123);
    expect(at('2023-11-14T22:13:20.123Z')).toBe(1_700_000_000_123);
  });

  test('has bytes from base64', () => {
    const MessageAttributes = { a: { DataType: 'Binary', BinaryValue: 'AQI=' } };
    const body = { QueueUrl: 'u', MessageBody: 'b', MessageAttributes };
    const input = inputOf(jsonRequest('AmazonSQS.SendMessage', body));
    expect(input).toMatchObject({
      MessageAttributes: { a: { BinaryValue: Buffer.from([1, 2]) } },
    });
  });

  test('loses the fraction of a whole number', () => {
    const body = { QueueUrl: 'u', MessageBody: 'b', DelaySeconds: 5.7 };
    expect(inputOf(jsonRequest('AmazonSQS.SendMessage', body))).toMatchObject({ DelaySeconds: 5 });
  });

  test('may be no bytes at all', () => {
    expect(inputOf(jsonRequest('AmazonSQS.ListQueues', ''))).toEqual({});
  });
});

describe('a wrong type is named as AWS names it', () => {
  const type = 'com.amazon.coral.service#SerializationException';
  const cases: [unknown, string][] = [
    [{ QueueUrl: 5 }, 'NUMBER_VALUE can not be converted to a String'],
    [{ QueueUrl: 5.5 }, 'DECIMAL_VALUE can not be converted to a String'],
    [{ QueueUrl: true }, 'TRUE_VALUE can not be converted to a String'],
    [{ QueueUrl: [] }, 'Start of list found where not expected.'],
    [{ QueueUrl: {} }, 'Start of structure or map found where not expected.'],
    [{ DelaySeconds: '5' }, 'STRING_VALUE can not be converted to an Integer'],
    [{ DelaySeconds: 2 ** 31 }, 'NUMBER_VALUE is out of the range of Integer'],
    [{ MessageAttributes: [] }, 'Start of list found where not expected.'],
    [{ MessageAttributes: 'none' }, 'Unexpected value type in payload'],
    [{ MessageAttributes: { a: null } }, 'Null is no element of a list or map.'],
    [{ MessageAttributes: { a: { BinaryValue: '§' } } }, 'Blobs must be base64.'],
    ['[]', 'Start of list found where not expected.'],
    ['null', 'Unexpected value type in payload'],
    ['{', 'The request body is not valid JSON.'],
  ];

  test.each(cases)('%j', (body, message) => {
    expect(refusedAs('AmazonSQS.SendMessage', body)).toEqual({ __type: type, message });
  });
});

describe('keys that every object has', () => {
  const body = '{"QueueUrl":"u","Tags":{"__proto__":"p","constructor":"c","toString":"t"}}';

  test('are keys of a map like any other', () => {
    const sent = jsonRequest('AmazonSQS.TagQueue', body);
    const { Tags } = inputOf(sent) as { Tags: Record<string, string> };
    expect(Object.keys(Tags)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.values(Tags)).toEqual(['p', 'c', 't']);
    expect(Tags.valueOf).toBeUndefined();
    expect(JSON.stringify({ Tags })).toContain('"__proto__":"p"');
  });

  test('leave a structure as it is', () => {
    const polluted = '{"QueueUrl":"u","__proto__":{"MessageBody":"b","polluted":1}}';
    expect(refusedAs('AmazonSQS.SendMessage', polluted)).toMatchObject({
      message: 'The request must contain the parameter MessageBody.',
    });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('an answer', () => {
  test('is written as it is where nothing converts', () => {
    const { status, headers, body } = answerOf('AmazonSQS.SendMessage', { MessageId: 'm' });
    expect([status, body]).toEqual([200, '{"MessageId":"m"}']);
    expect(headers).toEqual([
      'x-amzn-RequestId',
      'a-request-id',
      'content-type',
      'application/x-amz-json-1.0',
    ]);
  });

  test('leaves out what is undefined', () => {
    const answer = answerOf('AmazonSQS.SendMessage', { MessageId: 'm', SequenceNumber: undefined });
    expect(answer.body).toBe('{"MessageId":"m"}');
  });

  test('has moments in seconds and bytes in base64', () => {
    const Records = [
      {
        SequenceNumber: '1',
        PartitionKey: 'p',
        Data: Buffer.from([1, 2]),
        ApproximateArrivalTimestamp: 1_700_000_000_123,
      },
    ];
    const { body } = answerOf('Kinesis_20131202.GetRecords', { Records, MillisBehindLatest: 0 });
    expect(String(body)).toContain('"Data":"AQI="');
    expect(String(body)).toContain('"ApproximateArrivalTimestamp":1700000000.123');
  });

  test('of an operation that answers nothing has no bytes', () => {
    expect(answerOf('AmazonSQS.DeleteMessage', {}).body).toBe('');
  });
});

describe('an error', () => {
  test('keeps the members that its model has', () => {
    const sent = jsonRequest('DynamoDB_20120810.PutItem', {});
    const fields = { Item: { id: { B: Buffer.from('x') } }, message: 'no' };
    const error = new AwsError('ConditionalCheckFailedException', 'no', { fields });
    const { status, body } = encodeError(detect(sent), error, 'a-request-id', sent);
    expect(status).toBe(400);
    expect(JSON.parse(String(body))).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
      Item: { id: { B: 'eA==' } },
      message: 'no',
    });
  });

  test('has the status that its model gives the server', () => {
    const sent = jsonRequest('AWSEvents.PutEvents', {});
    const error = new AwsError('InternalException', 'broken');
    expect(encodeError(detect(sent), error, 'a-request-id', sent).status).toBe(500);
  });

  test('that no model has keeps its own', () => {
    const sent = jsonRequest('AmazonSQS.SendMessage', {});
    const error = new AwsError('ServiceUnavailable', 'later', { status: 503 });
    const answer = encodeError(detect(sent), error, 'a-request-id', sent);
    expect(answer.status).toBe(503);
    expect(headerOf(answer, 'x-amzn-query-error')).toBe('ServiceUnavailable;Receiver');
  });
});

describe('Kinesis in CBOR', () => {
  const headers = {
    'x-amz-target': 'Kinesis_20131202.PutRecord',
    'content-type': 'application/x-amz-cbor-1.1',
  };

  test('is read with bytes as bytes', () => {
    const body = writeCbor({ StreamName: 's', PartitionKey: 'p', Data: Buffer.from([0, 255]) });
    expect(inputOf(request({ headers, body }))).toEqual({
      StreamName: 's',
      PartitionKey: 'p',
      Data: Buffer.from([0, 255]),
    });
  });

  test('has moments in milliseconds', () => {
    const target = { ...headers, 'x-amz-target': 'Kinesis_20131202.GetShardIterator' };
    const Timestamp = new CborTag(1, 1_700_000_000_123);
    const body = writeCbor({ ShardId: 's', ShardIteratorType: 'AT_TIMESTAMP', Timestamp });
    const input = inputOf(request({ headers: target, body }));
    expect(input).toMatchObject({ Timestamp: 1_700_000_000_123 });
  });

  test('is answered and refused in CBOR', () => {
    const sent = request({ headers, body: writeCbor({}) });
    const routed = detect(sent);
    if (!routed) throw new Error('Not routed.');
    const answer = encodeAnswer(routed, { ShardId: 's', SequenceNumber: '1' }, 'a-request-id');
    expect(readCbor(answer.body as Uint8Array)).toEqual({ ShardId: 's', SequenceNumber: '1' });
    const refused = refusalOf(sent);
    expect(headerOf(refused, 'content-type')).toBe('application/x-amz-cbor-1.1');
    expect(readCbor(refused.body as Uint8Array)).toMatchObject({ __type: 'ValidationException' });
  });
});

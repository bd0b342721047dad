import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../src/core/errors.ts';
import { route } from '../../../src/wire/routes.ts';
import { encodeAnswer } from '../../../src/wire/wire.ts';
import { clientPackage } from '../clients.ts';
import { loopback } from '../loopback.ts';
import { headerOf } from '../requests.ts';

/** Sends a command through a client, which is answered with `output`. */
async function asked(service: string, operation: string, input: object, output: object) {
  const loop = loopback();
  const api = clientPackage(service);
  const client = api.client(loop.settings);
  loop.next = output;
  const answer = await client.send(api.command(operation, input) ?? {});
  return { answer, sent: loop.heard.answer };
}

async function all(stream: unknown): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for await (const event of stream as AsyncIterable<unknown>) events.push(event);
  return events;
}

async function* given(...events: readonly object[]): AsyncGenerator<object> {
  for (const event of events) {
    if (event instanceof Error) throw event;
    yield event;
  }
}

const INVOKE = ['lambda', 'InvokeWithResponseStream', { FunctionName: 'f' }] as const;
const SUBSCRIBE = [
  'kinesis',
  'SubscribeToShard',
  {
    ConsumerARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/s/consumer/c:1',
    ShardId: 'shardId-000000000000',
    StartingPosition: { Type: 'LATEST' },
  },
] as const;

const RECORDS = {
  SubscribeToShardEvent: {
    Records: [{ SequenceNumber: '1', Data: new Uint8Array([1, 2]), PartitionKey: 'k' }],
    ContinuationSequenceNumber: '2',
    MillisBehindLatest: 0,
  },
};

describe('answers', () => {
  test('blobs bound to the payload, documents and the bound head arrive', async () => {
    const chunk = { PayloadChunk: { Payload: Buffer.from('hello') } };
    const complete = { InvokeComplete: { ErrorCode: 'Unhandled', LogResult: 'bG9n' } };
    const { answer, sent } = await asked(...INVOKE, {
      StatusCode: 200,
      ExecutedVersion: '7',
      EventStream: given(chunk, complete, { InvokeComplete: {} }),
    });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '7' });
    expect(answer.ResponseStreamContentType).toBe('application/vnd.amazon.eventstream');
    expect(sent && headerOf(sent, 'x-amzn-RequestId')).toBe('a-request-id');
    const [first, ...rest] = await all(answer.EventStream);
    const { Payload } = (first as { PayloadChunk: { Payload: Uint8Array } }).PayloadChunk;
    expect(Buffer.from(Payload).toString()).toBe('hello');
    expect(rest).toMatchObject([complete, { InvokeComplete: {} }]);
  });

  test('an RPC protocol sends the rest of the answer as the first event', async () => {
    const { answer, sent } = await asked(...SUBSCRIBE, { EventStream: given(RECORDS, RECORDS) });
    expect(sent && headerOf(sent, 'Content-Type')).toBe('application/vnd.amazon.eventstream');
    const events = (await all(answer.EventStream)) as (typeof RECORDS)[];
    expect(events).toHaveLength(2);
    const record = events[0]?.SubscribeToShardEvent.Records[0];
    expect(record?.SequenceNumber).toBe('1');
    expect(Buffer.from(record?.Data ?? [])).toEqual(Buffer.from([1, 2]));
  });

  test('S3 gets its structures as XML', async () => {
    const input = {
      Bucket: 'b',
      Key: 'k',
      Expression: 'select * from s3object',
      ExpressionType: 'SQL',
      InputSerialization: { CSV: {} },
      OutputSerialization: { JSON: {} },
    };
    const events = [
      { Records: { Payload: Buffer.from('{}\n') } },
      { Stats: { Details: { BytesScanned: 5, BytesProcessed: 5, BytesReturned: 3 } } },
      { End: {} },
    ];
    const output = { Payload: given(...events) };
    const { answer } = await asked('s3', 'SelectObjectContent', input, output);
    const [records, ...rest] = await all(answer.Payload);
    expect(Object.keys(records as object)).toEqual(['Records']);
    expect(rest).toMatchObject(events.slice(1));
  });

  test('an answer without the stream is an ordinary one', async () => {
    const { sent } = await asked(...INVOKE, { StatusCode: 204 });
    expect(sent).toMatchObject({ status: 204, body: '' });
  });

  test('whoever makes the events hears at once when nobody takes them', async () => {
    let returned = false;
    const never = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const routed = route('lambda', 'InvokeWithResponseStream', 'rest-json');
    const answer = routed && encodeAnswer(routed, { EventStream: never }, 'a-request-id');
    const body = (answer as { body: AsyncIterable<Uint8Array> }).body[Symbol.asyncIterator]();
    void body.next();
    await body.return?.();
    expect(returned).toBe(true);
  });
});

describe('refusals', () => {
  test('an error that the stream models ends it as that error', async () => {
    const error = new AwsError('ResourceNotFoundException', 'The shard is gone.');
    const { answer } = await asked(...SUBSCRIBE, { EventStream: given(RECORDS, error) });
    const events: unknown[] = [];
    const failed = (async () => {
      for await (const event of answer.EventStream as AsyncIterable<unknown>) events.push(event);
    })();
    await expect(failed).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The shard is gone.',
    });
    expect(events).toHaveLength(1);
  });

  test('any other error ends it under its code', async () => {
    const error = new AwsError('ServiceUnavailable', 'Not now.');
    const chunk = { PayloadChunk: { Payload: Buffer.from('so far') } };
    const { answer } = await asked(...INVOKE, { EventStream: given(chunk, error) });
    await expect(all(answer.EventStream)).rejects.toMatchObject({ message: 'Not now.' });
  });
});

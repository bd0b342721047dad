import { expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { aQueue, startSqs } from './a-queue.ts';

const look = (aws: Suite, path: string, init: RequestInit = {}) =>
  fetch(`${aws.endpoint}/_aws/sqs/messages${path}`, init);

const asJson = { headers: { accept: 'application/json' } };

interface Shown {
  readonly ReceiveMessageResponse: {
    readonly ReceiveMessageResult: { readonly Message: readonly { readonly Body: string }[] };
  };
}

/** Bodies of what is shown. */
async function bodies(aws: Suite, path: string): Promise<readonly string[]> {
  const answer = (await (await look(aws, path, asJson)).json()) as Shown;
  const { Message } = answer.ReceiveMessageResponse.ReceiveMessageResult;
  return Message.map(({ Body }) => Body);
}

test('messages are shown without being received', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  const MessageAttributes = {
    city: { DataType: 'String', StringValue: 'Bern' },
    blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1]) },
  };
  const { MessageId } = await queue.send('a', { MessageAttributes });
  const answer = await look(aws, `?QueueUrl=${queue.url}`, asJson);
  expect(await answer.json()).toEqual({
    ReceiveMessageResponse: {
      ReceiveMessageResult: {
        Message: [
          {
            MessageId,
            Body: 'a',
            MD5OfBody: '0cc175b9c0f1b6a831c399e269772661',
            MD5OfMessageAttributes: expect.any(String),
            Attribute: [
              { Name: 'SenderId', Value: aws.account },
              { Name: 'SentTimestamp', Value: String(aws.clock.now()) },
              { Name: 'ApproximateReceiveCount', Value: '0' },
            ],
            MessageAttribute: [
              { Name: 'city', Value: { DataType: 'String', StringValue: 'Bern' } },
              { Name: 'blob', Value: { DataType: 'Binary', BinaryValue: 'AAE=' } },
            ],
          },
        ],
      },
    },
  });
  expect((await queue.one()).Attributes?.ApproximateReceiveCount).toBe('1');
});

test('hidden and delayed messages are shown when they are asked for', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('hidden');
  await queue.receive();
  await queue.send('visible');
  await queue.send('delayed', { DelaySeconds: 60 });
  const path = `/${aws.region}/${aws.account}/orders`;
  expect(await bodies(aws, path)).toEqual(['visible']);
  expect(await bodies(aws, `${path}?ShowInvisible=true`)).toEqual(['hidden', 'visible']);
  expect(await bodies(aws, `${path}?ShowDelayed=true`)).toEqual(['visible', 'delayed']);
});

test('without a wish the answer is XML', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('<a> & "b"');
  const form = new URLSearchParams({ QueueUrl: queue.url });
  const answer = await look(aws, '', { method: 'POST', body: form });
  expect(answer.headers.get('content-type')).toBe('text/xml');
  const text = await answer.text();
  expect(text).toContain(
    '<ReceiveMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">',
  );
  expect(text).toContain('<Body>&lt;a&gt; &amp; &quot;b&quot;</Body>');
  expect(text).toContain('<Attribute><Name>SenderId</Name><Value>000000000000</Value></Attribute>');
});

test('an SDK that has this for its endpoint gets what it expects', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('a');
  const answer = await look(aws, '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ QueueUrl: queue.url }),
  });
  expect(await answer.json()).toMatchObject({ Messages: [{ Body: 'a' }] });
});

test('a long queue is shown whole', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  const storage = `sqs/${aws.account}/${aws.region}/orders`;
  await aws.stack.storage.commit(
    Array.from({ length: 2100 }, (_, index) => ({
      kind: 'enqueue' as const,
      queue: storage,
      message: { id: `${index}`, body: `${index}`, sentAtMs: aws.clock.now(), visibleAtMs: 0 },
    })),
  );
  expect(await bodies(aws, `?QueueUrl=${queue.url}`)).toHaveLength(2100);
});

test('a queue that is not there, not named or not asked for rightly is refused', async () => {
  await using aws = await startSqs();
  expect((await look(aws, '?QueueUrl=http://x/000000000000/nowhere')).status).toBe(404);
  expect((await look(aws, '')).status).toBe(400);
  const asked = { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0' } };
  const none = await look(aws, '?QueueUrl=none', { ...asked, body: '{}' });
  expect(await none.json()).toMatchObject({ __type: 'com.amazonaws.sqs#QueueDoesNotExist' });
  expect((await look(aws, '', { method: 'PUT' })).status).toBe(405);
});

import type { SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { batchHandler, type QueueRecord } from '../../src/patterns/batch-handler.ts';

const record = (messageId: string, attributes = {}): QueueRecord => ({
  ...{ messageId, body: messageId, attributes },
});

function handling(...bad: readonly string[]) {
  const handled: string[] = [];
  const failures: string[] = [];
  const handler = batchHandler(
    async ({ body }) => {
      handled.push(body);
      if (bad.includes(body)) throw new Error(`${body} is bad`);
    },
    { onFailure: (cause, { messageId }) => failures.push(`${messageId}: ${String(cause)}`) },
  );
  return { handled, failures, handler };
}

test('one bad message costs itself alone', async () => {
  const { handler, handled, failures } = handling('2');
  const answer = await handler({ Records: ['1', '2', '3'].map((id) => record(id)) });
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  expect(handled).toEqual(['1', '2', '3']);
  expect(failures).toEqual(['2: Error: 2 is bad']);
});

test('nothing overtakes a failed message of its group in a FIFO queue', async () => {
  const { handler, handled } = handling('a2');
  const fifo = (id: string) =>
    record(id, { MessageGroupId: id.charAt(0), SequenceNumber: '18870' });
  const answer = await handler({ Records: ['a1', 'a2', 'b1', 'a3', 'b2'].map(fifo) });
  expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
    ...['a2', 'a3'],
  ]);
  expect(handled).toEqual(['a1', 'a2', 'b1', 'b2']);
});

test('groups of a standard queue hold nothing up', async () => {
  const { handler, handled } = handling('a1');
  const fair = (id: string) => record(id, { MessageGroupId: 'tenant' });
  await handler({ Records: ['a1', 'a2'].map(fair) });
  expect(handled).toEqual(['a1', 'a2']);
});

test('a handler takes the events that Lambda’s types describe', async () => {
  const handler: (event: SQSEvent) => Promise<unknown> = handling().handler;
  expect(await handler({ Records: [] })).toEqual({ batchItemFailures: [] });
});

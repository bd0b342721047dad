import { expect, test } from 'vitest';
import { partsOf } from '../../console/src/ui/contents.ts';
import { whatOf } from '../../console/src/ui/published.ts';

test('the text that matters comes first, with what was sent with it', () => {
  const attributes = { trace: { DataType: 'String', StringValue: 'a' } };
  expect(partsOf('message', { MessageBody: 'hi', MessageAttributes: attributes })).toEqual([
    { title: 'Body', text: 'hi' },
    { title: 'Sent with it', value: { MessageAttributes: attributes } },
  ]);
  expect(partsOf('notification', { Message: '{}' })).toEqual([{ title: 'Message', text: '{}' }]);
});

test('records are shown as text where they are text', () => {
  const data = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const text = data(new TextEncoder().encode('grün'));
  expect(partsOf('record', { Data: text, PartitionKey: 'k' })).toEqual([
    { title: 'Data', text: 'grün' },
    { title: 'Sent with it', value: { PartitionKey: 'k' } },
  ]);
  const bytes = data(Uint8Array.of(0xff, 0xfe, 0));
  expect(partsOf('record', { Data: bytes })).toEqual([{ title: 'Data', text: bytes }]);
});

test('invocations show what went in and what came out', () => {
  expect(partsOf('invocation', { payload: '{"n":1}', error: 'Boom' })).toEqual([
    { title: 'Input', text: '{"n":1}' },
    { title: 'Error', text: 'Boom' },
  ]);
});

test('what has no members is shown as it is', () => {
  expect(partsOf('event', null)).toEqual([{ title: 'Content', value: null }]);
});

test('lists say what something is by its note, and by its kind where it has none', () => {
  expect(whatOf({ form: 'event', note: 'OrderPlaced' })).toBe('OrderPlaced');
  expect(whatOf({ form: 'message' })).toBe('message');
  expect(whatOf({ form: 'invocation', note: '40 ms, Boom' })).toBe('ran 40 ms, Boom');
});

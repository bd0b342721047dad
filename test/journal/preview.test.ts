import { expect, test } from 'vitest';
import { previewOf } from '../../src/journal/preview.ts';

test.each([
  ['event', { 'detail-type': 'OrderPlaced', detail: { id: 7 } }, '{"id":7}'],
  ['notification', { Message: 'a\n  text', Subject: 's' }, 'a text'],
  ['message', { MessageBody: '{"id": 7}' }, '{"id": 7}'],
  ['record', { Data: Buffer.from('a record').toString('base64'), PartitionKey: 'k' }, 'a record'],
  ['change', { Keys: { id: { N: '7' } } }, '{"Keys":{"id":{"N":"7"}}}'],
  ['invocation', { payload: '{"id":7}', result: '1' }, '{"id":7}'],
  ['event', null, ''],
  ['message', {}, ''],
])('of %s %j', (form, content, preview) => {
  expect(previewOf(form, content)).toBe(preview);
});

test('every digit of an integer is shown', () => {
  const preview = previewOf('event', { detail: { big: 9223372036854775807n } });
  expect(preview).toBe('{"big":9223372036854775807}');
});

test('it is no longer than 200 characters', () => {
  const preview = previewOf('message', { MessageBody: 'x'.repeat(1_000_000) });
  expect(preview).toBe(`${'x'.repeat(199)}…`);
});

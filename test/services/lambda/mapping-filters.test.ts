import { expect, test } from 'vitest';
import { wantsOf } from '../../../src/services/lambda/mapping-filters.ts';

function record(body: string, more: Readonly<Record<string, unknown>> = {}) {
  const event = { messageId: 'm', body, awsRegion: 'us-east-1', ...more };
  return { id: 'm', cause: 'm', event, json: JSON.stringify(event) };
}

const wants = (body: string, ...patterns: object[]) =>
  wantsOf(patterns.map((pattern) => JSON.stringify(pattern)))?.(record(body));

/** AWS's table: what the body is, what the pattern takes it for, and whether the record passes. */
test.each([
  ['a text', 'a text', 'urgent', { body: ['urgent'] }, true],
  ['a text', 'another text', 'urgent', { body: ['idle'] }, false],
  ['a text', 'nothing', 'urgent', { awsRegion: ['us-east-1'] }, true],
  ['a text', 'JSON', 'urgent', { body: { kind: ['urgent'] } }, false],
  ['a text', 'JSON without a member', 'urgent', { body: { kind: [{ exists: false }] } }, false],
  ['JSON', 'a text', '{"kind":"urgent"}', { body: [{ prefix: '{' }] }, false],
  ['JSON', 'nothing', '{"kind":"urgent"}', { awsRegion: ['us-east-1'] }, true],
  ['JSON', 'nothing that fits', '{"kind":"urgent"}', { awsRegion: ['eu-west-1'] }, false],
  [
    'JSON',
    'JSON',
    '{"kind":"urgent","level":3}',
    { body: { level: [{ numeric: ['>', 2] }] } },
    true,
  ],
  ['JSON', 'other JSON', '{"kind":"urgent"}', { body: { kind: ['idle'] } }, false],
  ['a list', 'JSON', '[{"kind":"urgent"}]', { body: { kind: ['urgent'] } }, true],
  ['digits', 'a text', '42', { body: ['42'] }, true],
  ['broken JSON', 'a text', '{"kind":', { body: [{ prefix: '{' }] }, true],
])('a body that is %s, taken for %s', (_, __, body, pattern, passes) => {
  expect(wants(body, pattern)).toBe(passes);
});

test('one matching pattern is enough', () => {
  const idle = { body: { kind: ['idle'] } };
  const urgent = { body: { kind: ['urgent'] } };
  expect(wants('{"kind":"urgent"}', idle, urgent)).toBe(true);
  expect(wants('{"kind":"other"}', idle, urgent)).toBe(false);
});

test('alternatives of one pattern may take the body for different things', () => {
  const either = { $or: [{ body: ['ping'] }, { body: { kind: ['urgent'] } }] };
  expect(wants('ping', either)).toBe(true);
  expect(wants('{"kind":"urgent"}', either)).toBe(true);
  expect(wants('{"kind":"idle"}', either)).toBe(false);
});

test('message attributes are compared as the function gets them', () => {
  const pattern = { messageAttributes: { kind: { stringValue: ['urgent'] } } };
  const filter = wantsOf([JSON.stringify(pattern)]);
  const attribute = { stringValue: 'urgent', dataType: 'String' };
  expect(filter?.(record('x', { messageAttributes: { kind: attribute } }))).toBe(true);
  expect(filter?.(record('x', { messageAttributes: {} }))).toBe(false);
});

test('a Kinesis record is looked at with its data as text, or as the JSON in it', () => {
  const data = (text: string) => Buffer.from(text).toString('base64');
  const passes = (text: string, pattern: object) =>
    wantsOf([JSON.stringify(pattern)])?.(
      record('', { body: undefined, kinesis: { partitionKey: 'k', data: data(text) } }),
    );
  const buys = { data: { order: { type: ['buy'] } } };
  expect(passes('{"order":{"type":"buy"}}', buys)).toBe(true);
  expect(passes('{"order":{"type":"sell"}}', buys)).toBe(false);
  expect(passes('buy', buys)).toBe(false);
  expect(passes('buy', { data: ['buy'] })).toBe(true);
  expect(passes('buy', { kinesis: { partitionKey: ['k'] } })).toBe(true);
});

test('without patterns everything is wanted, and the same list is compiled once', () => {
  expect(wantsOf(undefined)).toBeUndefined();
  expect(wantsOf([])).toBeUndefined();
  const patterns = ['{"body":["a"]}'];
  expect(wantsOf(patterns)).toBe(wantsOf(patterns));
});

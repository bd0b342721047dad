import { describe, expect, test } from 'vitest';
import { readBatchResponse } from '../../../src/services/lambda/batch-response.ts';

const IDS = new Set(['m-1', 'm-2', 'm-3']);
const read = (answer: unknown) => readBatchResponse(JSON.stringify(answer), IDS);
const failures = (...items: unknown[]) => ({ batchItemFailures: items });

describe('answers', () => {
  test.each([
    ['an empty list', failures()],
    ['no list', { batchItemFailures: null }],
    ['an empty object', {}],
    ['null', null],
    ['an object about something else', { statusCode: 200 }],
  ])('%s is a success', (_, answer) => {
    expect(read(answer)).toBe('all done');
  });

  test('an answer without any text is a success', () => {
    expect(readBatchResponse('', IDS)).toBe('all done');
  });

  test('what is listed has failed, however often it is listed', () => {
    const item = { itemIdentifier: 'm-2' };
    expect(read(failures(item, item, { itemIdentifier: 'm-3' }))).toEqual(new Set(['m-2', 'm-3']));
  });
});

describe('refusals', () => {
  test.each([
    ['an empty identifier', failures({ itemIdentifier: '' })],
    ['a null identifier', failures({ itemIdentifier: null })],
    ['a number for an identifier', failures({ itemIdentifier: 1 })],
    ['an identifier that is not of the batch', failures({ itemIdentifier: 'm-9' })],
    ['a wrong key', failures({ messageId: 'm-1' })],
    ['a null item', failures(null)],
    ['a bare identifier', failures('m-1')],
    ['one bad item among good ones', failures({ itemIdentifier: 'm-1' }, { itemIdentifier: '' })],
    ['a list that is none', { batchItemFailures: { itemIdentifier: 'm-1' } }],
    ['a text', 'done'],
    ['a list instead of an object', []],
  ])('%s fails the whole batch', (_, answer) => {
    expect(read(answer)).toBe('all failed');
  });

  test('what is no JSON fails the whole batch', () => {
    expect(readBatchResponse('{"batchItemFailures":', IDS)).toBe('all failed');
  });
});

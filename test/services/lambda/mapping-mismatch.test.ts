import { describe, expect, test } from 'vitest';
import { mismatchOf } from '../../../src/services/lambda/mapping-mismatch.ts';

const against = (body: string, ...patterns: readonly object[]) =>
  mismatchOf(
    patterns.map((pattern) => JSON.stringify(pattern)),
    { messageId: 'm', body, awsRegion: 'us-east-1' },
  );

describe('answers', () => {
  test('what is wanted has no mismatch, nor has anything where there is no filter', () => {
    expect(against('{"kind":"urgent"}', { body: { kind: ['urgent'] } })).toBeUndefined();
    expect(against('a')).toBeUndefined();
    expect(mismatchOf(undefined, { body: 'a' })).toBeUndefined();
  });

  test('the filter that comes nearest is told of', () => {
    const far = { body: { kind: ['x'], level: [3] } };
    const near = { body: { kind: ['urgent'], level: [{ numeric: ['>', 2] }] } };
    expect(against('{"kind":"urgent","level":1}', far, near, far)).toMatchObject({
      path: 'body.level',
      wanted: '[{"numeric":[">",2]}]',
      found: [1],
      nearness: 0.5,
    });
  });

  test('a text where JSON is wanted, and the other way round', () => {
    expect(against('urgent', { body: { kind: [{ exists: false }] } })).toMatchObject({
      path: 'body',
      wanted: 'JSON, for {"body":{"kind":[{"exists":false}]}}',
      found: ['urgent'],
    });
    expect(against('{"kind":"urgent"}', { body: [{ prefix: '{' }] })).toMatchObject({
      path: 'body',
      wanted: 'a text that is no JSON, for {"body":[{"prefix":"{"}]}',
      found: ['{"kind":"urgent"}'],
    });
  });

  test('what stands elsewhere', () => {
    expect(against('a', { awsRegion: ['eu-west-1'] })).toMatchObject({
      path: 'awsRegion',
      found: ['us-east-1'],
    });
  });

  test('a Kinesis record is looked into', () => {
    const data = Buffer.from('{"type":"sell"}').toString('base64');
    const event = { kinesis: { partitionKey: 'k', data } };
    expect(mismatchOf(['{"data":{"type":["buy"]}}'], event)).toMatchObject({
      path: 'data.type',
      found: ['sell'],
    });
  });
});

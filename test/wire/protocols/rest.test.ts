import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../src/core/errors.ts';
import { detect, encodeAnswer, encodeError, type WireRequest } from '../../../src/wire/wire.ts';
import { headerOf, inputOf, refusalOf, request, signedFor } from '../requests.ts';

const lambda = (method: string, path: string, parts: Partial<Parameters<typeof request>[0]> = {}) =>
  request({ method, path, ...parts, headers: { ...signedFor('lambda'), ...parts.headers } });
const s3 = (method: string, path: string, parts: Partial<Parameters<typeof request>[0]> = {}) =>
  request({ method, path, ...parts, headers: { ...signedFor('s3'), ...parts.headers } });

function answerTo(sent: WireRequest, output: object) {
  const routed = detect(sent);
  if (!routed) throw new Error('Not routed.');
  return encodeAnswer(routed, output, 'a-request-id');
}

describe('REST-JSON', () => {
  test('binds path, query, headers and a raw body', () => {
    const sent = lambda('POST', '/2015-03-31/functions/a%3Ab/invocations', {
      query: 'Qualifier=1',
      headers: { 'x-amz-invocation-type': 'Event' },
      body: '{"x":1}',
    });
    expect(inputOf(sent)).toEqual({
      FunctionName: 'a:b',
      Qualifier: '1',
      InvocationType: 'Event',
      Payload: Buffer.from('{"x":1}'),
    });
  });

  test('takes every value of a list in the query', () => {
    const path = '/tags/arn:aws:lambda:eu-west-1:123456789012:function:f';
    const sent = lambda('DELETE', `/2017-03-31${path}`, { query: 'tagKeys=a&tagKeys=b' });
    expect(inputOf(sent)).toMatchObject({ TagKeys: ['a', 'b'] });
  });

  test('answers status, headers and a raw body', () => {
    const sent = lambda('POST', '/2015-03-31/functions/f/invocations');
    const output = {
      StatusCode: 202,
      FunctionError: 'Unhandled\r\nx: y',
      Payload: Buffer.from('1'),
    };
    const { status, headers, body } = answerTo(sent, output);
    expect([status, body]).toEqual([202, Buffer.from('1')]);
    expect(headers).toContain('Unhandled x: y');
  });

  test('answers an error with its type in a header, and whose fault it is', () => {
    const sent = lambda('GET', '/2015-03-31/functions/f');
    const error = new AwsError('ResourceNotFoundException', 'Function not found: f');
    const answer = encodeError(detect(sent), error, 'a-request-id', sent);
    expect(answer.status).toBe(404);
    expect(headerOf(answer, 'x-amzn-errortype')).toBe('ResourceNotFoundException');
    expect(JSON.parse(String(answer.body))).toEqual({
      Type: 'User',
      Message: 'Function not found: f',
    });
  });

  test('refuses a label that is no text', () => {
    expect(refusalOf(lambda('GET', '/2015-03-31/functions/%ff')).status).toBe(400);
  });
});

describe('REST-XML', () => {
  test('reads a body with the names of its elements', () => {
    const body = `<?xml version="1.0"?>
      <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Quiet>true</Quiet><Object><Key>a &amp; b</Key></Object><Object><Key> c </Key></Object>
      </Delete>`;
    expect(inputOf(s3('POST', '/bucket', { query: 'delete', body }))).toEqual({
      Bucket: 'bucket',
      Delete: { Quiet: true, Objects: [{ Key: 'a & b' }, { Key: ' c ' }] },
    });
  });

  test('binds headers by prefix, without reaching a prototype', () => {
    const headers = { 'x-amz-meta-a': '1', 'x-amz-meta-__proto__': '2' };
    const { Metadata } = inputOf(s3('PUT', '/bucket/key', { headers, body: 'x' })) as {
      Metadata: Record<string, string>;
    };
    expect(Object.entries(Metadata)).toEqual([
      ['a', '1'],
      ['__proto__', '2'],
    ]);
  });

  test('keeps slashes in keys, also at their end', () => {
    expect(inputOf(s3('GET', '/bucket/a//b%20c/'))).toMatchObject({ Key: 'a//b c/' });
  });

  test('answers with the root element that S3 gives it', () => {
    const sent = s3('GET', '/bucket', { query: 'list-type=2' });
    const { headers, body } = answerTo(sent, { Name: 'bucket', Contents: [{ Key: '<k>' }] });
    expect(headers).toContain('x-amz-request-id');
    expect(body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        '<Contents><Key>&lt;k&gt;</Key></Contents><Name>bucket</Name></ListBucketResult>',
    );
  });

  test('answers attributes with the namespace of their prefix', () => {
    const Grants = [{ Grantee: { Type: 'Group', URI: 'u"&' }, Permission: 'READ' }];
    const { body } = answerTo(s3('GET', '/bucket', { query: 'acl' }), { Grants });
    expect(body).toContain(
      '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">',
    );
  });

  test('answers an error without a wrapper, and to HEAD without a body', () => {
    const error = new AwsError('NoSuchKey', 'The specified key does not exist.');
    const get = s3('GET', '/bucket/key');
    const { status, body } = encodeError(detect(get), error, 'a-request-id', get);
    expect(status).toBe(404);
    expect(body).toContain('<Error><Code>NoSuchKey</Code><Message>The specified');
    const head = s3('HEAD', '/bucket/key');
    expect(encodeError(detect(head), error, 'a-request-id', head).body).toBe('');
  });

  test('calls a body that cannot be read malformed', () => {
    const { body } = refusalOf(s3('POST', '/bucket', { query: 'delete', body: '<Delete>' }));
    expect(body).toContain('<Code>MalformedXML</Code>');
  });
});

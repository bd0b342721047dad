import { describe, expect, test } from 'vitest';
import { detect, type WireRequest } from '../../src/wire/wire.ts';
import { formRequest, jsonRequest, refusalOf, request, signedFor } from './requests.ts';

function found(sent: WireRequest): string | undefined {
  const routed = detect(sent);
  return routed && `${routed.service} ${routed.operation} ${routed.protocol}`;
}

describe('an operation is found by', () => {
  const sqs = signedFor('sqs');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const cases: [string, WireRequest, string][] = [
    ['its target', jsonRequest('AmazonSQS.SendMessage', {}), 'sqs SendMessage json'],
    [
      'its target, in CBOR',
      request({
        headers: {
          'x-amz-target': 'Kinesis_20131202.PutRecord',
          'content-type': 'application/x-amz-cbor-1.1',
        },
      }),
      'kinesis PutRecord json-as-cbor',
    ],
    [
      'its path, in Smithy RPC',
      request({
        path: '/service/GraniteServiceVersion20100801/operation/PutMetricData',
        headers: { 'smithy-protocol': 'rpc-v2-cbor' },
      }),
      'cloudwatch PutMetricData rpc-v2-cbor',
    ],
    [
      'action and version in a form',
      formRequest({ Action: 'Publish', Version: '2010-03-31' }),
      'sns Publish query',
    ],
    [
      'action and version in the query',
      request({ method: 'GET', query: 'Action=ListQueues&Version=2012-11-05' }),
      'sqs ListQueues query',
    ],
    [
      'action and version in the query of a POST without a body',
      request({ query: 'Action=ListQueues&Version=2012-11-05' }),
      'sqs ListQueues query',
    ],
    [
      'action on a path of a queue',
      formRequest({ Action: 'SendMessage', Version: '2012-11-05' }, '/123456789012/orders'),
      'sqs SendMessage query',
    ],
    [
      'action and signature',
      request({ headers: { ...sqs, ...form }, body: 'Action=ListQueues' }),
      'sqs ListQueues query',
    ],
    ['action alone', formRequest({ Action: 'CreateTopic' }), 'sns CreateTopic query'],
    [
      'path and signature',
      request({ path: '/2015-03-31/functions/f/invocations', headers: signedFor('lambda') }),
      'lambda Invoke rest-json',
    ],
    [
      'path and host',
      request({ method: 'GET', path: '/schedules', headers: { host: 'scheduler.localhost' } }),
      'scheduler ListSchedules rest-json',
    ],
    [
      'a dated path alone',
      request({ method: 'GET', path: '/2015-03-31/functions/' }),
      'lambda ListFunctions rest-json',
    ],
    [
      'a presigned query',
      request({
        method: 'GET',
        path: '/bucket/key/with/slashes',
        query: 'X-Amz-Credential=AKID%2F20261121%2Feu-west-1%2Fs3%2Faws4_request',
      }),
      's3 GetObject rest-xml',
    ],
  ];

  test.each(cases)('%s', (_, sent, expected) => {
    expect(found(sent)).toBe(expected);
  });
});

describe('paths', () => {
  const s3 = (method: string, path: string, query = '') =>
    found(request({ method, path, query, headers: signedFor('s3') }));

  test('a literal part of the query outweighs everything else', () => {
    expect(s3('GET', '/bucket', 'list-type=2')).toContain('ListObjectsV2');
    expect(s3('GET', '/bucket', 'location')).toContain('GetBucketLocation');
    expect(s3('POST', '/bucket', 'delete=')).toContain('DeleteObjects');
    expect(s3('GET', '/bucket/')).toContain('ListObjects ');
  });

  test('a parameter that must be there tells operations apart', () => {
    expect(s3('PUT', '/bucket/key', 'partNumber=1&uploadId=u')).toContain('UploadPart');
    expect(s3('PUT', '/bucket/key')).toContain('PutObject');
  });

  test('a deprecated twin never wins', () => {
    expect(s3('GET', '/bucket', 'lifecycle')).toContain('GetBucketLifecycleConfiguration');
    expect(s3('PUT', '/bucket', 'notification')).toContain('PutBucketNotificationConfiguration');
  });

  test('two services that sign alike are told apart by path', () => {
    const headers = signedFor('apigateway');
    const of = (path: string) => found(request({ method: 'GET', path, headers }));
    expect(of('/restapis')).toBe('apigateway GetRestApis rest-json');
    expect(of('/v2/apis')).toBe('apigatewayv2 GetApis rest-json');
  });
});

test('what is no request to AWS is nothing', () => {
  expect(detect(request({ method: 'GET', path: '/favicon.ico' }))).toBeUndefined();
  expect(detect(request({ method: 'POST', path: '/hook', body: '{"Action":1}' }))).toBeUndefined();
});

describe('what no model has is refused by its name', () => {
  test('in JSON', () => {
    const { status, body } = refusalOf(jsonRequest('AmazonSQS.FlyToTheMoon', {}));
    expect(status).toBe(400);
    expect(JSON.parse(String(body))).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: 'FlyToTheMoon is no operation of sqs.',
    });
  });

  test('as a target without a service', () => {
    expect(String(refusalOf(jsonRequest('Nothing.Here', {})).body)).toContain('Nothing.Here');
  });

  test('as a property that every object has', () => {
    expect(refusalOf(jsonRequest('AmazonSQS.constructor', {})).status).toBe(400);
    expect(refusalOf(jsonRequest('__proto__.toString', {})).status).toBe(400);
  });

  test('in Query, in a form or in an address', () => {
    const sent = formRequest({ Action: 'FlyToTheMoon', Version: '2010-03-31' });
    expect(refusalOf(sent).body).toContain('<Code>InvalidAction</Code>');
    const inAddress = request({ method: 'GET', query: 'Action=FlyToTheMoon' });
    expect(refusalOf(inAddress).body).toContain('<ErrorResponse>');
  });

  test('in REST, with 404', () => {
    const sent = request({ method: 'GET', path: '/2015-03-31/moon', headers: signedFor('lambda') });
    const { status, body } = refusalOf(sent);
    expect(status).toBe(404);
    expect(String(body)).toContain('GET /2015-03-31/moon');
  });
});

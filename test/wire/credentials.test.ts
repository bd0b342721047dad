import { expect, test } from 'vitest';
import { credentialScope } from '../../src/wire/wire.ts';
import { request, signedFor } from './requests.ts';

const scope = {
  accessKey: '123456789012',
  date: '20261121',
  region: 'eu-west-1',
  service: 'sqs',
};

test('the header of a signed request says who, where and what for', () => {
  expect(credentialScope(request({ headers: signedFor('sqs') }))).toEqual(scope);
});

test('so does the query of a presigned one', () => {
  const credential = '123456789012%2F20261121%2Feu-west-1%2Fsqs%2Faws4_request';
  const sent = request({ query: `X-Amz-Expires=60&X-Amz-Credential=${credential}` });
  expect(credentialScope(sent)).toEqual(scope);
});

test('a signature for many regions names none', () => {
  const credential = 'Credential=AKID/20261121/s3/aws4_request, SignedHeaders=host, Signature=0';
  const headers = { authorization: `AWS4-ECDSA-P256-SHA256 ${credential}` };
  const expected = { accessKey: 'AKID', date: '20261121', region: '', service: 's3' };
  expect(credentialScope(request({ headers }))).toEqual(expected);
});

test('what is not signed so has no scope', () => {
  const of = (authorization: string) => credentialScope(request({ headers: { authorization } }));
  expect(credentialScope(request({}))).toBeUndefined();
  expect(of('Basic dTpw')).toBeUndefined();
  expect(of('AWS4-HMAC-SHA256 Credential=AKID/20261121')).toBeUndefined();
  expect(of('AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/sqs')).toBeUndefined();
});

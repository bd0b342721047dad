import { expect, test } from 'vitest';
import { redact, redactValue, without } from '../../src/core/redaction.ts';

test.each([
  [
    'Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260115/us-east-1/sqs/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, Signature=0123abcd',
    'Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260115/us-east-1/sqs/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, Signature=[redacted]',
  ],
  ['authorization: Bearer abc.def', 'authorization: [redacted]'],
  ['{"Authorization":"Basic dTpw","a":1}', '{"Authorization":"[redacted]","a":1}'],
  ['X-Amz-Security-Token: FwoG/abc==', 'X-Amz-Security-Token: [redacted]'],
  ['{\\"x-amz-security-token\\":\\"FwoG\\"}', '{\\"x-amz-security-token\\":\\"[redacted]\\"}'],
  [
    'GET /?X-Amz-Credential=AKID%2F1&X-Amz-Signature=0123&X-Amz-Security-Token=Fw%2Fo&a=b',
    'GET /?X-Amz-Credential=AKID%2F1&X-Amz-Signature=[redacted]' +
      '&X-Amz-Security-Token=[redacted]&a=b',
  ],
  ['{"Password":"hunter2","Username":"u"}', '{"Password":"[redacted]","Username":"u"}'],
  ['client_secret=s3cr3t&grant_type=x', 'client_secret=[redacted]&grant_type=x'],
  ['postgres://user:pass%40word@db/m failed', 'postgres://user:[redacted]@db/m failed'],
  [
    'key: -----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\nnext',
    'key: [redacted]\nnext',
  ],
  ['-----BEGIN PRIVATE KEY-----\nMHcC', '[redacted]'],
])('%s', (text, clean) => {
  expect(redact(text)).toBe(clean);
  expect(redact(clean)).toBe(clean);
});

test.each([
  'The request signature we calculated does not match the signature you provided.',
  'The security token included in the request is invalid.',
  'http://127.0.0.1:4566/000000000000/secret-queue',
  'user@example.com has no password',
])('%s: this tells nothing, and stays', (text) => {
  expect(redact(text)).toBe(text);
});

test('values are clean however deep their secrets stand', () => {
  expect(
    redactValue({
      cause: new Error('Signature=abc').message,
      deep: [{ SecretAccessKey: { odd: 1 }, sessionToken: 'x', count: 1, text: 'Signature=1' }],
      nothing: null,
      password: 7,
    }),
  ).toEqual({
    cause: 'Signature=[redacted]',
    deep: [
      {
        SecretAccessKey: '[redacted]',
        sessionToken: '[redacted]',
        count: 1,
        text: 'Signature=[redacted]',
      },
    ],
    nothing: null,
    password: 7,
  });
});

test('what is known to be secret goes, as it is and as JSON writes it', () => {
  const secrets = ['hun"ter', 'abc'];
  expect(without(secrets, 'hun"ter and {"a":"hun\\"ter"} and abc')).toBe(
    '[redacted] and {"a":"[redacted]"} and abc',
  );
});

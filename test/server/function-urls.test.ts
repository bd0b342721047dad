import { describe, expect, test } from 'vitest';
import { isForFunctionUrl, pathByHost } from '../../src/server/function-urls.ts';
import type { Head } from '../../src/server/request.ts';

const ID = '0123456789abcdef0123456789abcdef';

function head(host: string | undefined, path = '/a'): Head {
  return {
    method: 'GET',
    path,
    query: '',
    header: (name) => (name === 'host' ? host : undefined),
    headerCount: () => 0,
  };
}

describe('answers', () => {
  test.each([
    `${ID}.lambda-url.eu-west-1.localhost:4566`,
    `${ID}.lambda-url.us-east-1.localhost.localstack.cloud`,
    `${ID.toUpperCase()}.lambda-url.us-east-1.on.aws`,
  ])('the host %s leads to its URL', (host) => {
    expect(pathByHost(head(host))).toBe(`/_lambda-url/${ID}/a`);
    expect(isForFunctionUrl(head(host))).toBe(true);
  });

  test.each([
    undefined,
    '',
    '127.0.0.1:4566',
    'lambda-url.eu-west-1.localhost',
    '.lambda-url.eu-west-1.localhost',
    'short.lambda-url.eu-west-1.localhost',
    `a.${ID}.lambda-url.eu-west-1.localhost`,
    'sqs.us-east-1.localhost:4566',
  ])('the host %s is nobody’s', (host) => {
    expect(pathByHost(head(host))).toBeUndefined();
    expect(isForFunctionUrl(head(host))).toBe(false);
  });

  test('a path is a URL’s whatever the host', () => {
    expect(isForFunctionUrl(head('127.0.0.1', `/_lambda-url/${ID}/`))).toBe(true);
    expect(isForFunctionUrl(head('127.0.0.1', '/_lambda-urls'))).toBe(false);
  });
});

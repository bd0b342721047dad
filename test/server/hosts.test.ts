import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GateOptions, hostGate, hostName, isLoopback } from '../../src/server/hosts.ts';
import type { Head } from '../../src/server/request.ts';

function head(headers: readonly (readonly [string, string])[], method = 'POST'): Head {
  return {
    method,
    path: '/',
    query: '',
    header: (name) => headers.find(([known]) => known === name)?.[1],
    headerCount: (name) => headers.filter(([known]) => known === name).length,
  };
}

const LOOPBACK: GateOptions = { addresses: ['127.0.0.1', '::1'] };

function passes(headers: Readonly<Record<string, string>>, options = LOOPBACK): boolean {
  return hostGate(options).check(head(Object.entries(headers))) === undefined;
}

describe('answers', () => {
  test.each([
    '127.0.0.1:4566',
    '127.0.0.1',
    '127.8.9.1:4566',
    '[::1]:4566',
    'localhost:4566',
    'LOCALHOST',
    'sqs.us-east-1.localhost:4566',
    'localhost.localstack.cloud:4566',
    'bucket.s3.localhost.localstack.cloud:4566',
    'sqs.us-east-1.amazonaws.com',
    'sqs.eu-west-1.api.aws',
    'millrace:4566',
    'aws_emulator:4566',
  ])('the host %s is answered to', (host) => {
    expect(passes({ host })).toBe(true);
  });

  test('a request without Host, which no browser sends, passes', () => {
    expect(passes({})).toBe(true);
  });

  test('an address is answered to when the server is bound to it', () => {
    expect(passes({ host: '10.1.2.3:4566' })).toBe(false);
    expect(passes({ host: '10.1.2.3:4566' }, { addresses: ['10.1.2.3'] })).toBe(true);
    expect(passes({ host: '10.1.2.3:4566' }, { addresses: ['0.0.0.0'] })).toBe(true);
    expect(passes({ host: '[fd00::1]:4566' }, { addresses: ['::'] })).toBe(true);
  });

  test('hosts named in the settings are answered to', () => {
    const options = { ...LOOPBACK, allowedHosts: ['Aws.Example.test', '*.dev.test'] };
    expect(passes({ host: 'aws.example.test:80' }, options)).toBe(true);
    expect(passes({ host: 'sqs.dev.test' }, options)).toBe(true);
    expect(passes({ host: 'dev.test' }, options)).toBe(false);
    expect(passes({ host: 'evildev.test' }, options)).toBe(false);
  });

  test('a page of an allowed origin may call, from another site too', () => {
    const origin = 'http://localhost:3000';
    const options = { ...LOOPBACK, allowedOrigins: [origin] };
    expect(passes({ origin, host: '127.0.0.1' }, options)).toBe(true);
    expect(passes({ origin, 'sec-fetch-site': 'cross-site' }, options)).toBe(true);
    expect(hostGate(options).crossOrigin(head([['origin', origin]]))).toContain(origin);
  });
});

describe('refusals', () => {
  test.each([
    'evil.example:4566',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost:4566.evil.example',
    'localhost:port',

    'localhost@evil.example',
    'amazonaws.com.evil.example',
    'xamazonaws.com',
    'evil.example\\.localhost',
    'a b',
    '',
    '[::1',
    '[::1]x',
    '[]:80',
    '[::ffff:10.0.0.1]',
    '[evil.example]:80',
    `${'a'.repeat(300)}.localhost`,
  ])('the host %j is refused', (host) => {
    expect(passes({ host })).toBe(false);
  });

  test('two Host headers are refused, whatever they say', () => {
    const twice = head([
      ['host', 'localhost'],
      ['host', 'localhost'],
    ]);
    expect(hostGate(LOOPBACK).check(twice)?.status).toBe(403);
  });

  test.each(['GET', 'POST', 'OPTIONS', 'HEAD', 'PUT'])('an Origin is refused for %s', (method) => {
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:4566', '']) {
      const asked = head(
        [
          ['host', '127.0.0.1:4566'],
          ['origin', origin],
        ],
        method,
      );
      expect(hostGate(LOOPBACK).check(asked)?.status).toBe(403);
    }
  });

  test('a page of another site is refused even without an Origin', () => {
    const host = '127.0.0.1:4566';
    expect(passes({ host, 'sec-fetch-site': 'cross-site' })).toBe(false);
    expect(passes({ host, 'sec-fetch-site': 'same-origin' })).toBe(true);
    expect(passes({ host, 'sec-fetch-site': 'none' })).toBe(true);
  });

  test('a refusal names the setting and allows no page to read it', () => {
    const asked = head([['host', 'evil.example']]);
    const refused = hostGate(LOOPBACK).check(asked);
    expect(refused?.body).toContain('evil.example');
    expect(refused?.body).toContain('allowedHosts');
    expect(refused?.headers.join()).not.toMatch(/access-control/i);
    expect(hostGate(LOOPBACK).crossOrigin(asked)).toBeUndefined();
  });
});

test('no Host header, however odd, makes the gate throw', () => {
  const gate = hostGate(LOOPBACK);
  const odd = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[[\]:.a-z0-9]*$/));
  fc.assert(
    fc.property(odd, (host) => {
      gate.check(head([['host', host]]));
      expect(['string', 'undefined']).toContain(typeof hostName(host));
    }),
  );
});

test('loopback is what only this machine can reach', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    expect(isLoopback(host)).toBe(true);
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil', 'example.com', '']) {
    expect(isLoopback(host)).toBe(false);
  }
});

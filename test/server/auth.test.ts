import { describe, expect, test } from 'vitest';
import { accountOf, authenticator } from '../../src/server/auth.ts';

const DEFAULTS = { account: '000000000000', region: 'us-east-1' };

function scope(accessKey: string, region = 'eu-west-1') {
  return { accessKey, date: '20260115', region, service: 'sqs' };
}

describe('answers', () => {
  test('a key of twelve digits is the account, the scope names the region', () => {
    const authenticate = authenticator('off', DEFAULTS);
    expect(authenticate(scope('123456789012'), () => false)).toEqual({
      account: '123456789012',
      region: 'eu-west-1',
      arn: 'arn:aws:iam::123456789012:root',
    });
  });

  test.each(['test', 'AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE', '1234', '1234567890123'])(
    'the key %s is the default account',
    (accessKey) => {
      const { account } = authenticator('off', DEFAULTS)(scope(accessKey), () => false);
      expect(account).toBe('000000000000');
    },
  );

  test('LocalStack keys carry their account', () => {
    // The digits after the prefix are 2^39 + account / 2 in base 32; the ninth tells odd from even.
    expect(accountOf('LKIAQAAAAAAAAAAAAAAA')).toBe('000000000000');
    expect(accountOf('LSIAQAAAAAAAQAAAAAAA')).toBe('000000000001');
    expect(accountOf('LKIAQAAAAAABAAAAAAAA')).toBe('000000000002');
    expect(accountOf('LKIAAAAAAAAAAAAAAAAA')).toBeUndefined();
  });

  test('who names nobody is the default account in the default region', () => {
    const { account, region } = authenticator('off', DEFAULTS)(undefined, () => false);
    expect({ account, region }).toEqual(DEFAULTS);
  });
});

describe('refusals', () => {
  test('parse refuses a request without credentials, unless the operation needs none', () => {
    const authenticate = authenticator('parse', DEFAULTS);
    expect(() => authenticate(undefined, () => false)).toThrow('Missing Authentication Token');
    expect(authenticate(undefined, () => true).account).toBe('000000000000');
    expect(authenticate(scope('test'), () => false).account).toBe('000000000000');
  });

  test('strict does not start, because it is not built', () => {
    expect(() => authenticator('strict', DEFAULTS)).toThrow('not built yet');
  });
});

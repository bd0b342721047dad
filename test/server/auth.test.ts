import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/core/clock.ts';
import { seededIds } from '../../src/core/ids.ts';
import { quotas } from '../../src/core/quotas.ts';
import { type AuthMode, accountOf, authenticator, type Principal } from '../../src/server/auth.ts';
import type { Request } from '../../src/server/request.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Routed } from '../../src/wire/wire.ts';

const settings = {
  account: '000000000000',
  region: 'us-east-1',
  quotas: quotas(),
  enforcePolicies: true,
  queueCooldowns: false,
};

const SEND = { service: 'sqs', operation: 'SendMessage', protocol: 'json' } as Routed;
const CONFIRM = { service: 'sns', operation: 'ConfirmSubscription', protocol: 'query' } as Routed;

async function callerOf(
  mode: AuthMode,
  authorization: string | undefined,
  routed = SEND,
): Promise<Principal> {
  const storage = await openSqlite({ path: ':memory:' });
  const stack = { clock: new VirtualClock(0), ids: seededIds(1), storage, settings };
  const fields =
    authorization === undefined
      ? []
      : ['authorization', authorization, 'x-amz-date', '20260115T100000Z'];
  const request = {
    method: 'POST',
    path: '/',
    query: '',
    body: new Uint8Array(0),
    fields: () => fields,
    header: (name: string) => (name === 'authorization' ? authorization : undefined),
  } as unknown as Request;
  return authenticator(mode, stack).caller(request, routed);
}

function signed(accessKey: string): string {
  const scope = `${accessKey}/20260115/eu-west-1/sqs/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
}

describe('answers', () => {
  test('a key of twelve digits is the account, the scope names the region', async () => {
    const { identity, region } = await callerOf('off', signed('123456789012'));
    expect(identity.arn).toBe('arn:aws:iam::123456789012:root');
    expect({ account: identity.account, region }).toEqual({
      account: '123456789012',
      region: 'eu-west-1',
    });
  });

  test.each(['test', 'AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE', '1234', '1234567890123'])(
    'the key %s is the default account',
    async (accessKey) => {
      const { identity } = await callerOf('off', signed(accessKey));
      expect(identity.account).toBe('000000000000');
    },
  );

  test('LocalStack keys carry their account', () => {
    // The digits after the prefix are 2^39 + account / 2 in base 32; the ninth tells odd from even.
    expect(accountOf('LKIAQAAAAAAAAAAAAAAA')).toBe('000000000000');
    expect(accountOf('LSIAQAAAAAAAQAAAAAAA')).toBe('000000000001');
    expect(accountOf('LKIAQAAAAAABAAAAAAAA')).toBe('000000000002');
    expect(accountOf('LKIAAAAAAAAAAAAAAAAA')).toBeUndefined();
  });

  test('who names nobody is the default account in the default region', async () => {
    const { identity, region, signed: isSigned } = await callerOf('off', undefined);
    expect({ account: identity.account, region, isSigned }).toEqual({
      account: '000000000000',
      region: 'us-east-1',
      isSigned: false,
    });
  });
});

describe('refusals', () => {
  test('parse refuses a request without credentials, unless the operation needs none', async () => {
    await expect(callerOf('parse', undefined)).rejects.toThrow('Missing Authentication Token');
    expect((await callerOf('parse', undefined, CONFIRM)).signed).toBe(false);
    expect((await callerOf('parse', signed('test'))).signed).toBe(true);
  });

  test('strict refuses keys that nobody has', async () => {
    const gone = signed('AKIAIOSFODNN7EXAMPLE');
    await expect(callerOf('strict', gone)).rejects.toMatchObject({
      code: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
  });
});

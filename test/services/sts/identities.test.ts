import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

describe('answers', () => {
  test('GetCallerIdentity tells the root of the account', async () => {
    await using aws = await startSuite({ account: '111122223333' });
    expect(await aws.call('sts', 'GetCallerIdentity', {})).toEqual({
      UserId: '111122223333',
      Account: '111122223333',
      Arn: 'arn:aws:iam::111122223333:root',
    });
    const other = await aws.as({ account: '444455556666' }).call('sts', 'GetCallerIdentity', {});
    expect(other.Account).toBe('444455556666');
  });

  test('GetAccessKeyInfo tells the account in an id', async () => {
    await using aws = await startSuite();
    const { Credentials } = await aws.call('sts', 'GetSessionToken', {});
    const of = aws.as({ account: '999999999999' });
    const AccessKeyId = Credentials?.AccessKeyId ?? '';
    expect(await of.call('sts', 'GetAccessKeyInfo', { AccessKeyId })).toEqual({
      Account: aws.account,
    });
    // An id of before 2019 tells nothing.
    const old = { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
    expect(await of.call('sts', 'GetAccessKeyInfo', old)).toEqual({ Account: '999999999999' });
  });
});

describe('limits', () => {
  test('GetAccessKeyInfo takes ids of 16 to 128 letters and digits', async () => {
    await using aws = await startSuite();
    const { code } = await aws.fails('sts', 'GetAccessKeyInfo', { AccessKeyId: 'short' });
    expect(code).toBe('ValidationError');
  });
});

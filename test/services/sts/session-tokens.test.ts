import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { startAws } from '../../../src/testing/index.ts';
import { startSuite } from '../../sdk/suite.ts';

describe('answers', () => {
  test('credentials of a session last an hour for a root', async () => {
    await using aws = await startSuite();
    const { Credentials: made } = await aws.call('sts', 'GetSessionToken', {});
    expect(made?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(made?.SecretAccessKey).toHaveLength(40);
    expect(made?.Expiration).toBe(aws.stack.clock.nowMs() + 3_600_000);
    const { Credentials: short } = await aws.call('sts', 'GetSessionToken', {
      DurationSeconds: 900,
    });
    expect(short?.Expiration).toBe(aws.stack.clock.nowMs() + 900_000);
  });
});

describe('refusals', () => {
  test('a session asks for no session', async () => {
    await using aws = await startAws();
    const first = aws.client(STSClient);
    const { Credentials: made } = await first.send(new GetSessionTokenCommand({}));
    const second = aws.client(STSClient, {
      credentials: {
        accessKeyId: made?.AccessKeyId ?? '',
        secretAccessKey: made?.SecretAccessKey ?? '',
        sessionToken: made?.SessionToken ?? '',
      },
    });
    const { Account } = await second.send(new GetCallerIdentityCommand({}));
    expect(Account).toBe('000000000000');
    await expect(second.send(new GetSessionTokenCommand({}))).rejects.toThrow(
      'Cannot call GetSessionToken with session credentials',
    );
  });

  test('devices for MFA are not built', async () => {
    await using aws = await startSuite();
    const input = { SerialNumber: 'arn:aws:iam::1:mfa/x', TokenCode: '123456' };
    const { code, message } = await aws.fails('sts', 'GetSessionToken', input);
    expect(code).toBe('AccessDenied');
    expect(message).toContain('millrace has not built MFA devices');
  });
});

describe('limits', () => {
  test('sessions last 15 minutes to 36 hours', async () => {
    await using aws = await startSuite();
    for (const DurationSeconds of [899, 129_601]) {
      const { code } = await aws.fails('sts', 'GetSessionToken', { DurationSeconds });
      expect(code).toBe('ValidationError');
    }
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Access } from '../../src/access/access.ts';
import { changeKey, createKey, listKeys } from '../../src/access/key-admin.ts';
import { accountIn, newKeyId, newSecret } from '../../src/access/key-ids.ts';
import { issue, openToken } from '../../src/access/sessions.ts';
import { openVault, randomVault } from '../../src/access/vault.ts';
import { randomIds, seededIds } from '../../src/core/ids.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

const ids = randomIds();

async function anAccess(): Promise<Access> {
  return new Access(await openSqlite({ path: ':memory:' }), randomVault(ids));
}

describe('ids of keys', () => {
  test('hold their account, whichever it is', () => {
    const { random } = seededIds(1);
    const some = Array.from({ length: 500 }, () => String(Math.floor(random() * 1e12)));
    for (const digits of ['0', '1', '999999999999', ...some]) {
      const account = digits.padStart(12, '0');
      const id = newKeyId(ids, 'AKIA', account);
      expect(id).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(accountIn(id)).toBe(account);
    }
  });

  test('are what AWS would read the account from', () => {
    // https://summitroute.com/blog/2018/06/20/aws_security_credential_formats/, and the decoding
    // that AWS's support has confirmed since: bytes 0 to 5, masked with 0x7fffffffff80, seven bits
    // to the right.
    const id = newKeyId(ids, 'ASIA', '581039954779');
    const bits = [...id.slice(4)].map((digit) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit).toString(2).padStart(5, '0'),
    );
    const first = BigInt(`0b${bits.join('').slice(0, 48)}`);
    expect((first & 0x7fffffffff80n) >> 7n).toBe(581039954779n);
  });

  test('secrets have forty characters', () => {
    expect(newSecret(ids)).toMatch(/^[A-Za-z0-9+/]{40}$/);
  });
});

describe('the vault', () => {
  test('opens what it sealed, for the same purpose alone', () => {
    const vault = randomVault(ids);
    const sealed = vault.seal('secret', 'a');
    expect(sealed).not.toContain('secret');
    expect(vault.open(sealed, 'a')).toBe('secret');
    expect(vault.open(sealed, 'b')).toBeUndefined();
    expect(randomVault(ids).open(sealed, 'a')).toBeUndefined();
    expect(vault.open(sealed.slice(0, -2), 'a')).toBeUndefined();
    expect(vault.open('', 'a')).toBeUndefined();
    expect(vault.seal('secret', 'a')).not.toBe(sealed);
  });

  test('its key is a file beside the data, or given', () => {
    const data = mkdtempSync(join(tmpdir(), 'millrace-vault-'));
    try {
      const sealed = openVault({ data }, ids).seal('secret', 'a');
      expect(openVault({ data }, ids).open(sealed, 'a')).toBe('secret');
      const key = readFileSync(join(data, 'secrets.key'), 'utf8').trim();
      expect(openVault({ key }, ids).open(sealed, 'a')).toBe('secret');
      const inBase64 = Buffer.from(key, 'hex').toString('base64');
      expect(openVault({ key: inBase64 }, ids).open(sealed, 'a')).toBe('secret');
      expect(() => openVault({ key: 'short' }, ids).check()).toThrow('must hold 32 bytes');
      writeFileSync(join(data, 'secrets.key'), 'odd');
      expect(() => openVault({ data }, ids).check()).toThrow('secrets.key must hold 32 bytes');
    } finally {
      rmSync(data, { recursive: true });
    }
  });
});

describe('keys', () => {
  const account = '111111111111';

  test('are found by their id, with secret and user', async () => {
    const access = await anAccess();
    const policies = [{ name: 'p', document: '{"Statement":[]}' }];
    const made = await createKey(access, ids, 5, { account, user: 'alice', policies });
    const found = await access.find(made.accessKeyId);
    expect(found).toMatchObject({ secret: made.secretAccessKey, active: true });
    expect(found?.identity).toMatchObject({
      kind: 'user',
      arn: `arn:aws:iam::${account}:user/alice`,
      name: 'alice',
    });
    expect(found && (await access.policiesOf(found.identity))).toEqual(policies);
    expect(await access.find('AKIA')).toBeUndefined();
  });

  test('a second key leaves the user as he is, and the last one takes him along', async () => {
    const access = await anAccess();
    const policies = [{ name: 'p', document: '{"Statement":[]}' }];
    const first = await createKey(access, ids, 0, { account, user: 'alice', policies });
    const second = await createKey(access, ids, 0, { account, user: 'alice' });
    const { identity } = (await access.find(second.accessKeyId)) ?? {};
    expect(identity && (await access.policiesOf(identity))).toEqual(policies);
    await changeKey(access, first.accessKeyId, 'delete');
    expect(await access.find(first.accessKeyId)).toBeUndefined();
    expect(await access.find(second.accessKeyId)).toBeDefined();
    await changeKey(access, second.accessKeyId, 'disable');
    expect(await access.find(second.accessKeyId)).toMatchObject({ active: false });
    await changeKey(access, second.accessKeyId, 'delete');
    expect(identity && (await access.policiesOf(identity))).toEqual([]);
    expect(await listKeys(access)).toEqual([]);
  });
});

describe('session tokens', () => {
  const vault = randomVault(ids);
  const who = { kind: 'user', account: '1', arn: 'a', userId: 'u', name: 'alice' } as const;

  test('hold all of the session, and no byte of one can be changed', () => {
    const rest = { expiresAtMs: 9, parent: 'AKIA1', verified: true };
    const made = issue(vault, ids, { ...who, account: '111111111111' }, rest);
    const session = openToken(vault, made.SessionToken);
    expect(session).toMatchObject({ ...rest, secret: made.SecretAccessKey });
    expect(session?.identity.accessKey).toBe(made.AccessKeyId);
    const { random } = seededIds(3);
    for (let count = 0; count < 500; count += 1) {
      const at = 4 + Math.floor(random() * (made.SessionToken.length - 5));
      const sign = made.SessionToken[at] === 'A' ? 'B' : 'A';
      const changed = made.SessionToken.slice(0, at) + sign + made.SessionToken.slice(at + 1);
      expect(openToken(vault, changed)).toBeUndefined();
    }
    expect(openToken(randomVault(ids), made.SessionToken)).toBeUndefined();
    expect(openToken(vault, 'IQoJb3JpZ2luX2VjE')).toBeUndefined();
  });
});

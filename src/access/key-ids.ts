/**
 * Access key ids: `AKIA` for keys that last, `ASIA` for those of a session, then ten bytes in base
 * 32. The first six hold the account, shifted by seven bits, as AWS's own have since 2019; so
 * GetAccessKeyInfo can tell it of any id.
 */
import type { Ids } from '../core/ids.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Accounts are counted from `QAAAAAAA`. */
const FIRST = 16 * 32 ** 7;

export type KeyPrefix = 'AKIA' | 'ASIA';

export function newKeyId(ids: Ids, prefix: KeyPrefix, account: string): string {
  const number = Number(account);
  let half = FIRST + Math.floor(number / 2);
  let digits = '';
  for (let place = 0; place < 8; place += 1) {
    digits = BASE32.charAt(half % 32) + digits;
    half = Math.floor(half / 32);
  }
  const odd = (number % 2) * 16;
  const rest = [...Buffer.from(ids.hex(8), 'hex')].map((byte) => byte % 32);
  const [first = 0, ...others] = rest;
  digits += BASE32.charAt(odd + (first % 16));
  return prefix + digits + others.map((digit) => BASE32.charAt(digit)).join('');
}

/** The account in an id of any prefix of four letters; undefined where there is none. */
export function accountIn(keyId: string): string | undefined {
  if (!/^[A-Z]{4}[A-Z2-7]{9,}$/.test(keyId)) return undefined;
  let half = 0;
  for (const digit of keyId.slice(4, 12)) half = half * 32 + BASE32.indexOf(digit);
  const odd = BASE32.indexOf(keyId.charAt(12)) >= 16 ? 1 : 0;
  const account = 2 * (half - FIRST) + odd;
  return account >= 0 && account < 1e12 ? String(account).padStart(12, '0') : undefined;
}

/** Forty characters, as AWS's secrets have. */
export function newSecret(ids: Ids): string {
  return Buffer.from(ids.hex(30), 'hex').toString('base64');
}

/** Of a user (`AIDA`) or a role (`AROA`), made of seventeen bytes. */
export function principalId(prefix: 'AIDA' | 'AROA', bytes: Uint8Array): string {
  return prefix + Array.from(bytes.subarray(0, 17), (byte) => BASE32.charAt(byte % 32)).join('');
}

export function newPrincipalId(ids: Ids, prefix: 'AIDA' | 'AROA'): string {
  return principalId(prefix, Buffer.from(ids.hex(17), 'hex'));
}

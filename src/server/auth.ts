/**
 * Who asks. The credential scope of SigV4 is always read; whether its signature is checked is
 * one closed choice, made when the server starts.
 *
 * - `off`: the scope names account and region, nothing is refused.
 * - `parse`: as `off`, but a request that carries no credentials at all is refused.
 * - `strict`: signatures are checked. Not built yet; a server asked for it does not start.
 */
import { AwsError } from '../core/errors.ts';
import type { CredentialScope } from '../wire/wire.ts';

export const AUTH_MODES = ['off', 'parse', 'strict'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

export interface Principal {
  readonly account: string;
  readonly region: string;
  readonly arn: string;
}

export interface Defaults {
  readonly account: string;
  readonly region: string;
}

/** `mayBeUnsigned` tells whether the operation takes callers without credentials. */
export type Authenticate = (
  scope: CredentialScope | undefined,
  mayBeUnsigned: () => boolean,
) => Principal;

/** Principals remembered by access key and region; a flood of made-up keys starts it anew. */
const MOST_REMEMBERED = 1_000;

/** Throws when the mode is not built. */
export function authenticator(mode: AuthMode, defaults: Defaults): Authenticate {
  if (mode === 'strict') {
    throw new Error('auth "strict" (checking signatures) is not built yet; use "off" or "parse".');
  }
  const nobody = principal(defaults.account, defaults.region);
  const known = new Map<string, Principal>();
  return (scope, mayBeUnsigned) => {
    if (!scope) {
      if (mode === 'parse' && !mayBeUnsigned()) throw missingToken();
      return nobody;
    }
    const key = `${scope.region}/${scope.accessKey}`;
    const before = known.get(key);
    if (before) return before;
    const account = accountOf(scope.accessKey) ?? defaults.account;
    const found = principal(account, scope.region || defaults.region);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, found);
    return found;
  };
}

/** A caller is its account's root until users and roles are built. */
function principal(account: string, region: string): Principal {
  return { account, region, arn: `arn:aws:iam::${account}:root` };
}

function missingToken(): AwsError {
  return new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', {
    status: 403,
  });
}

/**
 * The account that an access key names: a key of twelve digits is the account, and keys that
 * begin with LKIA or LSIA carry it inside, as LocalStack's do.
 */
export function accountOf(accessKey: string): string | undefined {
  if (/^\d{12}$/.test(accessKey)) return accessKey;
  if (/^L[KS]IA[A-Z2-7]{9,}$/.test(accessKey)) return encodedAccount(accessKey);
  return undefined;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Accounts are counted from `QAAAAAAA`. */
const FIRST = 16 * 32 ** 7;

/**
 * Eight base-32 digits after the prefix hold half of the account's number, the ninth its parity:
 * the scheme of AWS's own newer key ids.
 */
function encodedAccount(accessKey: string): string | undefined {
  let half = 0;
  for (const digit of accessKey.slice(4, 12)) half = half * 32 + BASE32.indexOf(digit);
  const odd = BASE32.indexOf(accessKey.charAt(12)) >= 16 ? 1 : 0;
  const account = 2 * (half - FIRST) + odd;
  return account >= 0 && account < 1e12 ? String(account).padStart(12, '0') : undefined;
}

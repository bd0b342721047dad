/**
 * Session tokens: all that a session is, sealed, so that nothing is stored and any node that has
 * the key of the vault can check one. A token belongs to one access key id and holds its secret.
 */
import type { Ids } from '../core/ids.ts';
import type { Identity } from './identity.ts';
import { newKeyId, newSecret } from './key-ids.ts';
import type { Vault } from './vault.ts';

/** What tells our tokens from others' at a glance. */
export const TOKEN_PREFIX = 'MLRC';
const PURPOSE = 'session';

export interface Session {
  readonly secret: string;
  readonly identity: Identity;
  readonly expiresAtMs: number;
  /** The key that asked for it, without which it ends; undefined for what the server gave out. */
  readonly parent?: string;
  /** Whether that key's signature had been checked. */
  readonly verified: boolean;
}

export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: number;
}

export function issue(
  vault: Vault,
  ids: Ids,
  who: Omit<Identity, 'accessKey'>,
  rest: Omit<Session, 'identity' | 'secret'>,
): Credentials {
  const accessKey = newKeyId(ids, 'ASIA', who.account);
  const secret = newSecret(ids);
  const session: Session = { ...rest, secret, identity: { ...who, accessKey } };
  return {
    AccessKeyId: accessKey,
    SecretAccessKey: secret,
    SessionToken: TOKEN_PREFIX + vault.seal(JSON.stringify(session), PURPOSE),
    Expiration: rest.expiresAtMs,
  };
}

/** Undefined for what is no token of this vault. */
export function openToken(vault: Vault, token: string): Session | undefined {
  if (!token.startsWith(TOKEN_PREFIX)) return undefined;
  const text = vault.open(token.slice(TOKEN_PREFIX.length), PURPOSE);
  return text === undefined ? undefined : JSON.parse(text);
}

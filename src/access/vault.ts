/**
 * Secrets at rest: sealed with AES-256-GCM under a key that is not in the data.
 *
 * Signatures can only be checked with the secret itself, so it must be recoverable. Sealing
 * protects a copy of the data that is found without its key: a backup, a dump of the database, a
 * disk. It does not protect from who reads the key's file or the memory of the server.
 *
 * The key is `MILLRACE_SECRETS_KEY` (32 bytes as hexadecimal or base64) or the file `secrets.key`
 * beside the data, made at first need and readable by its owner alone. In memory it is made up.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ids } from '../core/ids.ts';

export interface Vault {
  /** `purpose` must be the same when it is opened: a sealed text cannot stand in for another. */
  seal(text: string, purpose: string): string;
  /** Undefined for what was not sealed here, or for another purpose. */
  open(sealed: string, purpose: string): string | undefined;
  /** Throws a sentence for people when there is no key. It is read at first need otherwise. */
  check(): void;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

export function vaultOf(read: () => Uint8Array, ids: Pick<Ids, 'hex'>): Vault {
  let known: Uint8Array | undefined;
  const key = (): Uint8Array => {
    known ??= read();
    return known;
  };
  return {
    check: () => {
      key();
    },
    seal: (text, purpose) => {
      const nonce = Buffer.from(ids.hex(NONCE_BYTES), 'hex');
      const cipher = createCipheriv(CIPHER, key(), nonce).setAAD(Buffer.from(purpose));
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString('base64url');
    },
    open: (sealed, purpose) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv(CIPHER, key(), nonce, options).setAAD(Buffer.from(purpose));
      decipher.setAuthTag(tag);
      try {
        const shown = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([shown, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

export function randomVault(ids: Ids): Vault {
  return vaultOf(() => Buffer.from(ids.hex(KEY_BYTES), 'hex'), ids);
}

export interface VaultPlace {
  /** Folder of the data; undefined when it is in memory. */
  readonly data?: string | undefined;
  /** The value of `MILLRACE_SECRETS_KEY`. */
  readonly key?: string | undefined;
}

export function openVault({ data, key }: VaultPlace, ids: Ids): Vault {
  if (key) return vaultOf(() => keyOf(key, 'MILLRACE_SECRETS_KEY'), ids);
  if (data === undefined) return randomVault(ids);
  const file = join(data, 'secrets.key');
  return vaultOf(() => keyOf(readOrMake(file, ids), file), ids);
}

function readOrMake(file: string, ids: Ids): string {
  try {
    const text = `${ids.hex(KEY_BYTES)}\n`;
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
    return text;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    return readFileSync(file, 'utf8');
  }
}

function keyOf(text: string, from: string): Buffer {
  const trimmed = text.trim();
  const encoding = /^[0-9a-fA-F]{64}$/.test(trimmed) ? 'hex' : 'base64';
  const key = Buffer.from(trimmed, encoding);
  if (key.length === KEY_BYTES) return key;
  throw new Error(`${from} must hold ${KEY_BYTES} bytes as hexadecimal or base64.`);
}

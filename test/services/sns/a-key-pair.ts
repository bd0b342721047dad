import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

let made: Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }> | undefined;

/** An RSA key pair; one per process, because making it takes 100 ms. */
export function aKeyPair() {
  made ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return made;
}

/**
 * Signing keys: what a secret becomes for one day, Region and service (HMAC), or for good (ECDSA).
 * Both are compared or verified in constant time.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

import type { KeyObject } from 'node:crypto';
import { createECDH, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

function hmac(key: string | Uint8Array, text: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Keys kept derived; past it the memory starts anew. A flood of scopes costs time, not memory. */
const MOST_KEPT = 1_000;

export interface HmacScope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Remembers keys by the secret itself, so that a secret that changes is never used again. */
export class SigningKeys {
  readonly #hmac = new Map<string, Buffer>();
  readonly #ecdsa = new Map<string, KeyObject>();

  /** The signature of `text`, in hexadecimal. */
  sign(secret: string, { date, region, service }: HmacScope, text: string): string {
    const name = `${date}/${region}/${service}/${secret}`;
    let key = this.#hmac.get(name);
    if (!key) {
      const ofDay = hmac(`AWS4${secret}`, date);
      key = hmac(hmac(hmac(ofDay, region), service), 'aws4_request');
      if (this.#hmac.size >= MOST_KEPT) this.#hmac.clear();
      this.#hmac.set(name, key);
    }
    return createHmac('sha256', key).update(text).digest('hex');
  }

  /** Whether `signature` is one of `text`, by the key that the secret stands for. */
  verifies(accessKey: string, secret: string, text: string, signature: string): boolean {
    if (!/^(?:[0-9a-f]{2}){8,72}$/.test(signature)) return false;
    const name = `${accessKey}/${secret}`;
    let key = this.#ecdsa.get(name);
    if (!key) {
      key = publicKey(privateKey(accessKey, secret));
      if (this.#ecdsa.size >= MOST_KEPT) this.#ecdsa.clear();
      this.#ecdsa.set(name, key);
    }
    try {
      return verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'hex'));
    } catch {
      return false;
    }
  }
}

/** Compares in a time that depends on the lengths alone. */
export function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The order of the group of P-256, less two. */
const LARGEST = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fn;
const LABEL = 'AWS4-ECDSA-P256-SHA256';

/**
 * The private key of a secret, by the counter mode of NIST SP 800-108: the first of 254 numbers
 * that is small enough. As https://github.com/awslabs/aws-c-auth does it (key_derivation.c).
 */
export function privateKey(accessKey: string, secret: string): Buffer {
  for (let counter = 1; counter <= 254; counter += 1) {
    const fixed = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from(`${LABEL}\0${accessKey}`),
      Buffer.from([counter, 0, 0, 1, 0]),
    ]);
    const number = BigInt(`0x${hmac(`AWS4A${secret}`, fixed).toString('hex')}`);
    if (number <= LARGEST) {
      return Buffer.from((number + 1n).toString(16).padStart(64, '0'), 'hex');
    }
  }
  throw new Error('No private key follows from this secret.');
}

function publicKey(secret: Buffer): KeyObject {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(secret);
  const point = curve.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33, 65)];
  const key = { kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url') };
  return createPublicKey({ key, format: 'jwk' });
}

/** Certificates that tests show and trust. */
import { type OwnCertificateOptions, ownCertificate } from '../../src/server/own-certificate.ts';
import type { KeyPair } from '../../src/server/secure.ts';

export function aCertificate(options: Partial<OwnCertificateOptions> = {}): KeyPair {
  const serial = '0123456789abcdef0123456789abcdef';
  return ownCertificate({
    hosts: [],
    region: 'us-east-1',
    nowMs: Date.now(),
    serial,
    ...options,
  });
}

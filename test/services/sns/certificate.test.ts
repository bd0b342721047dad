import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { selfSignedCertificate } from '../../../src/services/sns/certificate.ts';
import { aKeyPair } from './a-key-pair.ts';

const from = Date.parse('2026-01-15T10:00:00Z');
const hosts = ['localhost', 'sns.example.com', '127.0.0.1'];

async function certificate(changes: object = {}): Promise<X509Certificate> {
  const options = { commonName: 'me', hosts, fromMs: from, untilMs: from + 1000, serial: '01' };
  return new X509Certificate(
    selfSignedCertificate({ ...(await aKeyPair()), ...options, ...changes }),
  );
}

test('a certificate says whose it is, and is signed by itself', async () => {
  const made = await certificate();
  const { publicKey } = await aKeyPair();
  expect(made.subject).toBe('CN=me');
  expect(made.issuer).toBe('CN=me');
  expect(made.subjectAltName).toBe('DNS:localhost, DNS:sns.example.com, IP Address:127.0.0.1');
  expect(made.ca).toBe(true);
  expect(made.checkIssued(made)).toBe(true);
  expect(made.publicKey.equals(publicKey)).toBe(true);
  expect(made.verify(publicKey)).toBe(true);
  expect(made.checkHost('sns.example.com')).toBe('sns.example.com');
  expect(made.checkIP('127.0.0.1')).toBe('127.0.0.1');
});

test('its span may reach beyond 2049, where DER writes years with four digits', async () => {
  const made = await certificate({ untilMs: Date.parse('2076-02-03T04:05:06Z') });
  expect(made.validFromDate.toISOString()).toBe('2026-01-15T10:00:00.000Z');
  expect(made.validToDate.toISOString()).toBe('2076-02-03T04:05:06.000Z');
});

test.each([
  ['01', '01'],
  ['0080', '80'],
  ['ff'.repeat(20), 'FF'.repeat(20)],
])('the serial number %s is a number, however it is padded', async (serial, shown) => {
  expect((await certificate({ serial })).serialNumber).toBe(shown);
});

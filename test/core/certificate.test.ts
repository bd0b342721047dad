import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { selfSignedCertificate } from '../../src/core/certificate.ts';
import { aKeyPair } from '../services/sns/a-key-pair.ts';

const from = Date.parse('2026-01-15T10:00:00Z');
const hosts = ['localhost', 'sns.example.com', '127.0.0.1'];

async function certificate(changes: object = {}): Promise<X509Certificate> {
  const options = {
    commonName: 'me',
    hosts,
    purpose: 'signing' as const,
    fromMs: from,
    untilMs: from + 1000,
    serial: '01',
  };
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

test('a P-256 key signs too, and a server is no authority', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = await certificate({ ...pair, purpose: 'server' });
  expect(made.verify(pair.publicKey)).toBe(true);
  expect(made.ca).toBe(false);
  expect(made.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(made.checkHost('localhost')).toBe('localhost');
});

test.each([
  ['::1', '0:0:0:0:0:0:0:1'],
  ['::', '0:0:0:0:0:0:0:0'],
  ['fe80::1:2', 'FE80:0:0:0:0:0:1:2'],
  ['2001:db8:1:2:3:4:5:6', '2001:DB8:1:2:3:4:5:6'],
  ['::ffff:192.0.2.1', '0:0:0:0:0:FFFF:C000:201'],
])('the address %s stands in it as 16 bytes', async (address, shown) => {
  const made = await certificate({ hosts: [address] });
  expect(made.subjectAltName).toBe(`IP Address:${shown}`);
  expect(made.checkIP(address)).toBe(address);
});

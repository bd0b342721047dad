import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aCertificate } from './a-certificate.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-01-15T10:00:00Z');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const kept = (options = {}) =>
  aCertificate({ folder: join(folder, 'tls'), nowMs: NOW, ...options });

test('a certificate is good for the names of this machine', () => {
  const { cert, key } = aCertificate({ hosts: ['192.0.2.7', 'queue.example.test'], nowMs: NOW });
  const made = new X509Certificate(cert);
  expect(made.checkPrivateKey(createPrivateKey(key))).toBe(true);
  for (const name of ['localhost', 'sqs.us-east-1.localhost', 'queue.example.test']) {
    expect(made.checkHost(name), name).toBeDefined();
  }
  expect(made.subjectAltName).toContain('DNS:*.localhost');
  for (const address of ['127.0.0.1', '::1', '192.0.2.7']) {
    expect(made.checkIP(address), address).toBe(address);
  }
  expect(made.checkHost('example.com')).toBeUndefined();
  expect(made.ca).toBe(false);
  const days = (made.validToDate.getTime() - made.validFromDate.getTime()) / DAY_MS;
  expect(days).toBeLessThanOrEqual(825);
});

test('it is the same after a restart, and its key is nobody else’s to read', () => {
  const first = kept();
  expect(kept({ nowMs: NOW + 700 * DAY_MS })).toEqual(first);
  expect(statSync(join(folder, 'tls/key.pem')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'tls/certificate.pem'), 'utf8')).toBe(first.cert);
});

test('without a folder nothing is written', () => {
  expect(aCertificate().cert).not.toBe(aCertificate().cert);
  expect(existsSync(join(folder, 'tls'))).toBe(false);
});

test.each([
  ['is about to end', { nowMs: NOW + 800 * DAY_MS }],
  ['is not yet valid', { nowMs: NOW - 2 * DAY_MS }],
  ['is not for the name asked for', { hosts: ['other.test'] }],
  ['is not for the address asked for', { hosts: ['192.0.2.9'] }],
])('one that %s is replaced', (_how, options) => {
  const first = kept();
  const second = kept(options);
  expect(second.cert).not.toBe(first.cert);
  expect(kept(options)).toEqual(second);
});

test.each([
  ['certificate.pem', 'garbage'],
  ['key.pem', 'garbage'],
  ['key.pem', aCertificate().key],
])('a %s that is damaged or of another pair is replaced with its twin', (file, text) => {
  const first = kept();
  writeFileSync(join(folder, 'tls', file), text);
  const second = kept();
  expect(second.cert).not.toBe(first.cert);
  expect(kept()).toEqual(second);
});

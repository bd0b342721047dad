/**
 * The certificate of a server that was given none: signed by itself, good for this machine's
 * names, and kept in the data folder, so that clients who trust it do so after a restart too.
 *
 * It is no authority: who trusts it trusts this server and nobody else. The key is a P-256 one,
 * because making an RSA key takes 100 ms.
 */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { selfSignedCertificate } from '../core/certificate.ts';
import type { KeyPair } from './secure.ts';

export interface OwnCertificateOptions {
  /** Where it is kept; without a folder it lives as long as the server. */
  readonly folder?: string;
  /** Names and addresses that it has to be good for, beside those of loopback. */
  readonly hosts: readonly string[];
  readonly region: string;
  readonly nowMs: number;
  /** Sixteen random bytes in hexadecimal. */
  readonly serial: string;
}

const DAY_MS = 86_400_000;
/** Apple's clients take 825 days at most: https://support.apple.com/en-us/103769 */
const VALID_MS = 820 * DAY_MS;
/** Clocks of clients may be behind. */
const LEEWAY_MS = DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const CERTIFICATE_FILE = 'certificate.pem';
const KEY_FILE = 'key.pem';

export function tlsFolder(data: string): string {
  return join(data, 'tls');
}

export function certificateFile(folder: string): string {
  return join(folder, CERTIFICATE_FILE);
}

/** The one that is kept, or a new one when there is none that will do. */
export function ownCertificate(options: OwnCertificateOptions): KeyPair {
  const kept = options.folder === undefined ? undefined : keptIn(options.folder);
  if (kept && willDo(kept, options)) return kept;
  const made = newCertificate(options);
  if (options.folder !== undefined) keep(options.folder, made);
  return made;
}

function keptIn(folder: string): KeyPair | undefined {
  try {
    const cert = readFileSync(certificateFile(folder), 'utf8');
    return { cert, key: readFileSync(join(folder, KEY_FILE), 'utf8') };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

function willDo({ cert, key }: KeyPair, { hosts, nowMs }: OwnCertificateOptions): boolean {
  try {
    const certificate = new X509Certificate(cert);
    return (
      certificate.checkPrivateKey(createPrivateKey(key)) &&
      certificate.validToDate.getTime() - nowMs > RENEW_BEFORE_MS &&
      certificate.validFromDate.getTime() <= nowMs &&
      [...LOOPBACK, ...hosts].every((host) => covers(certificate, host))
    );
  } catch {
    // Damaged, or written by something else: a new one takes its place.
    return false;
  }
}

function covers(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  return certificate.subjectAltName?.split(', ').includes(`DNS:${host}`) ?? false;
}

function newCertificate(options: OwnCertificateOptions): KeyPair {
  const { hosts, region, nowMs, serial } = options;
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // Few clients let a star stand for the last but one part of a name, so regions have their own.
  const names = ['*.localhost', `*.${region}.localhost`, `*.lambda-url.${region}.localhost`];
  const cert = selfSignedCertificate({
    ...pair,
    commonName: 'millrace',
    hosts: [...new Set([...LOOPBACK, ...names, hostname(), ...hosts])],
    purpose: 'server',
    fromMs: nowMs - LEEWAY_MS,
    untilMs: nowMs - LEEWAY_MS + VALID_MS,
    serial,
  });
  return { cert, key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** A key without its certificate is replaced at the next start. */
function keep(folder: string, { cert, key }: KeyPair): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  replace(join(folder, KEY_FILE), key, 0o600);
  replace(certificateFile(folder), cert, 0o644);
}

function replace(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

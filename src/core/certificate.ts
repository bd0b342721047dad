/**
 * Self-signed X.509 certificates for RSA and P-256 keys, written by hand in DER: what signs SNS
 * messages has to be served as one, and a port with TLS has to show one.
 * https://www.rfc-editor.org/rfc/rfc5280
 */
import { hash, type KeyObject, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  bits,
  boolean,
  identifier,
  integer,
  moment,
  nothing,
  octets,
  sequence,
  set,
  tagged,
  text,
  tlv,
} from './der.ts';

export interface CertificateOptions {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly commonName: string;
  /** Names and addresses that the certificate is good for. */
  readonly hosts: readonly string[];
  /**
   * `signing` says that it is an authority, as the one of SNS always did. `server` is good for TLS
   * servers and nothing else: who trusts it trusts no further certificate.
   */
  readonly purpose: 'signing' | 'server';
  readonly fromMs: number;
  readonly untilMs: number;
  /** Hexadecimal, at most 20 bytes. */
  readonly serial: string;
}

/** The certificate in PEM. */
export function selfSignedCertificate(options: CertificateOptions): string {
  const algorithm = options.publicKey.asymmetricKeyType === 'ec' ? ECDSA_WITH_SHA256 : RSA_SHA256;
  const body = toBeSigned(options, algorithm);
  const signature = sign('sha256', body, options.privateKey);
  const der = sequence(body, algorithm, bits(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** https://www.rfc-editor.org/rfc/rfc5758#section-3.2 */
const ECDSA_WITH_SHA256 = sequence(identifier('1.2.840.10045.4.3.2'));
const RSA_SHA256 = sequence(identifier('1.2.840.113549.1.1.11'), nothing());

function toBeSigned(options: CertificateOptions, algorithm: Buffer): Buffer {
  const name = nameOf(options.commonName);
  return sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.from(options.serial, 'hex')),
    algorithm,
    name,
    sequence(moment(options.fromMs), moment(options.untilMs)),
    name,
    options.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(options))),
  );
}

function extensions({ purpose, hosts, publicKey }: CertificateOptions): readonly Buffer[] {
  const names = extension('2.5.29.17', sequence(...hosts.map(alternativeName)));
  if (purpose === 'signing') return [critical('2.5.29.19', sequence(boolean(true))), names];
  const keyId = hash('sha1', publicKey.export({ type: 'spki', format: 'der' }), 'buffer');
  return [
    critical('2.5.29.19', sequence()),
    critical('2.5.29.15', DIGITAL_SIGNATURE),
    extension('2.5.29.37', sequence(SERVER_AUTHENTICATION)),
    extension('2.5.29.14', octets(keyId)),
    names,
  ];
}

/** The first of the nine bits of KeyUsage. */
const DIGITAL_SIGNATURE = bits(Buffer.from([0x80]), 7);
const SERVER_AUTHENTICATION = identifier('1.3.6.1.5.5.7.3.1');

function extension(id: string, value: Buffer): Buffer {
  return sequence(identifier(id), octets(value));
}

function critical(id: string, value: Buffer): Buffer {
  return sequence(identifier(id), boolean(true), octets(value));
}

function alternativeName(host: string): Buffer {
  if (isIPv4(host)) return tlv(0x87, Buffer.from(host.split('.').map(Number)));
  if (isIPv6(host)) return tlv(0x87, bytesOfIPv6(host));
  return tlv(0x82, Buffer.from(host, 'latin1'));
}

/** The parser of URLs writes an address in its one short form, with hexadecimal digits only. */
function bytesOfIPv6(address: string): Buffer {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const missing = 8 - (before?.length ?? 0) - (after?.length ?? 0);
  const groups = [...(before ?? []), ...Array<string>(missing).fill('0'), ...(after ?? [])];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(identifier('2.5.4.3'), text(commonName))));
}

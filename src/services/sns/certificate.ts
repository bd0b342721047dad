/**
 * Self-signed X.509 certificates for RSA keys, written by hand in DER: what signs SNS messages
 * has to be served as one. https://www.rfc-editor.org/rfc/rfc5280
 */
import { type KeyObject, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface CertificateOptions {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly commonName: string;
  /** Names and IPv4 addresses that the certificate is good for. */
  readonly hosts: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
  /** Hexadecimal, at most 20 bytes. */
  readonly serial: string;
}

/** The certificate in PEM. */
export function selfSignedCertificate(options: CertificateOptions): string {
  const body = toBeSigned(options);
  const signature = sign('sha256', body, options.privateKey);
  const der = sequence(body, SHA256_WITH_RSA, bits(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function toBeSigned(options: CertificateOptions): Buffer {
  const name = nameOf(options.commonName);
  return sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.from(options.serial, 'hex')),
    SHA256_WITH_RSA,
    name,
    sequence(moment(options.fromMs), moment(options.untilMs)),
    name,
    options.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(options.hosts))),
  );
}

function extensions(hosts: readonly string[]): readonly Buffer[] {
  const isAuthority = sequence(boolean(true));
  const names = hosts.map((host) =>
    isIPv4(host)
      ? tlv(0x87, Buffer.from(host.split('.').map(Number)))
      : tlv(0x82, Buffer.from(host, 'latin1')),
  );
  return [
    sequence(identifier('2.5.29.19'), boolean(true), octets(isAuthority)),
    sequence(identifier('2.5.29.17'), octets(sequence(...names))),
  ];
}

function nameOf(commonName: string): Buffer {
  const value = tlv(0x0c, Buffer.from(commonName));
  return sequence(tlv(0x31, sequence(identifier('2.5.4.3'), value)));
}

/** Tag, length, value. */
function tlv(tag: number, value: Uint8Array): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const bytes = Buffer.from(evenHex(length), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, value]);
}

function evenHex(number: number): string {
  const hex = number.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

function sequence(...items: readonly Uint8Array[]): Buffer {
  return tlv(0x30, Buffer.concat(items));
}

/** An explicit context tag. */
function tagged(tag: number, item: Uint8Array): Buffer {
  return tlv(0xa0 | tag, item);
}

/** A number that is not negative; DER wants it short, and its first bit clear. */
function integer(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const short = bytes.subarray(start);
  const negative = ((short[0] ?? 0) & 0x80) !== 0;
  return tlv(0x02, negative ? Buffer.concat([Buffer.from([0]), short]) : short);
}

function boolean(value: boolean): Buffer {
  return tlv(0x01, Buffer.from([value ? 0xff : 0]));
}

function octets(value: Uint8Array): Buffer {
  return tlv(0x04, value);
}

function bits(value: Uint8Array): Buffer {
  return tlv(0x03, Buffer.concat([Buffer.from([0]), value]));
}

function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): readonly number[] {
  const digits = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

/** UTCTime up to 2049, GeneralizedTime from 2050 on. */
function moment(atMs: number): Buffer {
  const text = new Date(atMs).toISOString().replace(/[-:T]|\.\d+/g, '');
  return text < '2050' ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

/** sha256WithRSAEncryption. */
const SHA256_WITH_RSA = sequence(identifier('1.2.840.113549.1.1.11'), tlv(0x05, Buffer.alloc(0)));

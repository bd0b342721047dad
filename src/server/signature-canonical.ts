/**
 * The canonical request of Signature Version 4, and the text that is signed.
 *
 * Works on a request as it stands on the wire: names and values are latin-1, one character per
 * byte, so that no decoding can make two requests look alike. All services but S3 encode the path
 * once more and take `.`, `..` and doubled slashes out of it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash } from 'node:crypto';

/** What of a request is signed. */
export interface Signable {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: string;
  /** Names as they were sent and values in turn. */
  fields(): readonly string[];
}

export type PathStyle =
  /** Encoded again and normalised: every service but S3. */
  | 'normalised'
  /** Encoded again, and otherwise as it is. */
  | 'as-sent'
  /** S3's keys: encoded once, and otherwise as they are. */
  | 's3';

export interface CanonicalOptions {
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  readonly path: PathStyle;
}

export function canonicalRequest(request: Signable, options: CanonicalOptions): string {
  const { signedHeaders, payloadHash } = options;
  const headers = signedHeaders.map((name) => `${name}:${headerValue(request, name)}\n`);
  return [
    request.method,
    canonicalPath(request.path, options.path),
    canonicalQuery(request.query),
    headers.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** `scope` is what follows the access key in the credential. */
export function stringToSign(
  algorithm: string,
  moment: string,
  scope: string,
  canonical: string,
): string {
  return [algorithm, moment, scope, sha256(Buffer.from(canonical, 'latin1'))].join('\n');
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What HTTP/2 has in the place of the Host header; SDKs that speak it sign it by that name. */
export const AUTHORITY = ':authority';

/** All values of a header, each without blanks around it and with single ones within. */
function headerValue(request: Signable, signedAs: string): string {
  const values = valuesOf(request, signedAs === AUTHORITY ? 'host' : signedAs);
  const trimmed = values.map((value) => value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''));
  return trimmed.map((value) => value.replace(/[ \t\r\n]+/g, ' ')).join(',');
}

/** Every value of a header, in order, as it was sent. */
export function valuesOf(request: Signable, name: string): readonly string[] {
  const fields = request.fields();
  const values: string[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]?.toLowerCase() === name) values.push(fields[at + 1] ?? '');
  }
  return values;
}

function canonicalPath(path: string, style: PathStyle): string {
  if (style === 's3') return encodePath(decodeBytes(path, false) || '/');
  return encodePath(style === 'as-sent' ? path || '/' : normalised(path));
}

/** Without empty segments, `.` and `..`; a slash at the end stays. */
function normalised(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const end = /\/\.{0,2}$/.test(path) && segments.length > 0 ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeBytes).join('/');
}

/**
 * Pairs by encoded name and value. A plus sign is the blank that it is to whoever reads the
 * query, and so no other text can stand for what was signed. The signature itself is left out.
 */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      const value = equals < 0 ? '' : pair.slice(equals + 1);
      return [encodeBytes(decodeBytes(name, true)), encodeBytes(decodeBytes(value, true))];
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Undoes percent-encoding byte by byte; what is none stays as it is. */
function decodeBytes(text: string, plusIsBlank: boolean): string {
  const spaced = plusIsBlank ? text.replaceAll('+', ' ') : text;
  return spaced.replace(/%([0-9A-Fa-f]{2})/g, (_whole, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

const ENCODED = Array.from({ length: 256 }, (_, code) => {
  const sign = String.fromCharCode(code);
  if (/[A-Za-z0-9._~-]/.test(sign)) return sign;
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
});

function encodeBytes(text: string): string {
  if (/^[A-Za-z0-9._~-]*$/.test(text)) return text;
  let encoded = '';
  for (let at = 0; at < text.length; at += 1) encoded += ENCODED[text.charCodeAt(at)] ?? '';
  return encoded;
}

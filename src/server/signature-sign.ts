/** Signs requests to a server of our own, for commands that ask one. */

import { compact, HMAC } from './signature.ts';
import { canonicalRequest, sha256, stringToSign } from './signature-canonical.ts';
import { SigningKeys } from './signature-keys.ts';

export interface ToSign {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigningScope {
  readonly service: string;
  readonly region: string;
  readonly nowMs: number;
}

/** The headers that make it a signed request. */
export function signatureHeaders(
  { method, url, body }: ToSign,
  { accessKeyId, secretAccessKey, sessionToken }: SigningCredentials,
  { service, region, nowMs }: SigningScope,
): Readonly<Record<string, string>> {
  const moment = compact(nowMs);
  const date = moment.slice(0, 8);
  const headers: Record<string, string> = {
    host: url.host,
    'x-amz-date': moment,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const signedHeaders = Object.keys(headers);
  const request = {
    method,
    path: url.pathname,
    query: url.search.slice(1),
    fields: () => Object.entries(headers).flat(),
  };
  const payloadHash = sha256(Buffer.from(body));
  const canonical = canonicalRequest(request, { signedHeaders, payloadHash, path: 'normalised' });
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = stringToSign(HMAC, moment, scope, canonical);
  const signature = new SigningKeys().sign(secretAccessKey, { date, region, service }, text);
  const parts = [
    `Credential=${accessKeyId}/${scope}`,
    `SignedHeaders=${signedHeaders.join(';')}`,
    `Signature=${signature}`,
  ];
  return { ...headers, authorization: `${HMAC} ${parts.join(', ')}` };
}

/**
 * Who a request says it is from, read without checking the signature.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { firstValue } from './documents/form.ts';
import type { WireRequest } from './request.ts';

export interface CredentialScope {
  readonly accessKey: string;
  /** As `20261121`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The credential scope, from the header or from a presigned query. */
export function credentialScope(request: WireRequest): CredentialScope | undefined {
  const header = request.header('authorization');
  if (header !== undefined) return scopeOf(header, header.indexOf('Credential='));
  if (!request.query.includes('X-Amz-Credential=')) return undefined;
  const credential = firstValue(request.query, 'X-Amz-Credential');
  return credential === undefined ? undefined : scopeOf(`Credential=${credential}`, 0);
}

/** `Credential=<key>/<date>/<region>/<service>/aws4_request`; SigV4a's has no region. */
function scopeOf(text: string, at: number): CredentialScope | undefined {
  if (at === -1) return undefined;
  const start = at + 'Credential='.length;
  const keyEnd = text.indexOf('/', start);
  const dateEnd = text.indexOf('/', keyEnd + 1);
  const regionEnd = text.indexOf('/', dateEnd + 1);
  if (keyEnd === -1 || dateEnd === -1 || regionEnd === -1) return undefined;
  const accessKey = text.slice(start, keyEnd);
  const date = text.slice(keyEnd + 1, dateEnd);
  const third = text.slice(dateEnd + 1, regionEnd);
  if (text.startsWith('aws4_request', regionEnd + 1)) {
    return { accessKey, date, region: '', service: third };
  }
  const serviceEnd = text.indexOf('/', regionEnd + 1);
  if (serviceEnd === -1) return undefined;
  return { accessKey, date, region: third, service: text.slice(regionEnd + 1, serviceEnd) };
}

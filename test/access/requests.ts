/** A bare request for every operation that is built, in every protocol of its service. */

import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { allServices } from '../../src/services/all.ts';
import { member, modelOf } from '../../src/wire/models.ts';

export interface Bare {
  readonly title: string;
  readonly service: string;
  readonly operation: string;
  readonly signingName: string;
  readonly protocol: 'json' | 'cbor' | 'query' | 'rest';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function everyOperation(): readonly Bare[] {
  return allServices.flatMap(({ name, operations }) =>
    Object.keys(operations).flatMap((operation) => requestsFor(name, operation)),
  );
}

function requestsFor(service: string, operation: string): readonly Bare[] {
  const { facts, operation: find } = modelOf(service);
  const described = find(operation);
  const named = { service, operation, signingName: facts.signingName };
  const requests: Bare[] = [];
  const add = (
    protocol: Bare['protocol'],
    rest: Omit<Bare, keyof typeof named | 'title' | 'protocol'>,
  ) =>
    requests.push({ title: `${service}:${operation} in ${protocol}`, protocol, ...named, ...rest });
  const target = { 'x-amz-target': `${facts.targetPrefix}.${operation}` };
  if (facts.protocols.includes('json')) {
    const type = `application/x-amz-json-${facts.jsonVersion}`;
    const headers = { ...target, 'content-type': type };
    add('json', { method: 'POST', path: '/', headers, body: '{}' });
  }
  if (service === 'kinesis') {
    const headers = { ...target, 'content-type': 'application/x-amz-cbor-1.1' };
    add('cbor', { method: 'POST', path: '/', headers, body: '\xa0' });
  }
  if (facts.protocols.includes('query')) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `Action=${operation}&Version=${facts.apiVersion}`;
    add('query', { method: 'POST', path: '/', headers, body });
  }
  if (facts.protocols.includes('rest-json')) {
    const uri = (described?.uri ?? '/').replaceAll(/\{\w+\+?\}/g, 'some');
    const path = withQuery(uri, needed(service, operation));
    const body = described?.method === 'POST' || described?.method === 'PUT' ? '{}' : '';
    add('rest', { method: described?.method ?? 'POST', path, headers: {}, body });
  }
  return requests;
}

/** The parameters of the query without which the path is another operation's. */
function needed(service: string, operation: string): readonly string[] {
  const model = modelOf(service);
  const input = model.operation(operation)?.input;
  const { members = {}, required = [] } = input === undefined ? {} : model.shape(input);
  return required.flatMap((name) => {
    const found = member(members[name]);
    return found.location === 'querystring' ? [`${found.name ?? name}=some`] : [];
  });
}

function withQuery(uri: string, pairs: readonly string[]): string {
  if (pairs.length === 0) return uri;
  return uri + (uri.includes('?') ? '&' : '?') + pairs.join('&');
}

export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedBy {
  readonly key: Key;
  readonly atMs: number;
  readonly service?: string;
  readonly region?: string;
}

/** SHA-256 as the signer of AWS's SDK wants it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | Uint8Array | ArrayBuffer) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac(
            'sha256',
            typeof secret === 'string' ? secret : Buffer.from(secret as Uint8Array),
          );
  }
  update(data: string | Uint8Array | ArrayBuffer): void {
    this.#hash.update(typeof data === 'string' ? data : Buffer.from(data as Uint8Array));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

/** The headers of the request as AWS's own signer signs it. */
export async function signed(
  { method, path, headers, body, signingName }: Bare,
  host: string,
  { key, atMs, service = signingName, region = 'us-east-1' }: SignedBy,
): Promise<Record<string, string>> {
  const [pathname = '', search = ''] = path.split('?');
  const query = Object.fromEntries(new URLSearchParams(search));
  const signer = new SignatureV4({ credentials: key, region, service, sha256: Sha256 as never });
  const request = {
    method,
    protocol: 'http:',
    hostname: host,
    path: pathname,
    query,
    headers: { ...headers, host },
    body: body === '' ? undefined : Buffer.from(body),
  };
  const made: unknown = await signer.sign(request as never, { signingDate: new Date(atMs) });
  return (made as { readonly headers: Record<string, string> }).headers;
}

export function presigner(key: Key): SignatureV4 {
  const where = { region: 'us-east-1', service: 'sts' };
  return new SignatureV4({ credentials: key, ...where, sha256: Sha256 as never });
}

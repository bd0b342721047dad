/**
 * Requests full of canaries: in everything that signs them, and in every member that AWS's models
 * mark as sensitive. A canary that is seen anywhere else has got out.
 */
import { request } from 'node:http';
import { type Ids, seededIds } from '../../src/core/ids.ts';
import type { Reference, ServiceDescriptor } from '../../src/wire/descriptor.ts';
import { toForm } from '../simulation/malformed/encodings.ts';
import { describeService, pick, sampleInput } from '../simulation/malformed/samples.ts';

const PHONE = '5558675309';
/** What none of the texts may hold; the last one is the beginning in base64. */
export const CANARY = new RegExp(`CANARY\\w*|${PHONE}|Q0FOQVJZ\\w*`);

/** Of those, what signs a request. */
export const SIGNING = /CANARYSIGN\w*/;

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Value = unknown;

/** `input` with a canary for everything sensitive that is in it, or could be. */
function planted(
  ids: Ids,
  service: ServiceDescriptor,
  reference: Reference,
  value: Value,
  within: boolean,
  depth: number,
): Value {
  const name = typeof reference === 'string' ? reference : reference.shape;
  const shape = service.shapes[name];
  const sensitive = within || shape?.sensitive === true;
  const into = (part: Reference | undefined, item: Value) =>
    planted(ids, service, part ?? 'string', item, sensitive, depth + 1);
  switch (shape?.type ?? name) {
    case 'structure': {
      const given = (value ?? {}) as Readonly<Record<string, Value>>;
      const members = Object.entries(shape?.members ?? {})
        .filter(([member]) => given[member] !== undefined || depth < 5)
        .map(([member, part]) => [member, into(part, given[member])] as const);
      return Object.fromEntries(members.filter(([, item]) => item !== undefined));
    }
    case 'list':
      return Array.isArray(value) ? value.map((item) => into(shape?.member, item)) : value;
    case 'map': {
      const isSecret =
        sensitive || [shape?.key, shape?.value].some((part) => isSensitive(service, part));
      if (isSecret) return { [secret(ids)]: secret(ids) };
      return value;
    }
    case 'blob':
      return sensitive ? Buffer.from(secret(ids)).toString('base64') : value;
    case 'string':
      return sensitive ? secret(ids) : value;
    default:
      return value;
  }
}

function isSensitive(service: ServiceDescriptor, reference: Reference | undefined): boolean {
  const name = typeof reference === 'string' ? reference : (reference?.shape ?? '');
  return service.shapes[name]?.sensitive === true;
}

function secret(ids: Ids): string {
  return pick(ids, [`CANARY${ids.hex(6)}`, `+1${PHONE}`, `CANARY"\\${ids.hex(3)}`]);
}

export interface SignedBy {
  readonly accessKey?: string;
  /** As `20260115T100000Z`. */
  readonly at?: string;
}

/** One request for an operation, signed in a header or in the query, whole or damaged. */
export function canaryRequest(
  seed: number,
  name: string,
  operation: string,
  { accessKey = '111122223333', at = '20260115T100000Z' }: SignedBy = {},
): Sent {
  const ids = seededIds(seed);
  const service = describeService(name);
  const shape = service.operations[operation]?.input;
  const sample = sampleInput(ids, service, operation);
  const input = shape === undefined ? {} : planted(ids, service, shape, sample, false, 0);
  const { method = 'POST', path, body, headers } = encoded(service, operation, input as object);
  const isPresigned = ids.random() < 0.3;
  const isDamaged = ids.random() < 0.2;
  const place = `us-east-1/${service.service.signingName}`;
  const scope = `${accessKey}/${at.slice(0, 8)}/${place}/aws4_request`;
  const signature = `CANARYSIGN${ids.hex(27)}`;
  // A key that is no session's is refused for its token, before its signature is looked at.
  const token = ids.random() < 0.5 ? `CANARYSIGN/${ids.hex(8)}==` : undefined;
  const inQuery = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': scope,
    'X-Amz-Date': at,
    'X-Amz-Expires': '900',
    'X-Amz-SignedHeaders': 'host',
    ...(token && { 'X-Amz-Security-Token': token }),
    'X-Amz-Signature': signature,
  });
  const also = ['host', 'x-amz-date', ...(token ? ['x-amz-security-token'] : [])];
  const names = [...Object.keys(headers), ...also].sort().join(';');
  const inHeaders = {
    authorization:
      `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${names}, ` + `Signature=${signature}`,
    ...(token && { 'x-amz-security-token': token }),
    'x-amz-date': at,
  };
  const separator = path.includes('?') ? '&' : '?';
  return {
    method,
    path: isPresigned ? `${path}${separator}${inQuery}` : path,
    headers: { ...headers, ...(!isPresigned && inHeaders) },
    body: isDamaged && body[0] === BRACE ? Buffer.concat([body.subarray(0, -1), CHIRP]) : body,
  };
}

/** Forms are never damaged: whatever stands in them is a parameter. */
const BRACE = '{'.charCodeAt(0);
const CHIRP = Buffer.from('"CANARYinTheRubble');

type Encoded = Partial<Pick<Sent, 'method'>> & Omit<Sent, 'method'>;

function encoded(service: ServiceDescriptor, operation: string, input: object): Encoded {
  const { protocols, targetPrefix, jsonVersion } = service.service;
  if (protocols.includes('rest-json')) return restJson(service, operation, input);
  if (!protocols.includes('json')) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { path: '/', headers, body: toForm(service, operation, input) };
  }
  const headers = {
    'content-type': `application/x-amz-json-${jsonVersion ?? '1.0'}`,
    'x-amz-target': `${targetPrefix}.${operation}`,
  };
  return { path: '/', headers, body: Buffer.from(JSON.stringify(input)) };
}

function restJson(service: ServiceDescriptor, operation: string, input: object): Encoded {
  const { method = 'POST', uri = '/', input: shape = '' } = service.operations[operation] ?? {};
  const { members = {}, payload } = service.shapes[shape] ?? {};
  const query = new URLSearchParams();
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const rest: Record<string, unknown> = {};
  let path = uri;
  for (const [member, value] of Object.entries(input)) {
    const reference = members[member];
    const { location, name = member } = typeof reference === 'object' ? reference : {};
    const text = String(value);
    if (location === 'uri') path = path.replace(`{${name}}`, encodeURIComponent(text));
    else if (location === 'querystring') query.append(name, text);
    else if (location === 'header') headers[name] = encodeURIComponent(text);
    else rest[member] = value;
  }
  const isBlob = payload !== undefined && typeof rest[payload] === 'string';
  const body = isBlob ? Buffer.from(String(rest[payload]), 'base64') : JSON.stringify(rest);
  const asked = query.size > 0 ? `${path.includes('?') ? '&' : '?'}${query}` : '';
  return {
    method,
    path: path.replace(/\{[^}]*\}/g, 'x') + asked,
    headers,
    body: Buffer.from(body),
  };
}

export interface Told {
  readonly status: number;
  readonly text: string;
}

export function send(port: number, { method, path, headers, body }: Sent): Promise<Told> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers, agent: false };
    const asked = request(options, (answer) => {
      let text = JSON.stringify(answer.headers);
      answer.setEncoding('latin1').on('data', (data: string) => {
        text += data;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('close', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.setTimeout(20_000, () => asked.destroy(new Error(`${method} ${path} hangs.`)));
    asked.on('error', reject).end(body);
  });
}

/** Requests as clients send them, made by hand. */
import { AwsError } from '../../src/core/errors.ts';
import {
  decode,
  detect,
  encodeError,
  type WireRequest,
  type WireResponse,
} from '../../src/wire/wire.ts';

interface Parts {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export function request(parts: Parts): WireRequest {
  const { method = 'POST', path = '/', query = '', headers = {}, body = '' } = parts;
  const byName = new Map(Object.entries(headers));
  return {
    method,
    path,
    query,
    header: (name) => byName.get(name),
    headerNames: () => byName.keys(),
    body: typeof body === 'string' ? Buffer.from(body) : body,
  };
}

/** `body` is sent as it is when it is text, else as JSON. */
export function jsonRequest(target: string, body: unknown): WireRequest {
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
  return request({ headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

export function formRequest(parameters: Readonly<Record<string, string>>, path = '/'): WireRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  return request({ path, headers, body: new URLSearchParams(parameters).toString() });
}

export function signedFor(service: string): Readonly<Record<string, string>> {
  const scope = `123456789012/20261121/eu-west-1/${service}/aws4_request`;
  const rest = 'SignedHeaders=host, Signature=0';
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, ${rest}` };
}

/** The input that operations would be given. */
export function inputOf(sent: WireRequest): object {
  const routed = detect(sent);
  if (!routed) throw new Error('Not a request to AWS.');
  return decode(routed, sent);
}

/** The answer to a request that is refused before its operation sees it. */
export function refusalOf(sent: WireRequest): WireResponse {
  let routed: ReturnType<typeof detect>;
  try {
    routed = detect(sent);
    if (routed) decode(routed, sent);
  } catch (cause) {
    if (cause instanceof AwsError) return encodeError(routed, cause, 'a-request-id', sent);
    throw cause;
  }
  throw new Error('Not refused.');
}

export function headerOf({ headers }: WireResponse, name: string): string | undefined {
  const at = headers.findIndex((found, index) => index % 2 === 0 && found === name);
  return at === -1 ? undefined : headers[at + 1];
}

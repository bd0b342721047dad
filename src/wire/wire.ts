/**
 * AWS's wire, as the server sees it: which operation, its input, its answer, its refusal.
 *
 * Everything here is synchronous and knows no socket. An input that comes out of `decode` holds
 * modelled members only, each of its modelled type, and satisfies the model's constraints.
 */
import { AwsError } from '../core/errors.ts';
import { inflate } from './documents/compressed.ts';
import { type Refusal, refusalOf } from './errors/refusal.ts';
import { guessOf } from './guess.ts';
import type { ServiceModel } from './models.ts';
import { modelOf, SERVICES } from './models.ts';
import { refuseInJson, refuseInJsonAsCbor } from './protocols/json.ts';
import { refuseInQuery } from './protocols/query.ts';
import { refuseInRestJson, refuseInRestXml } from './protocols/rest.ts';
import { refuseInRpc } from './protocols/rpc.ts';
import type { Explain, Routed, WireProtocol, WireRequest, WireResponse } from './request.ts';

export { type CredentialScope, credentialScope } from './credentials.ts';
export { detect } from './detect.ts';
export type { Routed, WireProtocol, WireRequest, WireResponse } from './request.ts';

/** The input of a request, checked. Throws `AwsError` in the words of the service. */
export function decode(routed: Routed, request: WireRequest): object {
  const encoding = request.header('content-encoding');
  const plain = encoding === 'gzip' ? inflated(request) : request;
  try {
    return routed.codec().decode(plain);
  } catch (cause) {
    throw inWordsOf(routed.protocol, cause);
  }
}

function inflated(request: WireRequest): WireRequest {
  const { method, path, query, body } = request;
  const header = (name: string) => request.header(name);
  const headerNames = () => request.headerNames?.() ?? [];
  return { method, path, query, header, headerNames, body: inflate(body) };
}

/** What each protocol calls a document that cannot be read. */
const UNREADABLE: Partial<Readonly<Record<WireProtocol, string>>> = {
  query: 'MalformedInput',
  'rest-xml': 'MalformedXML',
};

function inWordsOf(protocol: WireProtocol, cause: unknown): unknown {
  const code = UNREADABLE[protocol];
  const isUnreadable = cause instanceof AwsError && cause.code === 'SerializationException';
  return isUnreadable && code ? new AwsError(code, cause.message) : cause;
}

/** `explain` is asked about what breaks an event stream after its answer has begun. */
export function encodeAnswer(
  routed: Routed,
  output: object,
  requestId: string,
  explain?: Explain,
): WireResponse {
  return routed.codec().encode(output, requestId, explain);
}

type Refuse = (
  model: ServiceModel | undefined,
  refusal: Refusal,
  requestId: string,
) => WireResponse;

const REFUSE: Readonly<Record<WireProtocol, Refuse>> = {
  json: refuseInJson,
  'json-as-cbor': refuseInJsonAsCbor,
  query: refuseInQuery,
  'rest-json': refuseInRestJson,
  'rest-xml': refuseInRestXml,
  'rpc-v2-cbor': refuseInRpc,
};

/** The answer to a request that failed; without a route, in the protocol it seems to be in. */
export function encodeError(
  routed: Routed | undefined,
  error: AwsError,
  requestId: string,
  request: WireRequest,
): WireResponse {
  const { service, protocol } = routed ?? guessOf(request);
  const model = service === undefined ? undefined : modelOf(service);
  const answer = REFUSE[protocol](model, refusalOf(model, error), requestId);
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
}

/** Every service known on the wire, built or not. */
export function services(): readonly string[] {
  return SERVICES.map(({ name }) => name);
}

export function operationsOf(service: string): readonly string[] {
  return Object.keys(modelOf(service).operations);
}

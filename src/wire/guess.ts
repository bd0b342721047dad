/**
 * Service and protocol of a request that leads to no operation, so that it is refused in a form
 * that its client can read.
 */
import { credentialScope } from './credentials.ts';
import { firstValue } from './documents/form.ts';
import { SERVICES } from './models.ts';
import type { WireProtocol, WireRequest } from './request.ts';
import { MODEL_PROTOCOLS } from './routes.ts';

export interface Guess {
  readonly service: string | undefined;
  readonly protocol: WireProtocol;
}

export function guessOf(request: WireRequest): Guess {
  const target = request.header('x-amz-target');
  const prefix = target?.slice(0, target.lastIndexOf('.'));
  const signed = credentialScope(request)?.service;
  const service = SERVICES.find(
    ({ targetPrefix, signingName }) =>
      (prefix !== undefined && targetPrefix === prefix) || signingName === signed,
  );
  return { service: service?.name, protocol: protocolOf(request, service?.protocols) };
}

function protocolOf(request: WireRequest, spoken: readonly string[] | undefined): WireProtocol {
  const type = request.header('content-type') ?? '';
  if (request.header('smithy-protocol') === 'rpc-v2-cbor') return 'rpc-v2-cbor';
  if (type.includes('x-amz-cbor')) return 'json-as-cbor';
  if (request.header('x-amz-target') !== undefined || type.includes('x-amz-json')) return 'json';
  if (type.startsWith('application/x-www-form-urlencoded')) return 'query';
  if (firstValue(request.query, 'Action') !== undefined) return 'query';
  const likely: readonly WireProtocol[] = ['rest-json', 'rest-xml', 'query', 'json'];
  return likely.find((protocol) => spoken?.includes(MODEL_PROTOCOLS[protocol])) ?? 'json';
}

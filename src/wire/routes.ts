/**
 * Every operation in every protocol of its service, found by name and made once.
 */

import type { OperationDescriptor, Protocol } from './descriptor.ts';
import { dialectOf } from './errors/dialects.ts';
import { streamingCodec, streamOf } from './event-streams/codec.ts';
import { modelOf, oncePerService, type ServiceModel } from './models.ts';
import { jsonAsCborCodec, jsonCodec } from './protocols/json.ts';
import { queryCodec } from './protocols/query.ts';
import { restJsonCodec, restXmlCodec } from './protocols/rest.ts';
import { rpcCodec } from './protocols/rpc.ts';
import type { Codec, Routed, WireProtocol } from './request.ts';
import { inputChecks } from './validation/constraints.ts';
import { explain } from './validation/explain.ts';

type MakeCodec = (model: ServiceModel, operation: OperationDescriptor, name: string) => Codec;

const CODECS: Readonly<Record<WireProtocol, MakeCodec>> = {
  json: jsonCodec,
  'json-as-cbor': jsonAsCborCodec,
  query: queryCodec,
  'rest-json': restJsonCodec,
  'rest-xml': restXmlCodec,
  'rpc-v2-cbor': rpcCodec,
};

/** What a service must speak for requests to come in a protocol. */
export const MODEL_PROTOCOLS: Readonly<Record<WireProtocol, Protocol>> = {
  json: 'json',
  'json-as-cbor': 'json',
  query: 'query',
  'rest-json': 'rest-json',
  'rest-xml': 'rest-xml',
  'rpc-v2-cbor': 'smithy-rpc-v2-cbor',
};

const checksOf = oncePerService((model) =>
  inputChecks(model, dialectOf(model.facts.name).unchecked),
);
const routesOf = oncePerService(() => new Map<string, Routed>());

/** The operation of that name, or undefined when the service has none. */
export function route(
  service: string,
  operation: string,
  protocol: WireProtocol,
): Routed | undefined {
  const model = modelOf(service);
  const routes = routesOf(model);
  const key = `${protocol} ${operation}`;
  const known = routes.get(key);
  if (known) return known;
  const descriptor = model.operation(operation);
  if (!descriptor) return undefined;
  let codec: Codec | undefined;
  const routed: Routed = {
    service,
    operation,
    protocol,
    codec: () => {
      codec ??= compile(model, descriptor, protocol, operation);
      return codec;
    },
  };
  routes.set(key, routed);
  return routed;
}

function compile(
  model: ServiceModel,
  descriptor: OperationDescriptor,
  protocol: WireProtocol,
  operation: string,
): Codec {
  const codec = CODECS[protocol](model, descriptor, operation);
  const stream = streamOf(model, descriptor);
  const what = `${model.facts.name}:${operation}`;
  const whole = stream ? streamingCodec(model, stream, protocol, codec, what) : codec;
  return checked(model, descriptor, whole);
}

/** Adds the model's constraints to a codec. */
function checked(model: ServiceModel, descriptor: OperationDescriptor, codec: Codec): Codec {
  const check = checker(model, descriptor);
  if (check === undefined) return codec;
  return { encode: codec.encode, decode: (request) => check(codec.decode(request)) };
}

/**
 * Answers an input that satisfies the model's constraints and throws, in the words of the service,
 * for any other. Undefined when there are none.
 */
export function checker(
  model: ServiceModel,
  { input }: OperationDescriptor,
): ((value: object) => object) | undefined {
  const check = input === undefined ? undefined : checksOf(model)(input);
  if (input === undefined || check === undefined) return undefined;
  return (value) => {
    if (check(value)) return value;
    const dialect = dialectOf(model.facts.name);
    throw dialect.invalid(explain(model, dialect.unchecked, input, value), model, input);
  };
}

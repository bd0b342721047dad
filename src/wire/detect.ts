/**
 * Which operation a request asks for, from the surest sign to the weakest: the target header, the
 * path of Smithy RPC, the `Action` parameter, the service in the credential scope, the host's
 * name, the path.
 */
import { AwsError } from '../core/errors.ts';
import { credentialScope } from './credentials.ts';
import type { ServiceFacts } from './descriptor.ts';
import { firstValue } from './documents/form.ts';
import { unknownOperation } from './errors/framework-errors.ts';
import { modelOf, oncePerService, SERVICES } from './models.ts';
import { parametersOf } from './protocols/query.ts';
import type { Routed, WireProtocol, WireRequest } from './request.ts';
import { restRouter } from './rest-router.ts';
import { route } from './routes.ts';

const routers = oncePerService(restRouter);
const byTarget = new Map(SERVICES.flatMap((facts) => entry(facts, facts.targetPrefix)));
const queryServices = SERVICES.filter(({ protocols }) => protocols.includes('query'));
const byVersion = new Map(queryServices.map((facts) => [facts.apiVersion, facts.name]));
const restServices = SERVICES.filter(({ protocols }) => restProtocolOf(protocols));

/** Names that requests are signed with beside the service's own. */
const SIGNED_AS: Readonly<Record<string, string>> = {
  s3express: 's3',
  's3-object-lambda': 's3',
};

function entry(facts: ServiceFacts, key: string | undefined): [string, string][] {
  return key === undefined ? [] : [[key, facts.name]];
}

function restProtocolOf(protocols: readonly string[]): 'rest-json' | 'rest-xml' | undefined {
  if (protocols.includes('rest-json')) return 'rest-json';
  return protocols.includes('rest-xml') ? 'rest-xml' : undefined;
}

/** Undefined when this is no request to AWS at all. Throws when it asks for what is not there. */
export function detect(request: WireRequest): Routed | undefined {
  const target = request.header('x-amz-target');
  if (target !== undefined) return byTargetHeader(target, request);
  if (request.header('smithy-protocol') === 'rpc-v2-cbor') return bySmithyPath(request);
  return byAction(request) ?? byPath(request);
}

const targets = { json: new Map<string, Routed>(), 'json-as-cbor': new Map<string, Routed>() };

function byTargetHeader(target: string, request: WireRequest): Routed {
  const isCbor = request.header('content-type')?.includes('cbor') === true;
  const protocol = isCbor ? 'json-as-cbor' : 'json';
  const known = targets[protocol].get(target);
  if (known) return known;
  const dot = target.lastIndexOf('.');
  const service = byTarget.get(target.slice(0, dot));
  const found = service === undefined ? undefined : route(service, target.slice(dot + 1), protocol);
  if (!found) throw unknownOperation(service, service ? target.slice(dot + 1) : target);
  targets[protocol].set(target, found);
  return found;
}

function bySmithyPath(request: WireRequest): Routed {
  const [, name = '', operation = ''] =
    /\/service\/([^/]+)\/operation\/([^/]+)$/.exec(request.path) ?? [];
  const service = byTarget.get(name.slice(name.lastIndexOf('.') + 1));
  const found = service === undefined ? undefined : route(service, operation, 'rpc-v2-cbor');
  if (!found) throw unknownOperation(service, operation || request.path);
  return found;
}

/** Parameters come in a form, or in the query of a request without a body. */
function mayHaveAction(request: WireRequest): boolean {
  if (request.method !== 'POST') return request.method === 'GET';
  const type = request.header('content-type');
  return (
    request.body.length === 0 || type?.startsWith('application/x-www-form-urlencoded') === true
  );
}

function byAction(request: WireRequest): Routed | undefined {
  if (!mayHaveAction(request)) return undefined;
  const parameters = parametersOf(request);
  const action = firstValue(parameters, 'Action');
  if (action === undefined) return undefined;
  const service = queryServiceOf(request, parameters, action);
  const found = service === undefined ? undefined : route(service, action, 'query');
  if (found) return found;
  const message = `The action ${action} is not valid for this endpoint.`;
  throw new AwsError('InvalidAction', message);
}

/** By API version, which no two services share; without one, by signature, then by the action. */
function queryServiceOf(
  request: WireRequest,
  parameters: string,
  action: string,
): string | undefined {
  const version = firstValue(parameters, 'Version');
  const named = version === undefined ? undefined : byVersion.get(version);
  if (named !== undefined) return named;
  const signed = credentialScope(request)?.service;
  const bySignature = queryServices.find(({ signingName }) => signingName === signed);
  if (bySignature) return bySignature.name;
  return queryServices.find(({ name }) => modelOf(name).operation(action))?.name;
}

function byPath(request: WireRequest): Routed | undefined {
  const signed = credentialScope(request)?.service;
  const named = signed ?? nameInHost(request) ?? nameInPath(request);
  if (named === undefined) return undefined;
  const signingName = SIGNED_AS[named] ?? named;
  const candidates = restServices.filter((facts) => facts.signingName === signingName);
  for (const { name, protocols } of candidates) {
    const operation = routers(modelOf(name))(request);
    const protocol: WireProtocol | undefined = restProtocolOf(protocols);
    if (operation && protocol) return route(name, operation, protocol);
  }
  if (signed === undefined) return undefined;
  throw unknownOperation(candidates[0]?.name ?? signed, `${request.method} ${request.path}`, 404);
}

/** `lambda.us-east-1.amazonaws.com`, or with `localhost` behind it. */
function nameInHost(request: WireRequest): string | undefined {
  const host = request.header('host') ?? '';
  const name = host.slice(0, Math.max(0, host.indexOf('.')));
  return restServices.some(({ signingName }) => signingName === name) ? name : undefined;
}

/** Only Lambda's paths begin with a date. */
function nameInPath(request: WireRequest): string | undefined {
  return /^\/20\d\d-\d\d-\d\d\//.test(request.path) ? 'lambda' : undefined;
}

/**
 * Turns a botocore model into a descriptor: names, types, bindings and limits stay, prose goes.
 */
import type {
  ErrorTraits,
  MemberDescriptor,
  OperationDescriptor,
  Protocol,
  Reference,
  ScalarType,
  ServiceDescriptor,
  ServiceFacts,
  ShapeDescriptor,
} from '../../src/wire/descriptor.ts';
import type {
  BotocoreModel,
  BotocoreOperation,
  BotocoreReference,
  BotocoreShape,
} from './botocore.ts';
import type { Overlay } from './overlay.ts';

const SCALARS: ReadonlySet<string> = new Set<ScalarType>([
  'string',
  'boolean',
  'integer',
  'long',
  'float',
  'double',
  'timestamp',
  'blob',
]);
const KEPT_OF_SHAPES = [
  'required',
  'min',
  'max',
  'pattern',
  'enum',
  'flattened',
  'sensitive',
  'streaming',
  'union',
  'timestampFormat',
  'payload',
  'eventstream',
  'event',
];
const KEPT_OF_MEMBERS = [
  'location',
  'flattened',
  'xmlAttribute',
  'timestampFormat',
  'enum',
  'streaming',
  'jsonvalue',
  'idempotencyToken',
  'hostLabel',
  'eventpayload',
  'eventheader',
];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function describeService(
  name: string,
  model: BotocoreModel,
  overlay: Overlay | undefined,
): ServiceDescriptor {
  const operations: Record<string, OperationDescriptor> = {};
  for (const [operation, facts] of Object.entries(model.operations)) {
    operations[operation] = describeOperation(operation, facts);
  }
  const shapes: Record<string, ShapeDescriptor> = {};
  for (const shape of [...reachable(model)].sort()) {
    const described = describeShape(shape, model, overlay);
    if (!isPlain(described)) shapes[shape] = described;
  }
  for (const scalar of SCALARS) {
    if (shapes[scalar]) throw new Error(`${name} has a shape of its own named "${scalar}".`);
  }
  return { service: describeFacts(name, model), operations, shapes };
}

function describeFacts(name: string, model: BotocoreModel): ServiceFacts {
  const { metadata, shapes } = model;
  const own = metadata as Readonly<Record<string, string | undefined>>;
  const version = metadata.apiVersion ?? metadata.uid.slice(-10);
  const signingName = own.signingName ?? metadata.endpointPrefix;
  const facts: Mutable<ServiceFacts> = {
    name,
    apiVersion: version,
    protocols: protocolsOf(model),
    signingName,
  };
  if (own.jsonVersion && own.targetPrefix) {
    facts.jsonVersion = own.jsonVersion as '1.0' | '1.1';
  }
  if (own.targetPrefix) facts.targetPrefix = own.targetPrefix;
  if (own.xmlNamespace) facts.xmlNamespace = own.xmlNamespace;
  else if (facts.protocols.includes('rest-xml')) facts.xmlNamespace = xmlNamespaceOf(shapes);
  if (metadata.awsQueryCompatible) {
    facts.queryCompatible = true;
    if (!facts.protocols.includes('query')) facts.protocols = [...facts.protocols, 'query'];
    facts.xmlNamespace ??= `http://queue.amazonaws.com/doc/${version}/`;
  }
  return facts;
}

function protocolsOf({ metadata }: BotocoreModel): readonly Protocol[] {
  return (metadata.protocols ?? [metadata.protocol]) as readonly Protocol[];
}

function xmlNamespaceOf(shapes: BotocoreModel['shapes']): string {
  for (const shape of Object.values(shapes)) {
    for (const member of Object.values(shape.members ?? {})) {
      const namespace = member.xmlNamespace as { uri: string; prefix?: string } | undefined;
      if (namespace && !namespace.prefix) return namespace.uri;
    }
  }
  throw new Error('No XML namespace in a REST-XML model.');
}

function describeOperation(name: string, operation: BotocoreOperation): OperationDescriptor {
  const described: Mutable<OperationDescriptor> = {};
  const { http, input, output, errors = [] } = operation;
  if (input) described.input = input.shape;
  if (output) described.output = output.shape;
  if (output?.resultWrapper && output.resultWrapper !== `${name}Result`) {
    throw new Error(`${name} wraps its result in ${output.resultWrapper}.`);
  }
  if (errors.length > 0) described.errors = [...new Set(errors.map(({ shape }) => shape))];
  if (http.method !== 'POST') described.method = http.method;
  if (http.requestUri !== '/') described.uri = http.requestUri;
  if (http.responseCode && http.responseCode !== 200) described.status = http.responseCode;
  if (operation.endpoint?.hostPrefix) described.hostPrefix = operation.endpoint.hostPrefix;
  if (operation.deprecated) described.deprecated = true;
  const unsigned = operation.authtype === 'none' || operation.auth?.includes('smithy.api#noAuth');
  if (unsigned) described.unsigned = true;
  return described;
}

/** Shapes in use, error shapes that no operation lists included. */
function reachable(model: BotocoreModel): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string | undefined): void => {
    const shape = name === undefined ? undefined : model.shapes[name];
    if (name === undefined || !shape || seen.has(name)) return;
    seen.add(name);
    for (const member of Object.values(shape.members ?? {})) visit(member.shape);
    for (const part of [shape.member, shape.key, shape.value]) visit(part?.shape);
  };
  for (const { input, output, errors = [] } of Object.values(model.operations)) {
    for (const reference of [input, output, ...errors]) visit(reference?.shape);
  }
  for (const [name, shape] of Object.entries(model.shapes)) if (shape.exception) visit(name);
  return seen;
}

function describeShape(
  name: string,
  model: BotocoreModel,
  overlay: Overlay | undefined,
): ShapeDescriptor {
  const shape = model.shapes[name] as BotocoreShape;
  const described: Record<string, unknown> = { type: shape.type };
  const reference = (member: string, to: BotocoreReference): Reference =>
    describeReference(member, to, model, overlay?.members[`${name}.${member}`]);
  if (shape.members) {
    described.members = Object.fromEntries(
      Object.entries(shape.members).map(([member, to]) => [member, reference(member, to)]),
    );
  }
  if (shape.member) described.member = reference('member', shape.member);
  if (shape.key) described.key = reference('key', shape.key);
  if (shape.value) described.value = reference('value', shape.value);
  for (const trait of KEPT_OF_SHAPES) {
    if (shape[trait] !== undefined) described[trait] = shape[trait];
  }
  const xmlName = overlay?.structures[name] ?? shape.locationName;
  if (xmlName) described.xmlName = xmlName;
  const namespace = shape.xmlNamespace as { uri: string; prefix?: string } | undefined;
  if (namespace?.prefix) {
    described.xmlPrefix = namespace.prefix;
    described.xmlNamespace = namespace.uri;
  }
  if (shape.exception) described.error = describeError(name, shape, model, overlay);
  return described as unknown as ShapeDescriptor;
}

function describeError(
  name: string,
  shape: BotocoreShape,
  model: BotocoreModel,
  overlay: Overlay | undefined,
): ErrorTraits {
  const { code, httpStatusCode, senderFault } = shape.error ?? {};
  const overlaid = overlay?.errors[name];
  const traits: Mutable<ErrorTraits> = {};
  if (httpStatusCode) traits.status = httpStatusCode;
  const onlyQuery = protocolsOf(model).join() === 'query';
  if (onlyQuery && code && code !== name) traits.code = code;
  if (!onlyQuery && code && code !== name) traits.queryCode = code;
  if (overlaid?.queryCode && overlaid.queryCode !== name) traits.queryCode = overlaid.queryCode;
  if (overlaid?.queryStatus && overlaid.queryStatus !== (httpStatusCode ?? 400)) {
    traits.queryStatus = overlaid.queryStatus;
  }
  if (senderFault || overlaid?.fault === 'client') traits.fault = 'client';
  if (shape.fault) traits.fault = 'server';
  return traits;
}

function describeReference(
  member: string,
  to: BotocoreReference,
  model: BotocoreModel,
  overlaid: { xmlName: string; flattened?: true } | undefined,
): Reference {
  const described: Record<string, unknown> = { shape: shapeName(to.shape, model) };
  const name = to.locationName;
  if (name !== undefined && name !== member) described.name = name;
  for (const trait of KEPT_OF_MEMBERS) if (to[trait] !== undefined) described[trait] = to[trait];
  const reference = { ...described, ...overlaid };
  const isBare = Object.keys(reference).length === 1;
  return isBare ? String(described.shape) : (reference as unknown as MemberDescriptor);
}

/** A scalar without constraints is known by its type alone. */
function shapeName(name: string, model: BotocoreModel): string {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`No shape ${name}.`);
  const isPlainScalar = SCALARS.has(shape.type) && isPlain(describeShape(name, model, undefined));
  return isPlainScalar ? shape.type : name;
}

function isPlain(shape: ShapeDescriptor): boolean {
  return SCALARS.has(shape.type) && Object.keys(shape).length === 1;
}

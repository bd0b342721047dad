/**
 * REST-JSON and REST-XML: the same bindings to HTTP, two kinds of bodies.
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */

import type { MemberDescriptor, OperationDescriptor, ShapeDescriptor } from '../descriptor.ts';
import { textOf } from '../documents/bytes.ts';
import { parseJson } from '../documents/json.ts';
import { JSON_TREE } from '../documents/tree-formats.ts';
import { bodyMembers } from '../documents/tree-read.ts';
import { parseXml } from '../documents/xml.ts';
import { xmlReaders } from '../documents/xml-read.ts';
import { escapeText } from '../documents/xml-write.ts';
import type { Refusal } from '../errors/refusal.ts';
import { member, oncePerService, type ServiceModel } from '../models.ts';
import type { Codec, WireResponse } from '../request.ts';
import { errorTree, jsonReaders, jsonWriters } from './json.ts';
import { contentWriters, errorMembers } from './query.ts';
import { type ReadBody, restReader } from './rest-request.ts';
import { headWriter } from './rest-response.ts';

const readersOfXml = oncePerService(xmlReaders);

type Body = string | Uint8Array;

/** How a document of one shape is read and written, under a name where it is XML. */
interface Documents {
  readonly contentType: string;
  readonly read: (shape: string) => (body: Uint8Array) => unknown;
  readonly write: (shape: string, name: string) => (value: unknown) => Body;
}

function jsonDocuments(model: ServiceModel): Documents {
  return {
    contentType: 'application/json',
    read: (shape) => {
      const read = jsonReaders(model)(shape);
      return (body) => read(parseJson(textOf(body)));
    },
    write: (shape) => {
      const write = jsonWriters(model)(shape);
      return (value) => JSON.stringify(write ? write(value) : value);
    },
  };
}

export function xmlDocuments(model: ServiceModel): Documents {
  const namespace = ` xmlns="${model.facts.xmlNamespace}"`;
  return {
    contentType: 'application/xml',
    read: (shape) => {
      const read = readersOfXml(model)(shape);
      return (body) => read(parseXml(textOf(body)));
    },
    write: (shape, name) => {
      const write = contentWriters(model).content(shape);
      const open = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${namespace}>`;
      return (value) => `${open}${write(value)}</${name}>`;
    },
  };
}

export function restJsonCodec(model: ServiceModel, operation: OperationDescriptor): Codec {
  return restCodec(model, operation, jsonDocuments(model));
}

export function restXmlCodec(model: ServiceModel, operation: OperationDescriptor): Codec {
  return restCodec(model, operation, xmlDocuments(model));
}

function restCodec(
  model: ServiceModel,
  operation: OperationDescriptor,
  documents: Documents,
): Codec {
  const decode = restReader(model, operation, bodyReader(model, operation.input, documents));
  const head = headWriter(model, operation);
  const write = bodyWriter(model, operation.output, documents);
  const idHeader = model.facts.name === 's3' ? 'x-amz-request-id' : 'x-amzn-RequestId';
  return {
    decode,
    encode: (output, requestId) => {
      const { status, headers } = head(output);
      const { body, contentType } = write(output);
      headers.push(idHeader, requestId);
      const isTyped = headers.some((name, at) => at % 2 === 0 && /^content-type$/i.test(name));
      if (contentType && !isTyped) headers.push('content-type', contentType);
      return { status, headers, body };
    },
  };
}

function payloadOf(shape: ShapeDescriptor | undefined): [string, MemberDescriptor] | undefined {
  if (!shape?.payload) return undefined;
  return [shape.payload, member(shape.members?.[shape.payload])];
}

function bodyReader(
  model: ServiceModel,
  input: string | undefined,
  documents: Documents,
): ReadBody {
  const shape = input === undefined ? undefined : model.shape(input);
  const payload = payloadOf(shape);
  if (payload) {
    const [name, reference] = payload;
    const read = payloadReader(model, reference, documents);
    return ({ body }) => (body.length === 0 ? {} : { [name]: read(body) });
  }
  if (input === undefined || !shape || bodyMembers(shape).length === 0) return () => ({});
  const read = documents.read(input);
  return ({ body }) => (body.length === 0 ? {} : (read(body) as object));
}

function payloadReader(
  model: ServiceModel,
  { shape }: MemberDescriptor,
  documents: Documents,
): (body: Uint8Array) => unknown {
  const { type } = model.shape(shape);
  if (type === 'blob') return (body) => body;
  return type === 'string' ? textOf : documents.read(shape);
}

interface Written {
  readonly body: Body;
  readonly contentType: string | undefined;
}

const NOTHING: Written = { body: '', contentType: undefined };

function bodyWriter(
  model: ServiceModel,
  output: string | undefined,
  documents: Documents,
): (output: object) => Written {
  const shape = output === undefined ? undefined : model.shape(output);
  const payload = payloadOf(shape);
  if (payload) return payloadWriter(model, payload, documents);
  if (output === undefined || !shape || bodyMembers(shape).length === 0) return () => NOTHING;
  const write = documents.write(output, shape.xmlName ?? output);
  return (value) => ({ body: write(value), contentType: documents.contentType });
}

function payloadWriter(
  model: ServiceModel,
  [name, reference]: [string, MemberDescriptor],
  documents: Documents,
): (output: object) => Written {
  const shape = model.shape(reference.shape);
  const isRaw = shape.type === 'blob' || shape.type === 'string';
  const rawType = shape.type === 'blob' ? blobType(model) : 'text/plain';
  const contentType = isRaw ? rawType : documents.contentType;
  const elementName = reference.name ?? shape.xmlName ?? reference.shape;
  const write = isRaw
    ? (value: unknown) => value as Body
    : documents.write(reference.shape, elementName);
  return (output) => {
    const value = (output as Record<string, unknown>)[name];
    return value === undefined ? NOTHING : { body: write(value), contentType };
  };
}

/** What functions answer with is JSON to Lambda, whatever it is (observed). */
function blobType({ facts }: ServiceModel): string {
  return facts.name === 'lambda' ? 'application/json' : 'application/octet-stream';
}

export function refuseInRestJson(
  model: ServiceModel | undefined,
  refusal: Refusal,
  requestId: string,
): WireResponse {
  const { code, status, fault, modelled } = refusal;
  const tree = errorTree(model, refusal, JSON_TREE);
  // Lambda says in each error whose fault it is (its API reference, `Type`).
  if (modelled?.shape.members?.Type) tree.Type ??= fault === 'Sender' ? 'User' : 'Service';
  return {
    status,
    headers: [
      'x-amzn-RequestId',
      requestId,
      'x-amzn-errortype',
      code,
      'content-type',
      'application/json',
    ],
    body: JSON.stringify(tree),
  };
}

/** S3's form: no wrapper, and an id of its own kind. */
export function refuseInRestXml(
  model: ServiceModel | undefined,
  refusal: Refusal,
  requestId: string,
): WireResponse {
  const { code, message, status } = refusal;
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error>',
    `<Code>${escapeText(code)}</Code><Message>${escapeText(message)}</Message>`,
    errorMembers(model, refusal),
    `<RequestId>${requestId}</RequestId><HostId>${requestId}</HostId></Error>`,
  ].join('');
  const ids = ['x-amz-request-id', requestId, 'x-amz-id-2', requestId];
  return { status, headers: [...ids, 'content-type', 'application/xml'], body };
}

/**
 * AWS JSON 1.0 and 1.1, and Kinesis's way of sending the same as CBOR.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */

import type { OperationDescriptor } from '../descriptor.ts';
import { textOf } from '../documents/bytes.ts';
import { readCbor } from '../documents/cbor-read.ts';
import { writeCbor } from '../documents/cbor-write.ts';
import { parseJson } from '../documents/json.ts';
import { readyJsonOf } from '../documents/ready-json.ts';
import { AMZ_CBOR_TREE, JSON_TREE, type TreeFormat } from '../documents/tree-formats.ts';
import { treeReaders } from '../documents/tree-read.ts';
import { treeWriters } from '../documents/tree-write.ts';
import type { Refusal } from '../errors/refusal.ts';
import { oncePerService, type ServiceModel } from '../models.ts';
import type { Codec, WireResponse } from '../request.ts';

export const CBOR_CONTENT_TYPE = 'application/x-amz-cbor-1.1';

export const jsonReaders = oncePerService((model) => treeReaders(model, JSON_TREE));
export const jsonWriters = oncePerService((model) => treeWriters(model, JSON_TREE));
const cborReaders = oncePerService((model) => treeReaders(model, AMZ_CBOR_TREE));
const cborWriters = oncePerService((model) => treeWriters(model, AMZ_CBOR_TREE));

export function jsonContentType(model: ServiceModel | undefined): string {
  return `application/x-amz-json-${model?.facts.jsonVersion ?? '1.0'}`;
}

export function jsonCodec(model: ServiceModel, { input, output }: OperationDescriptor): Codec {
  const read = input === undefined ? undefined : jsonReaders(model)(input);
  const write = output === undefined ? undefined : jsonWriters(model)(output);
  const contentType = jsonContentType(model);
  const stringify = (value: object) =>
    readyJsonOf(value) ?? JSON.stringify(write ? write(value) : value);
  return {
    decode: ({ body }) => {
      if (!read) return {};
      return read(body.length === 0 ? {} : parseJson(textOf(body))) as object;
    },
    encode: (value, requestId) => ({
      status: 200,
      headers: ['x-amzn-RequestId', requestId, 'content-type', contentType],
      // An operation without an output shape answers no bytes at all (SQS's API reference).
      body: output === undefined ? '' : stringify(value),
    }),
  };
}

export function jsonAsCborCodec(
  model: ServiceModel,
  { input, output }: OperationDescriptor,
): Codec {
  const read = input === undefined ? undefined : cborReaders(model)(input);
  const write = output === undefined ? undefined : cborWriters(model)(output);
  return {
    decode: ({ body }) => {
      if (!read) return {};
      return read(body.length === 0 ? {} : readCbor(body)) as object;
    },
    encode: (value, requestId) => ({
      status: 200,
      headers: ['x-amzn-RequestId', requestId, 'content-type', CBOR_CONTENT_TYPE],
      body: output === undefined ? '' : writeCbor(write ? write(value) : value),
    }),
  };
}

/** The members of an error, with its type and message. */
export function errorTree(
  model: ServiceModel | undefined,
  refusal: Refusal,
  format: TreeFormat,
): Record<string, unknown> {
  const { modelled, fields, messageMember, message } = refusal;
  const writers = model && (format === JSON_TREE ? jsonWriters(model) : treeWriters(model, format));
  const write = modelled ? writers?.(modelled.name) : undefined;
  const written = (write ? write(fields) : fields) as object;
  return { ...written, ...(message === '' ? {} : { [messageMember]: message }) };
}

export function refuseInJson(
  model: ServiceModel | undefined,
  refusal: Refusal,
  requestId: string,
): WireResponse {
  const body = { __type: refusal.type, ...errorTree(model, refusal, JSON_TREE) };
  const headers = ['x-amzn-RequestId', requestId, 'content-type', jsonContentType(model)];
  return {
    status: refusal.status,
    headers: [...headers, ...queryErrorHeader(model, refusal)],
    body: JSON.stringify(body),
  };
}

export function refuseInJsonAsCbor(
  model: ServiceModel | undefined,
  refusal: Refusal,
  requestId: string,
): WireResponse {
  const body = { __type: refusal.type, ...errorTree(model, refusal, AMZ_CBOR_TREE) };
  return {
    status: refusal.status,
    headers: ['x-amzn-RequestId', requestId, 'content-type', CBOR_CONTENT_TYPE],
    body: writeCbor(body),
  };
}

/** Clients of services that once spoke Query take the error's code from this header. */
export function queryErrorHeader(
  model: ServiceModel | undefined,
  { queryCode, fault }: Refusal,
): string[] {
  return model?.facts.queryCompatible ? ['x-amzn-query-error', `${queryCode};${fault}`] : [];
}

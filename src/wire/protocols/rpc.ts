/**
 * Smithy RPC v2 CBOR, which CloudWatch's newer clients speak.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */

import type { OperationDescriptor } from '../descriptor.ts';
import { readCbor } from '../documents/cbor-read.ts';
import { writeCbor } from '../documents/cbor-write.ts';
import { RPC_CBOR_TREE } from '../documents/tree-formats.ts';
import { treeReaders } from '../documents/tree-read.ts';
import { treeWriters } from '../documents/tree-write.ts';
import type { Refusal } from '../errors/refusal.ts';
import { oncePerService, type ServiceModel } from '../models.ts';
import type { Codec, WireResponse } from '../request.ts';
import { errorTree, queryErrorHeader } from './json.ts';

const readers = oncePerService((model) => treeReaders(model, RPC_CBOR_TREE));
const writers = oncePerService((model) => treeWriters(model, RPC_CBOR_TREE));

function headersOf(requestId: string): string[] {
  const protocol = ['smithy-protocol', 'rpc-v2-cbor', 'content-type', 'application/cbor'];
  return ['x-amzn-RequestId', requestId, ...protocol];
}

export function rpcCodec(model: ServiceModel, { input, output }: OperationDescriptor): Codec {
  const read = input === undefined ? undefined : readers(model)(input);
  const write = output === undefined ? undefined : writers(model)(output);
  return {
    decode: ({ body }) => {
      if (!read) return {};
      return read(body.length === 0 ? {} : readCbor(body)) as object;
    },
    encode: (value, requestId) => ({
      status: 200,
      headers: headersOf(requestId),
      body: output === undefined ? '' : writeCbor(write ? write(value) : value),
    }),
  };
}

export function refuseInRpc(
  model: ServiceModel | undefined,
  refusal: Refusal,
  requestId: string,
): WireResponse {
  const body = { __type: refusal.type, ...errorTree(model, refusal, RPC_CBOR_TREE) };
  return {
    status: refusal.status,
    headers: [...headersOf(requestId), ...queryErrorHeader(model, refusal)],
    body: writeCbor(body),
  };
}

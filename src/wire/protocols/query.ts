/**
 * AWS Query: parameters in, XML out.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

import type { OperationDescriptor } from '../descriptor.ts';
import { textOf } from '../documents/bytes.ts';
import { parseForm } from '../documents/form.ts';
import { queryReaders } from '../documents/query-read.ts';
import { escapeText, xmlWriters } from '../documents/xml-write.ts';
import type { Refusal } from '../errors/refusal.ts';
import { oncePerService, type ServiceModel } from '../models.ts';
import type { Codec, WireRequest, WireResponse } from '../request.ts';

const readers = oncePerService(queryReaders);
export const contentWriters = oncePerService(xmlWriters);

const XML = 'text/xml';

/** Parameters come in the body of a POST and in the query of a GET. */
export function parametersOf({ method, query, body }: WireRequest): string {
  return method === 'POST' && body.length > 0 ? textOf(body) : query;
}

export function queryCodec(
  model: ServiceModel,
  { input, output }: OperationDescriptor,
  operation: string,
): Codec {
  const read = input === undefined ? undefined : readers(model)(input);
  const write = output === undefined ? undefined : contentWriters(model).content(output);
  const isSqs = model.facts.name === 'sqs';
  const open = `<${operation}Response xmlns="${model.facts.xmlNamespace}">`;
  const result = `${operation}Result`;
  return {
    decode: (request) => {
      const parsed = read ? (read(parseForm(parametersOf(request))) as object) : {};
      return isSqs ? withQueueUrl(parsed, request) : parsed;
    },
    encode: (value, requestId) => {
      const body = write ? `<${result}>${write(value)}</${result}>` : '';
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return {
        status: 200,
        headers: ['x-amzn-RequestId', requestId, 'content-type', XML],
        body: `${open}${body}${metadata}</${operation}Response>`,
      };
    },
  };
}

/** Query clients send SQS's calls to the queue's own URL, which then stands for the parameter. */
function withQueueUrl(input: object, request: WireRequest): object {
  if ('QueueUrl' in input || request.path.length < 2) return input;
  const host = request.header('host') ?? 'localhost';
  return { ...input, QueueUrl: `http://${host}${request.path}` };
}

export function refuseInQuery(
  model: ServiceModel | undefined,
  refusal: Refusal,
  requestId: string,
): WireResponse {
  const { queryCode, message, fault, queryStatus } = refusal;
  const namespace = model?.facts.xmlNamespace;
  const error = [
    `<Type>${fault}</Type>`,
    `<Code>${escapeText(queryCode)}</Code>`,
    `<Message>${escapeText(message)}</Message>`,
    errorMembers(model, refusal),
  ].join('');
  const open = namespace ? `<ErrorResponse xmlns="${namespace}">` : '<ErrorResponse>';
  return {
    status: queryStatus,
    headers: ['x-amzn-RequestId', requestId, 'content-type', XML],
    body: `${open}<Error>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}

/** Members of a modelled error beside its message. */
export function errorMembers(
  model: ServiceModel | undefined,
  { modelled, fields, messageMember }: Refusal,
): string {
  if (!model || !modelled || Object.keys(fields).length === 0) return '';
  const { [messageMember]: _, ...others } = fields;
  return contentWriters(model).content(modelled.name)(others);
}

/**
 * Adds the event stream to the answers of an operation whose output has one. The rest of the
 * output is written as ever: with REST in the head, otherwise as a first event.
 *
 * Events are written as they come, each when it is asked for. An error ends the stream with a
 * message that says so, because the status of the answer is long sent.
 */
import { AwsError } from '../../core/errors.ts';
import type { OperationDescriptor } from '../descriptor.ts';
import { writeCbor } from '../documents/cbor-write.ts';
import { readyJsonOf } from '../documents/ready-json.ts';
import { AMZ_CBOR_TREE, RPC_CBOR_TREE, type TreeFormat } from '../documents/tree-formats.ts';
import { treeWriters } from '../documents/tree-write.ts';
import { member, type ServiceModel } from '../models.ts';
import { CBOR_CONTENT_TYPE, jsonContentType, jsonWriters } from '../protocols/json.ts';
import { xmlDocuments } from '../protocols/rest.ts';
import type { Codec, Explain, WireProtocol } from '../request.ts';
import { type EventDocuments, type EventWriter, eventWriter, initialResponse } from './events.ts';

const CONTENT_TYPE = 'application/vnd.amazon.eventstream';

/** The member of an operation's output that is an event stream, and its union. */
export function streamOf(
  model: ServiceModel,
  { output }: OperationDescriptor,
): { readonly name: string; readonly union: string } | undefined {
  const members = output === undefined ? {} : (model.shape(output).members ?? {});
  for (const [name, reference] of Object.entries(members)) {
    const { shape } = member(reference);
    if (model.shape(shape).eventstream) return { name, union: shape };
  }
  return undefined;
}

export function streamingCodec(
  model: ServiceModel,
  stream: { readonly name: string; readonly union: string },
  protocol: WireProtocol,
  { decode, encode }: Codec,
  what: string,
): Codec {
  const writer = eventWriter(model, stream.union, documentsOf(model, protocol));
  const isRest = protocol === 'rest-json' || protocol === 'rest-xml';
  return {
    decode,
    encode: (output, requestId, explain = unexplained) => {
      const { [stream.name]: events, ...rest } = output as Record<string, unknown>;
      const answer = encode(rest, requestId);
      if (events === undefined) return answer;
      const [headers, contentType] = withoutContentType(answer.headers);
      const first = isRest ? undefined : initialResponse(contentType, answer.body as string);
      const fail = (cause: unknown) => writer.failure(explain(cause, requestId, what));
      return {
        status: answer.status,
        headers: [...headers, 'Content-Type', CONTENT_TYPE],
        body: messages(events as AsyncIterable<object>, first, writer, fail),
      };
    },
  };
}

const unexplained: Explain = (cause) =>
  cause instanceof AwsError ? cause : new AwsError('InternalFailure', String(cause));

function withoutContentType(headers: readonly string[]): [readonly string[], string] {
  const at = headers.findIndex((name, index) => index % 2 === 0 && /^content-type$/i.test(name));
  return at < 0 ? [headers, ''] : [headers.toSpliced(at, 2), headers[at + 1] ?? ''];
}

function documentsOf(model: ServiceModel, protocol: WireProtocol): EventDocuments {
  switch (protocol) {
    case 'rest-xml':
      // As S3 names it in its events. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
      return { ...xmlDocuments(model), contentType: 'text/xml' };
    case 'rest-json':
      return jsonDocuments(model, 'application/json');
    case 'rpc-v2-cbor':
      return cborDocuments(model, RPC_CBOR_TREE, 'application/cbor');
    case 'json-as-cbor':
      return cborDocuments(model, AMZ_CBOR_TREE, CBOR_CONTENT_TYPE);
    default:
      return jsonDocuments(model, jsonContentType(model));
  }
}

function jsonDocuments(model: ServiceModel, contentType: string): EventDocuments {
  return {
    contentType,
    write: (shape) => {
      const write = jsonWriters(model)(shape);
      return (value) =>
        readyJsonOf(value as object) ?? JSON.stringify(write ? write(value) : value);
    },
  };
}

function cborDocuments(
  model: ServiceModel,
  format: TreeFormat,
  contentType: string,
): EventDocuments {
  const writers = treeWriters(model, format);
  return {
    contentType,
    write: (shape) => {
      const write = writers(shape);
      return (value) => writeCbor(write ? write(value) : value);
    },
  };
}

const END = { done: true, value: undefined } as const;

/**
 * No generator, because returning one waits for the event that is awaited: whoever makes the
 * events hears at once that nobody takes them.
 */
function messages(
  events: AsyncIterable<object>,
  opening: Uint8Array | undefined,
  { event }: EventWriter,
  fail: (cause: unknown) => Uint8Array,
): AsyncIterable<Uint8Array> {
  const from = events[Symbol.asyncIterator]();
  let first = opening;
  let ended = false;
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    if (first) {
      const value = first;
      first = undefined;
      return { value };
    }
    if (ended) return END;
    try {
      const { done, value } = await from.next();
      if (!done) return { value: event(value) };
      ended = true;
      return END;
    } catch (cause) {
      ended = true;
      return { value: fail(cause) };
    }
  };
  const end = async () => {
    ended = true;
    await from.return?.();
    return END;
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}
